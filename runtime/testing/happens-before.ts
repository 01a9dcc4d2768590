import { builtin } from "./context.ts";
import type { Observer } from "./run.ts";

/** A stretch of code that runs without a pause, and everything that must have run before it. */
export interface Segment {
  readonly id: number;
  /** One bit per segment: those from which a chain of causes leads here. */
  readonly causes: bigint;
}

/** Did `a` have to run before `b`, in this and every other order of what comes from outside? */
export function isBefore(a: Segment, b: Segment): boolean {
  return a !== b && ((b.causes >> BigInt(a.id)) & 1n) === 1n;
}

/**
 * The happens-before relation of one run. Question answered: which segments are ordered by a chain of
 * causes, that is by `await`, by a promise that one settles and the other waits for, by a timer or a
 * call that one started? It errs towards order: code that came to run in a way that is not known here
 * counts as caused by everything before it, so that what is reported as unordered is.
 *
 * The engine's promise hooks tell of every reaction, those of `.then` and of libraries included; an
 * earlier attempt that replaced `Promise.prototype.then` missed the engine's own.
 */
export class HappensBefore implements Observer {
  readonly #born = new WeakMap<
    object,
    { readonly segment: Segment; readonly parent: object | undefined }
  >();
  readonly #settled = new WeakMap<object, Segment>();
  #count = 0;
  #all = 0n;
  /** What ran since the last event: only that can have queued the reactions that run now. */
  #step = 0n;
  #current: Segment | undefined;

  /** Starts listening; returns what stops it. */
  listen(): () => void {
    const hooks = builtin("node:v8")?.promiseHooks;
    if (hooks === undefined) {
      throw new Error(
        "detectRaces needs the promise hooks of V8, which Node offers and this runtime does not.",
      );
    }
    return hooks.createHook({
      init: (promise, parent) => {
        if (this.#current !== undefined)
          this.#born.set(promise, { segment: this.#current, parent });
      },
      before: (promise) => {
        const born = this.#born.get(promise);
        this.#current = born && this.#react(born.segment, born.parent);
      },
      after: () => {
        this.#current = undefined;
      },
      settled: (promise) => {
        if (this.#current !== undefined) this.#settled.set(promise, this.#current);
      },
    });
  }

  /** The segment that runs now. */
  now(): Segment {
    // A microtask or tick that is no promise reaction; anything in this run may have queued it.
    return (this.#current ??= this.#begin(this.#all));
  }

  origin(): Segment | undefined {
    return this.#current;
  }

  step(origin: unknown, fire: () => void): void {
    // Sound: origins come from the method above and pass through the run unchanged.
    const cause = origin as Segment | undefined;
    this.#step = 0n;
    this.#current = this.#begin(cause === undefined ? this.#all : through(cause));
    try {
      fire();
    } finally {
      this.#current = undefined;
    }
  }

  #react(segment: Segment, parent: object | undefined): Segment {
    const settler = parent && this.#settled.get(parent);
    // A reaction without a parent is the job that adopts a promise which was passed to `resolve`. Who
    // passed it is not told, only that it was since the last event.
    const causes =
      parent === undefined ? this.#step : settler === undefined ? 0n : through(settler);
    return this.#begin(causes | through(segment));
  }

  #begin(causes: bigint): Segment {
    const segment = { id: this.#count++, causes };
    const bit = 1n << BigInt(segment.id);
    this.#all |= bit;
    this.#step |= bit;
    return segment;
  }
}

function through(segment: Segment): bigint {
  return segment.causes | (1n << BigInt(segment.id));
}
