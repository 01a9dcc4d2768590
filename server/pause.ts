import type { CancellationToken } from "vscode-languageserver";

// The analysis computes without waiting; whoever drives it lets the event loop turn in between, so
// that edits, cancellations and quick questions get in.

/** How many milliseconds of work there may be between two turns. */
const SLICE = 8;

/** Lets everything in that has arrived by now. */
export async function turn(): Promise<void> {
  // Twice: what is read in the first turn is handled in the second.
  await immediate();
  await immediate();
}

/** Turns the event loop when it is time to. */
export class Pacer {
  private since = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.since < SLICE) return;
    await turn();
    // mooring-allow stale-guard: whoever comes here has paused, and either time will do
    this.since = performance.now();
  }
}

export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

export function throwIfCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested) throw cancelled();
}

/** A request that gets no answer, and why: not a failure. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** By what it is like: the core is bundled by itself, with a class of its own. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === "Refusal" && "code" in error;
}

export function cancelled(): Refusal {
  return new Refusal(-32_800, "The request was cancelled.");
}

/** The texts are others than those that the client asked about. */
export function outdated(): Refusal {
  return new Refusal(-32_801, "The text has changed since.");
}

/** Something that one can wait for again and again. */
export class Signal {
  private waiting: (() => void)[] = [];

  fire(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when it fires, or when the token is cancelled. */
  wait(token?: CancellationToken): Promise<void> {
    return new Promise((resolve) => {
      const listener = token?.onCancellationRequested(() => {
        this.waiting = this.waiting.filter((it) => it !== done);
        done();
      });
      const done = () => {
        listener?.dispose();
        resolve();
      };
      if (token?.isCancellationRequested === true) done();
      else this.waiting.push(done);
    });
  }
}

function immediate(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
