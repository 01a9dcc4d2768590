/** What every wait of this package takes: when the signal aborts, the wait rejects with the signal's reason. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Work that can be told to stop.
 *
 * A function that declares no parameter (`length` is 0, which includes `(...all) =>`) is given no signal: making one
 * is most of the cost of a small call. Since such work cannot be told to stop, nobody waits for it to stop either.
 */
export type Work<T> = (signal: AbortSignal) => T | PromiseLike<T>;
