/**
 * Whether an error looks like a mistake in the program, which trying again will not repair: a ReferenceError, a
 * SyntaxError, a RangeError or a TypeError. The TypeErrors that `fetch` rejects with when the network fails are not
 * among them.
 *
 * Every engine words those differently, so this goes by a list of messages, and may take a new wording for a bug. The
 * list is that of `is-network-error`, which p-retry uses.
 *
 * @example
 * assert.equal(isBug(new ReferenceError("usr is not defined")), true);
 * assert.equal(isBug(new TypeError("fetch failed")), false);
 */
export function isBug(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "TypeError") return !networkFailure.test(error.message);
  return /^(Reference|Syntax|Range)Error$/.test(error.name);
}

const networkFailure =
  /fetch|network|load failed|connection|terminated|resource|timed out|offline/i;
