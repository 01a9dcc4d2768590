import { type Outcome, unwrap } from "../outcome.ts";
import type { SpawnOptions, Task } from "../task/task.ts";
import { ChildController } from "./child.ts";
import { Latch } from "./latch.ts";
import { reportLate } from "./late.ts";
import { outcomeOf } from "./outcome-of.ts";
import { outcomeSource } from "./outcome-source.ts";
import { probe } from "./probe.ts";
import { type Source, selectable } from "./selectable.ts";
import { asyncDispose } from "./symbols.ts";
import type { Cancellable, Work } from "./types.ts";

// Engines without it keep silent about an error that nobody asked for.
const forgotten =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<unknown>(reportLate);

let lastId = 0;

/** The one implementation of tasks; scopes and groups make theirs of it. */
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
          end(outcomeOf(error, controller));
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
    return this.latch.get(options);
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
