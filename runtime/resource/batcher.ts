import { checkedLimit, checkedDelay } from "../core/checked.ts";
import { ChildController } from "../core/child.ts";
import { refusal } from "../core/signals.ts";
import { startTimer } from "../core/timer.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

export interface BatcherOptions {
  /** How many keys go into one call; a full batch goes at once. No limit unless told. */
  readonly maxSize?: number | undefined;

  /** How many milliseconds to gather keys. Unless told, those of one turn of the microtask queue. */
  readonly windowMs?: number | undefined;
}

export type BatchLoad<K, V> = (
  keys: readonly K[],
  signal: AbortSignal,
) => readonly (V | Error)[] | PromiseLike<readonly (V | Error)[]>;

class Batch<K, V> {
  readonly keys = new Map<K, number>();
  readonly controller = new ChildController();
  private readonly load: BatchLoad<K, V>;
  private sent = false;

  /** The calls, each with the place of its key. */
  private readonly calls: Waiters<V, number> = new Waiters<V, number>("batch", () => {
    if (this.calls.size === 0) this.controller.abort();
  });

  constructor(load: BatchLoad<K, V>) {
    this.load = load;
  }

  join(key: K, signal: AbortSignal | undefined): Promise<V> {
    let place = this.keys.get(key);
    if (place === undefined) this.keys.set(key, (place = this.keys.size));
    return this.calls.wait(signal, place);
  }

  async send(): Promise<void> {
    if (this.sent || this.controller.aborted) return;
    this.sent = true;
    const keys = [...this.keys.keys()];
    try {
      // Sound: what declares one parameter does not read a second.
      const load = this.load as (
        keys: readonly K[],
        signal?: AbortSignal,
      ) => ReturnType<BatchLoad<K, V>>;
      const values = await (load.length < 2 ? load(keys) : load(keys, this.controller.signal));
      if (values.length !== keys.length) {
        throw new TypeError(
          `${keys.length} keys were loaded and ${values.length} values came; each key needs one.`,
        );
      }
      for (let call = this.calls.first(); call !== undefined; call = this.calls.first()) {
        // Sound: there is a value for each place.
        const value = values[(typeof call === "function" ? 0 : call.detail) ?? 0] as V | Error;
        if (value instanceof Error) this.calls.refuse(call, value);
        else this.calls.grant(call, value);
      }
    } catch (error) {
      this.calls.rejectAll(error);
    }
  }
}

/**
 * Makes a function that loads one key out of one that loads many: calls at about the same time become one.
 *
 * - **Values** must come in the order of the keys, one for each; an Error among them rejects the calls of its key alone.
 *   If there are more or fewer, or the load fails, all calls of the batch are rejected.
 * - **Equal keys** of one batch are asked for once. Nothing is kept afterwards: this is no cache.
 * - **Cancellation.** A call's signal ends that call. The load is told when every call of its batch has left.
 * - **Cost.** O(1) per call.
 *
 * Counterpart of Facebook's DataLoader, without its cache.
 *
 * @example
 * const queries: string[] = [];
 * const user = batcher(async (ids: readonly number[]) => {
 *   queries.push(`users ${ids}`);
 *   return ids.map((id) => ({ id }));
 * });
 * const [anna, bert] = await Promise.all([user(1), user(2)]);
 * assert.deepEqual([anna.id, bert.id, queries], [1, 2, ["users 1,2"]]);
 */
export function batcher<K, V>(
  load: BatchLoad<K, V>,
  { maxSize = Infinity, windowMs }: BatcherOptions = {},
): (key: K, options?: Cancellable) => Promise<V> {
  checkedLimit("maxSize", maxSize);
  if (windowMs !== undefined) checkedDelay("windowMs", windowMs);
  let batch: Batch<K, V> | undefined;
  let cancelTimer: (() => void) | undefined;

  const send = (ready: Batch<K, V>): void => {
    if (batch === ready) {
      batch = undefined;
      cancelTimer?.();
    }
    void ready.send();
  };

  const open = (): Batch<K, V> => {
    const opened = new Batch(load);
    if (windowMs === undefined) {
      // Two turns, so that calls made by the continuations of this turn still come along.
      void Promise.resolve().then(() => queueMicrotask(() => send(opened)));
    } else {
      cancelTimer = startTimer(windowMs, () => {
        send(opened);
      });
    }
    return opened;
  };

  return (key, options) => {
    const refused = refusal(options);
    if (refused !== undefined) return refused;
    // One that everybody has left is not sent, so who comes after that needs another.
    const current = batch === undefined || batch.controller.aborted ? open() : batch;
    batch = current;
    const value = current.join(key, options?.signal);
    if (maxSize <= current.keys.size) send(current);
    return value;
  };
}
