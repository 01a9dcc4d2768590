import { ChildController } from "../core/child.ts";
import { CancelledError } from "../core/errors.ts";
import { isReason } from "../core/is-reason.ts";
import { reportLate } from "../core/late.ts";
import { paced } from "../core/pace.ts";
import { type Selectable, type Source, selectable } from "../core/selectable.ts";
import { type AbortListener, follow, throwIfAborted, unfollow } from "../core/signals.ts";
import type { Cancellable, Work } from "../core/types.ts";

export type Branch<T> = Selectable<T> | Work<T>;

/** The winning branch: its key, and the value of its own type. */
export type Selected<B> = {
  [K in keyof B]: { readonly key: K; readonly value: BranchValue<B[K]> };
}[keyof B];

type BranchValue<B> =
  B extends Selectable<infer T> ? T : B extends (...args: never) => infer R ? Awaited<R> : never;

export interface SelectOptions extends Cancellable {
  /** Whether branches that are ready are taken in the order in which they are written; otherwise by chance. */
  readonly biased?: boolean | undefined;

  /** Whether to go on without waiting for functions that have lost and were told to stop. */
  readonly detach?: boolean | undefined;
}

interface Won {
  readonly key: string;
  readonly value: unknown;
}

class Selection implements AbortListener {
  hub: AbortListener["hub"] = undefined;
  private decided: (() => void) | undefined = undefined;
  private readonly unsubscribe: (() => void)[] = [];
  private readonly running = new Set<ChildController>();
  private readonly resolve: (won: Won) => void;
  private readonly reject: (error: unknown) => void;
  private readonly detach: boolean;

  constructor(
    resolve: (won: Won) => void,
    reject: (error: unknown) => void,
    { signal, detach = false }: SelectOptions,
  ) {
    this.resolve = resolve;
    this.reject = reject;
    this.detach = detach;
    if (signal !== undefined) follow(signal, this);
  }

  onAbort(reason: unknown): void {
    this.fail(reason, reason);
  }

  subscribe(key: string, source: Source<unknown>): void {
    if (this.decided !== undefined) return;
    const take = (value: unknown): void => {
      this.win({ key, value });
    };
    const fail = (error: unknown): void => {
      this.fail(error);
    };
    this.unsubscribe.push(source.subscribe(take, fail));
  }

  start(key: string, work: Work<unknown>): void {
    // What an earlier function has done at its start may have decided already.
    if (this.decided !== undefined) return;
    const controller = new ChildController();
    this.running.add(controller);
    controller.start(
      work,
      (value) => {
        this.running.delete(controller);
        if (this.decided === undefined) this.win({ key, value });
        else this.finish();
      },
      (error) => {
        this.running.delete(controller);
        if (this.decided === undefined) this.fail(error);
        else {
          if (!isReason(error, controller.reason)) reportLate(error);
          this.finish();
        }
      },
    );
  }

  private win(won: Won): void {
    this.decide(() => {
      this.resolve(won);
    });
  }

  private fail(error: unknown, reason?: unknown): void {
    this.decide(() => {
      this.reject(error);
    }, reason);
  }

  private decide(settle: () => void, reason?: unknown): void {
    if (this.decided !== undefined) return;
    this.decided = settle;
    unfollow(this);
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    for (const controller of this.running) {
      controller.abort(reason ?? new CancelledError("Another branch was faster."));
      // What cannot be told to stop is not waited for.
      if (this.detach || !controller.told) this.running.delete(controller);
    }
    this.finish();
  }

  private finish(): void {
    if (this.running.size === 0) this.decided?.();
  }
}

/**
 * Waits for the first of several branches, and tells which it was.
 *
 * A branch is a receiver, a task, `after(ms)`, `aborted(signal)`, or a function, which is given a signal. Bare promises
 * are not taken: they could neither be cancelled nor left without a trace.
 *
 * - **Only the winner takes.** A branch that loses has received no message and used up no notification.
 * - **Losing functions are told** by their signal, and waited for if they have a parameter for it; `detach: true` goes
 *   on at once. The winner's signal never aborts, so a body that it has fetched can still be read. What a loser fails
 *   with, other than the abort, goes to `onLateError`.
 * - **Functions start only if nothing is ready.** Among several branches that are ready one is taken by chance, so none
 *   starves; with `biased` the first one written.
 * - **Errors.** The first branch to fail decides as well: this rejects with its error.
 * - **Cancellation.** An aborted signal rejects with `signal.reason`, after the functions have ended as above.
 * - **Cost.** O(branches); nothing is left behind on any of them.
 *
 * Counterpart of tokio's `select!` and Go's `select`; and of `Promise.race` without its leak.
 *
 * @example
 * const { tx, rx } = channel<string>(1);
 * await tx.send("hello");
 * const first = await select({ message: rx, quiet: after(1000) });
 * if (first.key === "message") assert.equal(first.value.value, "hello");
 * else assert.fail("the message was there");
 */
export function select<const B extends Readonly<Record<string, Branch<unknown>>>>(
  branches: B,
  options: SelectOptions = {},
): Promise<Selected<B>> {
  // Sound: what wins is one of the branches, under its own key.
  return first(branches, options) as Promise<Selected<B>>;
}

async function first(
  branches: Readonly<Record<string, Branch<unknown>>>,
  options: SelectOptions,
): Promise<Won> {
  throwIfAborted(options);
  const entries = Object.entries(branches);
  if (entries.length === 0) throw new RangeError("`select` needs a branch, or it waits for ever.");
  const start = options.biased === true ? 0 : Math.floor(Math.random() * entries.length);
  const ordered = [...entries.slice(start), ...entries.slice(0, start)];
  for (const [key, branch] of ordered) {
    const ready = selectable in branch ? branch[selectable].poll() : undefined;
    if (ready !== undefined) return paced({ key, value: ready.value });
  }
  return new Promise((resolve, reject) => {
    const selection = new Selection(resolve, reject, options);
    for (const [key, branch] of ordered) {
      if (selectable in branch) selection.subscribe(key, branch[selectable]);
    }
    for (const [key, branch] of entries) {
      if (!(selectable in branch)) selection.start(key, branch);
    }
  });
}
