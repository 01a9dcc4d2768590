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
  let batch: ReturnType<typeof open> | undefined;

  const open = () => {
    const controller = new ChildController();
    const places = new Map<K, number>();

    /** The calls, each with the place of its key. */
    const calls: Waiters<V, number> = new Waiters<V, number>("batch");
    calls.left = () => {
      // One that everybody has left is not sent, so who comes after that needs another.
      if (calls.size !== 0) return;
      controller.abort();
      close();
    };

    const close = (): void => {
      if (batch === opened) batch = undefined;
      cancelTimer?.();
    };

    const send = async (): Promise<void> => {
      if (batch !== opened) return;
      close();
      const keys = [...places.keys()];
      try {
        const values = await controller.call(load, keys);
        if (values.length !== keys.length) {
          throw new TypeError(
            `${keys.length} keys were loaded and ${values.length} values came; each key needs one.`,
          );
        }
        for (let call = calls.first(); call !== undefined; call = calls.first()) {
          // Sound: there is a value for each place.
          const value = values[call.detail] as V | Error;
          if (value instanceof Error) calls.refuse(call, value);
          else calls.grant(call, value);
        }
      } catch (error) {
        calls.rejectAll(error);
      }
    };

    const opened = { places, calls, send };
    const cancelTimer =
      windowMs === undefined ? undefined : startTimer(windowMs, () => void send());
    // Two turns, so that calls made by the continuations of this turn still come along.
    if (windowMs === undefined) {
      void Promise.resolve().then(() => queueMicrotask(() => void send()));
    }
    return opened;
  };

  return (key, options) => {
    const refused = refusal(options);
    if (refused !== undefined) return refused;
    const { places, calls, send } = (batch ??= open());
    let place = places.get(key);
    if (place === undefined) places.set(key, (place = places.size));
    const value = calls.wait(options?.signal, place);
    if (maxSize <= places.size) void send();
    return value;
  };
}
