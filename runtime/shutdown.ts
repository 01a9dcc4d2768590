import { checkedDelay } from "./core/checked.ts";
import { ChildController } from "./core/child.ts";
import { CancelledError } from "./core/errors.ts";
import { reportLate } from "./core/late.ts";
import { turn } from "./core/pace.ts";
import { asyncDispose, dispose } from "./core/symbols.ts";
import { timeout } from "./time/timeout.ts";

export interface ShutdownOptions {
  /** Which signals of the operating system to heed; SIGINT and SIGTERM unless told. Windows raises both for Ctrl+C. */
  readonly signals?: readonly string[] | undefined;

  /** Milliseconds for all hooks together; 10,000 unless told. */
  readonly timeoutMs?: number | undefined;

  /** Whether to end the process when the hooks are done; true unless told. */
  readonly exit?: boolean | undefined;
}

export interface ShutdownHookOptions {
  /** Named in the error when the hook takes too long. */
  readonly name?: string | undefined;

  /** Milliseconds for this hook; all the time there is unless told. */
  readonly timeoutMs?: number | undefined;
}

type Hook = (reason: unknown) => void | PromiseLike<void>;

/** A shutdown that has been prepared. Disposing takes the handlers off, without running any hook. */
export interface Shutdown extends AsyncDisposable {
  /** Aborts when shutting down begins: stop accepting work. Its reason says why. */
  readonly signal: AbortSignal;

  /** Runs while shutting down, last in, first out. Disposing takes the hook off. */
  defer(hook: Hook, options?: ShutdownHookOptions): Disposable;

  /** Ends when every hook is done or out of time. */
  readonly done: Promise<void>;

  /** Begins shutting down, as a signal would. */
  trigger(reason?: unknown): void;
}

// What is used of Node's `process`; in browsers there is none, and only `trigger` begins.
interface HostProcess {
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  exit(code?: number): void;
}

// By convention a process that was ended by a signal exits with 128 and the signal's number.
const exitCodes: Readonly<Record<string, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
  SIGBREAK: 149,
};

function hostProcess(): HostProcess | undefined {
  // Sound: all of it may be missing.
  const { process } = globalThis as { readonly process?: Partial<HostProcess> };
  // Sound: what calls itself `process` and has this is Node's, or made to be like it. A bundler's stand-in has not.
  return process?.exit && (process as HostProcess);
}

/**
 * Ends a program in good order: on a signal of the operating system, stop taking work, finish what runs, then exit.
 *
 * - **Order.** First `signal` aborts, then the hooks run one after the other, last in, first out.
 * - **It ends.** Hooks that take too long are left behind; the next one starts. A second signal exits at once.
 * - **Errors** of hooks go to `onLateError`, and make the exit code 1. Otherwise it is 128 and the number of the signal,
 *   or 0 after `trigger`.
 * - **Liveness.** Waiting for a signal does not keep the process alive.
 *
 * Counterpart of `tokio::signal::ctrl_c`, Go's `signal.NotifyContext` and `server.Shutdown`.
 * O(1) for each hook.
 *
 * @example
 * const log: string[] = [];
 * const stop = shutdown({ exit: false });
 * stop.defer(() => { log.push("database closed"); });
 * stop.defer(() => { log.push("server closed"); });
 * stop.trigger();
 * await stop.done;
 * assert.deepEqual(log, ["server closed", "database closed"]);
 */
export function shutdown({
  signals = ["SIGINT", "SIGTERM"],
  timeoutMs = 10_000,
  exit = true,
}: ShutdownOptions = {}): Shutdown {
  const total = checkedDelay("timeoutMs", timeoutMs);
  const host = hostProcess();
  const controller = new ChildController();
  let finish = (): void => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const hooks: ((left: number) => Promise<void>)[] = [];
  const handlers: (() => void)[] = [];

  const takeOff = (): void => {
    for (const off of handlers.splice(0)) off();
  };

  const begin = async (reason: unknown, code: number): Promise<void> => {
    if (controller.aborted) return;
    const end = performance.now() + total;
    controller.abort(reason);
    let exitCode = code;
    // A hook that registers another one has it run next.
    for (let next = hooks.pop(); next !== undefined; next = hooks.pop()) {
      try {
        await next(Math.max(0, end - performance.now()));
      } catch (error) {
        exitCode = 1;
        reportLate(error);
      }
    }
    takeOff();
    finish();
    // Warnings and output are written after this turn, and an exit would cut them off.
    await turn();
    if (exit) host?.exit(exitCode);
  };

  for (const name of host === undefined ? [] : signals) {
    const code = exitCodes[name] ?? 1;
    const handler = (): void => {
      // Who signals a second time does not want to wait.
      if (controller.aborted) host?.exit(code);
      else void begin(new CancelledError(`The process received ${name}.`), code);
    };
    host?.on(name, handler);
    handlers.push(() => host?.off(name, handler));
  }

  return {
    get signal() {
      return controller.signal;
    },
    done,
    defer(hook, options = {}) {
      const own = checkedDelay("timeoutMs", options.timeoutMs ?? Infinity);
      const name = options.name ?? (hook.name || "without a name");
      const run = (left: number): Promise<void> => {
        const ms = Math.min(left, own);
        const message = `The shutdown hook ${name} took longer than ${Math.round(ms)} ms.`;
        return timeout(ms, () => hook(controller.reason), { message });
      };
      hooks.push(run);
      return {
        [dispose]() {
          const index = hooks.indexOf(run);
          if (0 <= index) hooks.splice(index, 1);
        },
      };
    },
    trigger(reason = new CancelledError("The program is shutting down.")) {
      void begin(reason, 0);
    },
    async [asyncDispose]() {
      takeOff();
      if (controller.aborted) await done;
      else finish();
    },
  };
}
