import type { Pending } from "./events.ts";
import type { Run } from "./run.ts";

export interface IoOptions {
  /** The earliest answer, in virtual milliseconds after the call. Default 0. */
  readonly min?: number;
  /** The latest answer. Default Infinity: it may come after any timer. */
  readonly max?: number;
  /** How likely a call fails, from 0 to 1; the exhaustive search tries it whenever it is not 0. */
  readonly fail?: number;
  /** What a failed call rejects with. Default: a `SimulatedFault`. */
  readonly error?: () => unknown;
  /**
   * When `fn` runs. `call`, the default, is what the engine does: at once. `reply` runs it when the
   * answer arrives; `between` makes the arrival of the request and that of the answer two events, as
   * with a server of one's own that may be overtaken by another client.
   */
  readonly effect?: "call" | "reply" | "between";
  /** What reports call it. Default: the name of the function. */
  readonly name?: string;
}

export type Io<A extends readonly unknown[], R> = (...args: A) => Promise<Awaited<R>>;

/**
 * What a call wrapped by `sim.io` rejects with when the schedule lets it fail.
 *
 * @example
 * const seen = new Set();
 * await explore(async (sim) => {
 *   const pay = sim.io(async () => "paid", { fail: 0.1, name: "pay" });
 *   await pay().then((it) => seen.add(it), (it) => seen.add(it.lost));
 * });
 * assert.deepEqual([...seen].toSorted(), ["paid", "reply", "request"]);
 */
export class SimulatedFault extends Error {
  override readonly name = "SimulatedFault";
  /** `request`: the call never took place. `reply`: it did, and only its answer was lost. */
  readonly lost: "request" | "reply";

  constructor(call: string, lost: "request" | "reply") {
    super(
      lost === "request"
        ? `${call} failed: the request was lost before it took effect.`
        : `${call} failed: it took effect, but its answer was lost.`,
    );
    this.lost = lost;
  }
}

/** Throws a RangeError for delays and probabilities that mean nothing. */
export function checkIo({ min = 0, max = Infinity, fail = 0 }: IoOptions): void {
  if (!(0 <= min && min <= max && min < Infinity)) {
    throw new RangeError(
      `sim.io takes delays with 0 <= min <= max, min finite; got ${min} and ${max}.`,
    );
  }
  if (!(0 <= fail && fail <= 1)) {
    throw new RangeError(`sim.io takes a probability from 0 to 1 as \`fail\`; got ${fail}.`);
  }
}

/** One call: asks at once whether it fails, and announces its answer as an event of the schedule. */
export function ioCall<A extends readonly unknown[], R>(
  run: Run,
  fn: (...args: A) => R | PromiseLike<R>,
  args: A,
  options: IoOptions,
  caller: string | undefined,
): Promise<Awaited<R>> {
  const { min = 0, max = Infinity, fail = 0, effect = "call" } = options;
  const name = options.name ?? (fn.name || "io");
  const from = run.now + min;
  const to = run.now + max;
  const lost =
    fail === 0
      ? 0
      : run.decide({ kind: "fault", options: 3, preempts: false, pending: [], rate: fail });

  const announce = (label: string): Pending => {
    const pending = run.reserve("io", label, from, to);
    pending.caller = caller;
    return pending;
  };
  const failure = (kind: "request" | "reply"): unknown =>
    options.error?.() ?? new SimulatedFault(name, kind);
  // No `await` here: it would become a gate itself where the kit is compiled with the code under test.
  const perform = (): Promise<Awaited<R>> => {
    if (lost === 1) return Promise.reject(failure("request"));
    const result = new Promise<Awaited<R>>((resolve) => {
      // Sound: a promise takes over what is thenable, so that it settles with the awaited value.
      resolve(fn(...args) as Awaited<R>);
    });
    return lost === 0 ? result : result.then(() => Promise.reject(failure("reply")));
  };
  const answer = `gets the ${lost === 0 ? "answer" : "failure"} of ${name}`;
  const first = announce(effect === "between" ? `reaches ${name}` : answer);

  const promise = new Promise<Awaited<R>>((resolve, reject) => {
    const deliver = (pending: Pending, outcome: Promise<Awaited<R>>): void => {
      outcome.then(
        (value) => run.arrive(pending, () => resolve(value)),
        (error: unknown) => run.arrive(pending, () => reject(error)),
      );
    };
    switch (effect) {
      case "call":
        deliver(first, perform());
        break;
      case "reply":
        run.arrive(
          first,
          run.context.bind(() => void perform().then(resolve, reject)),
        );
        break;
      case "between":
        // The request may arrive at once, whatever `min` is: that is how long the answer takes.
        first.from = run.now;
        run.arrive(
          first,
          run.context.bind(() => {
            const reply = announce(answer);
            reply.position ??= first.position;
            deliver(reply, perform());
          }),
        );
        break;
      default:
        throw new TypeError(`sim.io knows no effect "${String(effect satisfies never)}".`);
    }
  });
  run.link(promise, first);
  return promise;
}
