// What is passed in is looked at where it comes in: a limit that is NaN must not show itself as a wait without end.

/** A promise in place of a function, a likely slip, could neither be told to stop nor be tried again. */
export function checkedWork<F>(work: F): F {
  if (typeof work === "function") return work;
  throw new TypeError("Pass a function, as in `() => promise`.");
}

/** A number of permits or the like. */
export function checkedCount(what: string, count: number, least: number): number {
  if (Number.isInteger(count) && least <= count) return count;
  throw new RangeError(`${what} must be an integer of at least ${least}, not ${count}.`);
}

/** The same, or Infinity for no limit. */
export function checkedLimit(what: string, limit: number, least = 1): number {
  return limit === Infinity ? limit : checkedCount(what, limit, least);
}

/** A time in milliseconds: what is negative counts as nothing, Infinity as never, and NaN is a mistake. */
export function checkedDelay(what: string, ms: number): number {
  if (typeof ms === "number" && ms === ms) return Math.max(0, ms);
  throw new RangeError(`${what} must be a number, not ${ms}.`);
}
