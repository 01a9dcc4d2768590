import { ChildController } from "../core/child.ts";
import { isReason } from "../core/is-reason.ts";
import { Latch } from "../core/latch.ts";
import { reportLate } from "../core/late.ts";
import { outcomeSource } from "../core/outcome-source.ts";
import { probe } from "../core/probe.ts";
import { type Selectable, type Source, selectable } from "../core/selectable.ts";
import { asyncDispose } from "../core/symbols.ts";
import type { Cancellable, Work } from "../core/types.ts";
import { type Outcome, unwrap } from "../outcome.ts";

/**
 * Work that runs, and the handle to it.
 *
 * - **A failure is held** until somebody asks: a task may fail before it is awaited, and the process goes on. If nobody
 *   ever asks, the error goes to `onLateError` when the handle is collected as garbage, or at once after `detach`.
 * - **Waiting** with `join` or `outcome` can be cancelled; that leaves the task alone, and costs it nothing.
 * - **Aborting** the task aborts the signal it was given. It has ended when its work has, not before.
 */
export interface Task<T> extends PromiseLike<T>, AsyncDisposable, Selectable<T> {
  readonly id: number;
  readonly name: string | undefined;
  readonly signal: AbortSignal;
  readonly status: "running" | Outcome<T>["status"];

  /** The value; rejects with the error, or with the reason of a task that was cancelled. */
  join(options?: Cancellable): Promise<T>;

  /** How the task ended. Rejects only if `options.signal` aborts first. */
  outcome(options?: Cancellable): Promise<Outcome<T>>;

  abort(reason?: unknown): void;

  /** Lets the task run on its own: disposing does nothing any more, and an error goes to `onLateError`. */
  detach(): void;

  /** Aborts and waits until the work has ended, whatever its outcome. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SpawnOptions extends Cancellable {
  /** For traces. */
  readonly name?: string | undefined;
}

// Engines without it keep silent about an error that nobody asked for.
const forgotten =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<unknown>(reportLate);

let lastId = 0;

/** @internal The one implementation; scopes and groups make their tasks of it. */
export class RunningTask<T> implements Task<T> {
  readonly id: number = ++lastId;
  readonly name: string | undefined;
  status: "running" | Outcome<T>["status"] = "running";
  readonly controller: ChildController;
  private readonly latch: Latch<Outcome<T>> = new Latch<Outcome<T>>();
  private observed = false;
  private detached = false;

  constructor({ signal, name }: SpawnOptions) {
    this.name = name;
    this.controller = new ChildController(signal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Starts the work, unless the task has been aborted already. */
  start(work: Work<T>, onEnd?: (outcome: Outcome<T>) => void): this {
    const { controller } = this;
    const end = (outcome: Outcome<T>): void => {
      controller.detach();
      probe.current?.ended(this.id);
      this.status = outcome.status;
      onEnd?.(outcome);
      this.latch.open(outcome);
      if (outcome.status === "error") this.keep(outcome.error);
    };
    if (controller.aborted) {
      end({ status: "cancelled", reason: controller.reason });
      return this;
    }
    const begin = (): void => {
      controller.start(
        work,
        (value) => {
          end({ status: "ok", value });
        },
        (error) => {
          const cancelled = controller.aborted && isReason(error, controller.reason);
          end(
            cancelled
              ? { status: "cancelled", reason: controller.reason }
              : { status: "error", error },
          );
        },
      );
    };
    if (probe.current === undefined) begin();
    else probe.current.task(this.id, this.name, begin);
    return this;
  }

  async join(options?: Cancellable): Promise<T> {
    return unwrap(await this.outcome(options));
  }

  outcome(options?: Cancellable): Promise<Outcome<T>> {
    this.observe();
    return this.latch.wait(options?.signal);
  }

  abort(reason?: unknown): void {
    this.controller.abort(reason);
  }

  detach(): void {
    if (this.detached) return;
    this.detached = true;
    const ended = this.latch.opened?.value;
    if (ended?.status === "error" && !this.observed) reportLate(ended.error);
    this.observe();
  }

  /** Says that somebody will hear of an error. */
  observe(): void {
    this.observed = true;
    forgotten?.unregister(this);
  }

  // biome-ignore lint/suspicious/noThenProperty: a task can be awaited, as its documentation says.
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.join().then(onValue, onError);
  }

  async [asyncDispose](): Promise<void> {
    if (this.detached) return;
    this.abort();
    await this.outcome();
  }

  get [selectable](): Source<T> {
    this.observe();
    return outcomeSource(this.latch);
  }

  private keep(error: unknown): void {
    if (this.detached) reportLate(error);
    else if (!this.observed) forgotten?.register(this, error, this);
  }
}
