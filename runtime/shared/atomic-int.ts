import { Shared } from "./place.ts";

/**
 * An integer of 32 bits that threads share.
 *
 * - **Atomic.** Every operation is one step, and all threads see all operations in one order (sequential consistency).
 * - **Wraps around** below -2^31 and above 2^31 - 1, like Rust's `fetch_add`. A number that is no such integer throws a
 *   RangeError.
 * - **One word.** It starts at 0, and at what it is if you attach to a buffer. Every operation O(1); none waits.
 *
 * Counterpart of Rust's `AtomicI32` and Go's `atomic.Int32`.
 *
 * @example
 * const hits = new AtomicInt();
 * hits.add(2);
 * const elsewhere = new AtomicInt(hits.buffer);
 * assert.equal(elsewhere.load(), 2);
 * assert.equal(elsewhere.compareExchange(2, 5), 2);
 * assert.equal(hits.load(), 5);
 */
export class AtomicInt extends Shared {
  constructor(buffer?: SharedArrayBuffer, index = 0) {
    super(buffer, index, 1);
  }

  /** The value. */
  load(): number {
    return Atomics.load(this.words, this.index);
  }

  /** Replaces the value by another integer of 32 bits; anything else is a RangeError. */
  store(value: number): void {
    Atomics.store(this.words, this.index, checkedInt(value));
  }

  /** Adds, and returns the value before. */
  add(difference: number): number {
    return Atomics.add(this.words, this.index, checkedInt(difference));
  }

  /** Stores `value` if the integer is `expected`. Returns the value before: `expected` exactly when it was stored. */
  compareExchange(expected: number, value: number): number {
    return Atomics.compareExchange(this.words, this.index, checkedInt(expected), checkedInt(value));
  }
}

function checkedInt(value: number): number {
  if ((value | 0) === value) return value;
  throw new RangeError(`The value must be an integer of 32 bits, not ${value}.`);
}
