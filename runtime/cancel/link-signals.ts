import { ChildController } from "../core/child.ts";
import { dispose } from "../core/symbols.ts";
import { onAbort } from "./on-abort.ts";

/**
 * A signal that aborts with the first of several, for the same reason. Those that are undefined do not count.
 *
 * Does what `AbortSignal.any` does without its leak: disposing lets go of the sources at once, and nothing stays
 * behind on a long-lived one (`AbortSignal.any` keeps 56 bytes per call there, and 1,251 with a listener). After that
 * the signal never aborts. Without disposing, it is let go when one of the sources aborts. O(number of sources).
 *
 * Counterpart of merging contexts in Go.
 *
 * @example
 * const server = new AbortController();
 * const request = new AbortController();
 * const linked = linkSignals(server.signal, request.signal, undefined);
 * request.abort("gone");
 * assert.equal(linked.signal.reason, "gone");
 * linked[Symbol.dispose]();
 */
export function linkSignals(
  ...signals: readonly (AbortSignal | undefined)[]
): { readonly signal: AbortSignal } & Disposable {
  const child = new ChildController();
  const links: Disposable[] = [];
  const letGo = (): void => {
    for (const link of links.splice(0)) link[dispose]();
  };
  child.onAborted = letGo;
  for (const signal of signals) {
    if (signal === undefined || child.aborted) continue;
    links.push(
      onAbort(signal, (reason) => {
        child.abort(reason);
      }),
    );
  }
  return {
    get signal() {
      return child.signal;
    },
    [dispose]: letGo,
  };
}
