// A program can hold two copies of this package: one from npm and one vendored, or one loaded with `import` and one
// with `require`. So its errors are recognised by a registered symbol; which copy made them does not matter.

export const errorKind: unique symbol = Symbol.for("mooring.error");

/** What ES2022 calls ErrorOptions; who compiles for less does not have that name. */
export interface Cause {
  readonly cause?: unknown;
}

/** Its instances are recognised by their kind. */
export abstract class RuntimeError extends Error {
  declare readonly [errorKind]: string;

  constructor(message: string, options?: Cause) {
    super(message, options);
    this.name = this[errorKind] = new.target.kind;
  }

  // A getter and no field: bundlers keep a class with a static field even where nobody uses it.
  static get kind(): string {
    return "";
  }

  /** Holds for instances that another copy of the package has made. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class that somebody has derived from one of these has no kind of its own.
    if (!Object.hasOwn(this, "kind")) return super[Symbol.hasInstance](value);
    // Sound: every other value can be asked for a property, and has none of this key.
    return (value as Partial<RuntimeError> | null | undefined)?.[errorKind] === this.kind;
  }
}

/**
 * Work was cancelled, and nobody gave a reason of their own. Its `name` is `AbortError`, the name that `fetch`, the
 * DOM and Node use, so that a check for the name covers both.
 *
 * @example
 * const error = new CancelledError("the user left the page");
 * assert.equal(error.name, "AbortError");
 */
export class CancelledError extends RuntimeError {
  static override get kind(): string {
    return "AbortError";
  }

  constructor(message = "The operation was cancelled.", options?: Cause) {
    super(message, options);
  }
}

/**
 * A time limit passed. `cause` holds what the work failed with afterwards, unless that was the cancellation itself.
 *
 * @example
 * await assert.rejects(timeout(5, () => new Promise(() => {})), TimeoutError);
 */
export class TimeoutError extends RuntimeError {
  static override get kind(): string {
    return "TimeoutError";
  }

  constructor(message = "The time limit passed.", options?: Cause) {
    super(message, options);
  }
}

/**
 * What was used has been closed: a channel without receiver, a semaphore, a task group, a pool.
 *
 * @example
 * const { tx, rx } = channel<number>(1);
 * rx.close();
 * await assert.rejects(tx.send(1), ClosedError);
 */
export class ClosedError extends RuntimeError {
  static override get kind(): string {
    return "ClosedError";
  }
}

/**
 * A receiver of a broadcast was too slow, and `missed` messages were overwritten before it came to them. The next
 * `recv` goes on with the oldest message still there.
 *
 * @example
 * const { tx } = broadcast<number>(1);
 * const rx = tx.subscribe();
 * tx.send(1);
 * tx.send(2);
 * await assert.rejects(rx.recv(), (error) => error instanceof LaggedError && error.missed === 1);
 */
export class LaggedError extends RuntimeError {
  static override get kind(): string {
    return "LaggedError";
  }

  /** How many messages this receiver will never see. */
  readonly missed: number;

  constructor(missed: number) {
    super(`The receiver was too slow and missed ${missed} messages.`);
    this.missed = missed;
  }
}
