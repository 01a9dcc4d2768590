import { ChildController } from "./core/child.ts";
import { CancelledError, TimeoutError } from "./core/errors.ts";
import { Latch } from "./core/latch.ts";
import { reportLate } from "./core/late.ts";
import { asyncDispose, dispose } from "./core/symbols.ts";
import { checkedDelay } from "./core/timer.ts";
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
  exitCode?: unknown;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  exit(code?: number): void;
}

const numbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15, SIGBREAK: 21 };

class PreparedShutdown implements Shutdown {
  readonly done: Promise<void>;
  private readonly controller = new ChildController();
  private readonly finished = new Latch<void>();
  private readonly hooks = new Set<{ readonly hook: Hook; readonly options: ShutdownHookOptions }>();
  private readonly handlers = new Map<string, () => void>();
  private readonly options: ShutdownOptions;
  private readonly total: number;
  private readonly host: HostProcess | undefined;
  private failed = false;

  constructor(options: ShutdownOptions) {
    this.options = options;
    this.total = checkedDelay("timeoutMs", options.timeoutMs ?? 10_000);
    const scope: { readonly process?: Partial<HostProcess> } = globalThis;
    const host = scope.process;
    this.host = host?.on === undefined ? undefined : (host as HostProcess);
    this.done = this.finished.wait();
    for (const name of options.signals ?? ["SIGINT", "SIGTERM"]) this.heed(name);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  defer(hook: Hook, options: ShutdownHookOptions = {}): Disposable {
    const entry = { hook, options };
    this.hooks.add(entry);
    return {
      [dispose]: () => {
        this.hooks.delete(entry);
      },
    };
  }

  trigger(reason: unknown = new CancelledError("The program is shutting down.")): void {
    void this.begin(reason, 0);
  }

  async [asyncDispose](): Promise<void> {
    this.takeOff();
    if (this.controller.aborted) await this.done;
    else this.finished.open();
  }
}
