/**
 * The key of what `select` can wait for besides functions. A registered symbol, so that a receiver from one copy of
 * this package can be given to the `select` of another.
 */
export const selectable: unique symbol = Symbol.for("mooring.selectable");

/** Where a value will come from. */
export interface Source<out T> {
  /** Takes what is there, in a box; undefined if nothing is. */
  poll(): { readonly value: T } | undefined;

  /**
   * Calls one of the two once, when there is something, and has then taken it. What it returns takes the call back,
   * without having taken anything: so only the winner of a `select` takes.
   */
  subscribe(take: (value: T) => void, fail: (error: unknown) => void): () => void;
}

/** What can be a branch of `select`: a receiver, `after(ms)`, `aborted(signal)`. */
export interface Selectable<out T> {
  readonly [selectable]: Source<T>;
}
