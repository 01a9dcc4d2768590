import { type Activity, builtin, type Context } from "./context.ts";
import { callerOf } from "./caller.ts";
import type { Pending } from "./events.ts";
import type { Controller } from "./task.ts";

/** The instant at which every run begins: some round second, the same on every machine. */
const EPOCH = 1_700_000_000_000;

const PROMISIFY = Symbol.for("nodejs.util.promisify.custom");

type Callback = (...args: unknown[]) => void;

/**
 * Puts virtual time, seeded random numbers and the unhandled rejections of runs in place, and returns
 * what takes all of it away again.
 *
 * Only code of a run notices: whoever calls from outside of one, a test beside this one or the test
 * tool itself, gets the real function. Covers setTimeout, setInterval, setImmediate and their clear
 * functions, as globals and from `node:timers` and `node:timers/promises`, Date, performance.now,
 * Math.random and AbortSignal.timeout.
 */
export function install(context: Context): () => void {
  const undo: (() => void)[] = [];
  const put = (
    target: object | undefined,
    name: string,
    make: (real: unknown) => unknown,
  ): void => {
    if (target === undefined) return;
    const before = Object.getOwnPropertyDescriptor(target, name);
    const real: unknown = Reflect.get(target, name);
    if (typeof real !== "function") return;
    const value = make(real);
    const enumerable = before?.enumerable ?? false;
    Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true });
    undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, before);
    });
  };
  /** The given function for code of a run, the real one for everybody else. */
  const inRun = (
    virtual: (activity: Activity, args: readonly unknown[], callee: Callback) => unknown,
  ) => {
    return (real: unknown) => {
      const replaced = function (this: unknown, ...args: unknown[]): unknown {
        const activity = context.current();
        if (activity !== undefined) return virtual(activity, args, replaced);
        return typeof real === "function" ? Reflect.apply(real, this, args) : undefined;
      };
      return replaced;
    };
  };

  for (const target of [globalThis, builtin("node:timers")]) {
    put(
      target,
      "setTimeout",
      inRun(
        (at, [fn, ms, ...args], callee) => new Timer(at, fn, ms, args, "timer", context, callee),
      ),
    );
    put(
      target,
      "setInterval",
      inRun(
        (at, [fn, ms, ...args], callee) => new Timer(at, fn, ms, args, "interval", context, callee),
      ),
    );
    put(
      target,
      "setImmediate",
      inRun(
        (at, [fn, ...args], callee) => new Timer(at, fn, 0, args, "immediate", context, callee),
      ),
    );
    for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) {
      put(target, name, (real) => (timer: unknown) => {
        const isNumber = typeof timer === "number" || typeof timer === "string";
        const known = timer instanceof Timer ? timer : Timer.byNumber.get(isNumber ? +timer : 0);
        if (known !== undefined) known.close();
        else if (typeof real === "function") Reflect.apply(real, undefined, [timer]);
      });
    }
  }
  const promises = builtin("node:timers/promises");
  const sleeping = (kind: "timer" | "immediate") =>
    inRun((at, args, callee) => {
      const [ms, value, options] = kind === "timer" ? args : [0, ...args];
      return sleep(at, kind, ms, value, options, context, callee);
    });
  put(promises, "setTimeout", sleeping("timer"));
  put(promises, "setImmediate", sleeping("immediate"));
  // What `promisify(setTimeout)` returns: a property of the function, which ours would not have.
  if (promises !== undefined) {
    for (const name of ["setTimeout", "setImmediate"] as const) {
      Reflect.set(globalThis[name], PROMISIFY, Reflect.get(promises, name));
    }
  }
  put(
    Math,
    "random",
    inRun((at) => at.run.random()),
  );
  put(
    globalThis.performance,
    "now",
    inRun((at) => at.run.now),
  );
  put(
    globalThis.AbortSignal,
    "timeout",
    inRun((at, [ms], callee) => {
      const controller: Controller = new AbortController();
      const expire = (): void =>
        controller.abort(
          new DOMException("The operation was aborted due to timeout", "TimeoutError"),
        );
      new Timer(at, expire, ms, [], "timer", context, callee).unref();
      return controller.signal;
    }),
  );
  put(
    Date,
    "now",
    inRun((at) => EPOCH + at.run.now),
  );
  put(globalThis, "Date", () => virtualDate(context, Date));
  undo.push(catchRejections(context));

  const module = builtin("node:module");
  module?.syncBuiltinESMExports();
  return () => {
    for (const step of undo.toReversed()) step();
    module?.syncBuiltinESMExports();
    Timer.byNumber.clear();
  };
}

/** A timer of virtual time, with the surface of Node's; as a number it is what a browser hands out. */
class Timer {
  static readonly byNumber = new Map<number, Timer>();

  readonly #activity: Activity;
  readonly #fire: () => void;
  readonly #kind: "timer" | "interval" | "immediate";
  readonly #ms: number;
  readonly #caller: string | undefined;
  #pending: Pending | undefined;
  #isRef = true;
  #number = 0;

  constructor(
    activity: Activity,
    fn: unknown,
    ms: unknown,
    args: readonly unknown[],
    kind: "timer" | "interval" | "immediate",
    context: Context,
    callee: Callback,
  ) {
    if (typeof fn !== "function") throw new TypeError("The callback of a timer is not a function.");
    this.#activity = activity;
    this.#kind = kind;
    const given = Number(ms ?? 0);
    // Node's rule: what is no number from 1 to 2^31-1 counts as 1.
    this.#ms = kind === "immediate" ? 0 : 1 <= given && given < 2 ** 31 ? Math.trunc(given) : 1;
    this.#fire = context.bind(() => Reflect.apply(fn, this, args));
    this.#caller = activity.run.trace && callerOf(callee);
    this.#start();
  }

  #start(): void {
    const { run } = this.#activity;
    // What an earlier schedule left behind may still ask for timers; it gets some that never fire.
    if (run.over) return;
    const isImmediate = this.#kind === "immediate";
    const label = isImmediate ? "immediate runs" : `timer fires (${this.#ms} ms)`;
    const from = run.now + this.#ms;
    const to = from + (isImmediate ? 0 : run.settings.tolerance);
    const pending = run.reserve(isImmediate ? "immediate" : "timer", label, from, to);
    pending.caller = this.#caller;
    this.#pending = pending;
    run.arrive(pending, () => {
      this.#pending = undefined;
      if (this.#kind === "interval") this.#start();
      this.#fire();
    });
  }

  close(): this {
    if (this.#pending !== undefined) this.#activity.run.drop(this.#pending);
    this.#pending = undefined;
    return this;
  }

  ref(): this {
    this.#isRef = true;
    return this;
  }

  /** Noted, and nothing else: a run holds its process, so that such a timer fires there as well. */
  unref(): this {
    this.#isRef = false;
    return this;
  }

  hasRef(): boolean {
    return this.#isRef;
  }

  refresh(): this {
    this.close();
    this.#start();
    return this;
  }

  [Symbol.toPrimitive](): number {
    if (this.#number === 0) {
      this.#number = Timer.byNumber.size + 2 ** 31;
      Timer.byNumber.set(this.#number, this);
    }
    return this.#number;
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")](): void {
    this.close();
  }
}

function sleep(
  activity: Activity,
  kind: "timer" | "immediate",
  ms: unknown,
  value: unknown,
  options: unknown,
  context: Context,
  callee: Callback,
): Promise<unknown> {
  const given: unknown =
    typeof options === "object" && options !== null ? Reflect.get(options, "signal") : undefined;
  const signal = given instanceof AbortSignal ? given : undefined;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      // What Node rejects with, so that code which looks at the name or the code sees the same.
      const error = new Error("The operation was aborted", { cause: signal?.reason });
      reject(Object.assign(error, { name: "AbortError", code: "ABORT_ERR" }));
    };
    if (signal?.aborted) return abort();
    const stop = (): void => {
      timer.close();
      abort();
    };
    const done: Callback = () => {
      signal?.removeEventListener("abort", stop);
      resolve(value);
    };
    const timer = new Timer(activity, done, ms, [], kind, context, callee);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

function virtualDate(context: Context, real: DateConstructor): DateConstructor {
  const now = (): number | undefined => {
    const run = context.current()?.run;
    return run && EPOCH + run.now;
  };
  return new Proxy(real, {
    construct(target, args, newTarget) {
      const time = args.length === 0 ? now() : undefined;
      // Sound: the proxied constructor, which makes an object whatever it is given.
      return Reflect.construct(target, time === undefined ? args : [time], newTarget) as object;
    },
    apply(target, self, args) {
      const time = now();
      return time === undefined ? Reflect.apply(target, self, args) : new target(time).toString();
    },
  });
}

/**
 * A rejection that nobody handles ends a Node process; in a run it fails the schedule instead. Those
 * of other code go to the listeners that were there, or are thrown where there was none.
 */
function catchRejections(context: Context): () => void {
  // In Jest this is a copy to which nothing is ever reported; Jest then fails the test by itself.
  const host: NodeJS.Process | undefined = globalThis.process;
  if (typeof host?.removeAllListeners !== "function") return () => {};
  const before = host.listeners("unhandledRejection");
  host.removeAllListeners("unhandledRejection");
  host.on("unhandledRejection", (error, promise) => {
    const run = context.current()?.run;
    if (run !== undefined) run.fail(error);
    else if (before.length === 0) throw error;
    else for (const it of before) it.call(host, error, promise);
  });
  return () => {
    host.removeAllListeners("unhandledRejection");
    for (const it of before) host.on("unhandledRejection", it);
  };
}
