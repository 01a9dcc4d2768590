/**
 * The same seed gives the same numbers on every machine, so that everybody measures the same project.
 * The generator is mulberry32: five lines, good enough to choose words with.
 *
 * @param {number} seed
 */
export function seeded(seed) {
  let state = seed >>> 0;

  /** At least 0, below 1. */
  function fraction() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From 0 to below the limit. */
  const below = (limit) => Math.floor(fraction() * limit);
  const between = (least, most) => least + below(most - least + 1);
  const chance = (share) => fraction() < share;
  const pick = (items) => items[below(items.length)];

  /** So many different items, in random order. */
  function some(items, count) {
    const rest = [...items];
    const taken = [];
    while (taken.length < count && 0 < rest.length)
      taken.push(...rest.splice(below(rest.length), 1));
    return taken;
  }

  return { below, between, chance, pick, some };
}
