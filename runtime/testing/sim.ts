import { callerOf } from "./caller.ts";
import type { Activity } from "./context.ts";
import type { Run } from "./run.ts";
import { checkIo, type Io, ioCall, type IoOptions } from "./io.ts";
import { SimTask } from "./task.ts";
import { type Access, watched } from "./watch.ts";

/** What a test under `explore` gets to work with. All of it belongs to one run. */
export interface Sim {
  /**
   * Starts a task: runs `fn` up to its first wait, as a call would, and gives the rest of it a name
   * in reports and a priority of its own. A task that fails without anybody having looked at its
   * result fails the test at its end.
   */
  spawn<T>(name: string, fn: (signal: AbortSignal) => T | PromiseLike<T>): SimTask<T>;
  /** Virtual milliseconds since the run began. */
  readonly now: number;
  /**
   * `target`, with reads and writes shown in reports and seen by `detectRaces`. Watches own
   * properties, and the entries of a Map or a Set, not what lies deeper.
   */
  shared<T extends object>(name: string, target: T): T;
  /**
   * `fn` as a call to the outside: what it returns arrives when the schedule says so, between `min`
   * and `max` virtual milliseconds later, and with the probability `fail` it does not succeed.
   */
  io<A extends readonly unknown[], R>(
    fn: (...args: A) => R | PromiseLike<R>,
    options?: IoOptions,
  ): Io<A, R>;
  /** A number from 0 up to 1, the same in every run of one schedule. `Math.random()` gives them too. */
  random(): number;
}

/** The part of the test kit that lives inside of one run. `onAccess` is told of every shared access. */
export function simOf(run: Run, onAccess: (access: Access) => void): Sim {
  const tasks: SimTask<unknown>[] = [];
  run.tasks = tasks;
  const sim: Sim = {
    spawn<T>(name: string, fn: (signal: AbortSignal) => T | PromiseLike<T>): SimTask<T> {
      const activity: Activity = run.activity(name);
      const task = new SimTask<T>(activity.id, name, (it) =>
        run.context.enter(activity, () => fn(takesNothing(fn) ? never : it.signal)),
      );
      tasks.push(task);
      return task;
    },
    get now() {
      return run.now;
    },
    shared: (name, target) => watched(name, target, onAccess),
    io<A extends readonly unknown[], R>(
      fn: (...args: A) => R | PromiseLike<R>,
      options: IoOptions = {},
    ): Io<A, R> {
      checkIo(options);
      const call: Io<A, R> = (...args) =>
        ioCall(run, fn, args, options, run.trace && callerOf(call));
      return call;
    },
    random: () => run.random(),
  };
  return sim;
}

/** What a task that takes no parameter is given instead of a signal of its own. */
const never = new AbortController().signal;

/**
 * Most tasks take no signal, and a controller for each would double the time of a schedule. The text is
 * asked, not `length`, which is also 0 for `(signal = …)` and `(...args)`.
 */
function takesNothing(fn: (...args: never[]) => unknown): boolean {
  return (
    fn.length === 0 &&
    /^(?:async\s*)?(?:function\b[^(]*)?\(\s*\)/.test(Function.prototype.toString.call(fn))
  );
}
