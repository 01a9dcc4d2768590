// What is passed in is looked at where it comes in: a limit that is NaN must not show itself as a wait without end.

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
