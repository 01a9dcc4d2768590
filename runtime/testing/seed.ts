/**
 * Numbers from 0 up to, not including, 1. The same seed gives the same numbers on every machine.
 * xorshift, seeded through one round of a hash, so that neighbouring seeds have nothing in common.
 */
export function numbersFrom(seed: number): () => number {
  let state = Math.imul((seed ^ 0x9e3779b9) + 0x7f4a7c15, 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35) ^ (state >>> 16) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
