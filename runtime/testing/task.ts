/** How the work of a task has ended; the same shape as the runtime's own `Outcome`. */
export type SimOutcome<T> =
  | { readonly status: "ok"; readonly value: T }
  | { readonly status: "error"; readonly error: unknown }
  | { readonly status: "cancelled"; readonly reason: unknown };

/** As much of an AbortController as a task uses; with the reason, which not every typing knows. */
export interface Controller {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/**
 * A task of a test. The surface of the runtime's `Task`, but nothing of its making: the kit that
 * tests the primitives does not stand on them.
 */
export class SimTask<T> implements PromiseLike<T> {
  readonly id: number;
  readonly name: string;
  #controller: Controller | undefined;
  readonly #promise: Promise<T>;
  #outcome: SimOutcome<T> | undefined;
  #isObserved = false;

  constructor(id: number, name: string, fn: (task: SimTask<T>) => T | PromiseLike<T>) {
    this.id = id;
    this.name = name;
    // An async function, so that what `fn` throws before its first wait rejects as well.
    const start = async (): Promise<T> => fn(this);
    this.#promise = start();
    this.#promise.then(
      (value) => (this.#outcome = { status: "ok", value }),
      (error: unknown) => {
        const signal = this.#controller?.signal;
        const isCancelled = signal?.aborted === true && error === signal.reason;
        return (this.#outcome = isCancelled
          ? { status: "cancelled", reason: error }
          : { status: "error", error });
      },
    );
  }

  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  get status(): "running" | SimOutcome<T>["status"] {
    return this.#outcome?.status ?? "running";
  }

  /** It failed, and neither `join` nor `outcome` nor `await` was ever called on it. */
  get isLost(): boolean {
    return !this.#isObserved && this.#outcome?.status === "error";
  }

  get lost(): { readonly error: unknown } | undefined {
    return this.#outcome?.status === "error" ? this.#outcome : undefined;
  }

  // A task is awaited like a promise: `await sim.spawn(…)`, `Promise.all([a, b])`.
  // oxlint-disable-next-line unicorn/no-thenable
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#isObserved = true;
    return this.#promise.then(onValue, onError);
  }

  /** Its value; rejects with its error. */
  join(): Promise<T> {
    this.#isObserved = true;
    return this.#promise;
  }

  /** How it ended; never rejects. */
  outcome(): Promise<SimOutcome<T>> {
    return this.then(
      (value): SimOutcome<T> => ({ status: "ok", value }),
      (error: unknown) => this.#outcome ?? { status: "error", error },
    );
  }

  /** Aborts its signal. What the task makes of that is its own matter. */
  abort(reason?: unknown): void {
    const controller: Controller = this.#controller ?? new AbortController();
    this.#controller = controller;
    controller.abort(reason);
  }

  /** Its failure no longer fails the test. */
  detach(): void {
    this.#isObserved = true;
  }
}
