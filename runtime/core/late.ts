import { dispose } from "./symbols.ts";

// Sometimes an error comes when nobody is left to hear it: the loser of a `select` fails although it was told to stop,
// or a second task of a group fails while the group is already on its way to reject with the first error. Such an
// error must not end the process as an unhandled rejection would, and must not vanish either.

type LateHandler = (error: unknown) => void;

/** A registered symbol, so that whoever sets a handler hears of the errors from every copy of this package. */
const lateHandler: unique symbol = Symbol.for("mooring.late");

/**
 * Says what becomes of errors that come too late for any caller: those of losers, of detached tasks, and further ones
 * after the first. Unless told otherwise they are printed, in Node as a process warning. Cancellations are not among
 * them. Disposing restores the former handler.
 *
 * Counterpart of asyncio's exception handler of the loop.
 * O(1).
 *
 * @example
 * const late: unknown[] = [];
 * const restore = onLateError((error) => late.push(error));
 * spawn(() => Promise.reject(new Error("mail server down"))).detach();
 * await new Promise(setImmediate);
 * assert.equal(late.length, 1);
 * restore[Symbol.dispose]();
 */
export function onLateError(next: LateHandler): Disposable {
  const former = host[lateHandler];
  host[lateHandler] = next;
  return {
    [dispose]() {
      host[lateHandler] = former;
    },
  };
}

export function reportLate(error: unknown): void {
  (host[lateHandler] ?? warn)(error);
}

interface Host {
  [lateHandler]?: LateHandler | undefined;
  readonly process?: {
    emitWarning?(text: string, options: { type: string; detail: string }): void;
  };
  readonly console?: { error(...parts: unknown[]): void };
}

const host: Host = globalThis;

function warn(error: unknown): void {
  const text = "An error came too late for any caller to see it.";
  const detail = String((error instanceof Error && error.stack) || error);
  if (host.process?.emitWarning === undefined) host.console?.error(text, detail);
  else host.process.emitWarning(text, { type: "LateErrorWarning", detail });
}
