import { onAbort } from "../cancel/on-abort.ts";
import { type Selectable, selectable } from "../core/selectable.ts";
import { isAborted, reasonOf } from "../core/signals.ts";
import { dispose } from "../core/symbols.ts";

/**
 * A branch of `select` that is ready when the signal aborts; its value is the reason. Unlike `options.signal`, which
 * makes the `select` reject, it is one of the ways for it to end well.
 *
 * A signal keeps no process alive, not even that of `AbortSignal.timeout`: for a time use `after`.
 *
 * Counterpart of `token.cancelled()` and `ctrl_c()` in tokio's `select!`.
 * O(1).
 *
 * @example
 * const stop = new AbortController();
 * const { rx } = channel<string>(1);
 * stop.abort("SIGTERM");
 * const { key, value } = await select({ message: rx, stop: aborted(stop.signal) });
 * assert.deepEqual([key, value], ["stop", "SIGTERM"]);
 */
export function aborted(signal: AbortSignal): Selectable<unknown> {
  return {
    [selectable]: {
      poll: () => (isAborted(signal) ? { value: reasonOf(signal) } : undefined),
      subscribe: (take) => {
        const listening = onAbort(signal, take);
        return () => {
          listening[dispose]();
        };
      },
    },
  };
}
