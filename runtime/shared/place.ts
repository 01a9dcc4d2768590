/** The words that a primitive lives in: new ones, or those that another thread has handed over. */
export function wordsAt(
  buffer: SharedArrayBuffer | undefined,
  index: number,
  count: number,
): Int32Array {
  if (typeof SharedArrayBuffer === "undefined") {
    const advice =
      "There is no shared memory here; browsers offer it to pages that are cross-origin isolated.";
    throw new TypeError(advice);
  }
  // A buffer of another realm is no instance of this one's class, but a view tells what it accepts.
  const words = new Int32Array(buffer ?? new SharedArrayBuffer(4 * (index + count)));
  if (!Number.isInteger(index) || index < 0 || words.length < index + count) {
    const needs = `\`index\` must leave room for ${count} words in the ${words.length} of the buffer`;
    throw new RangeError(`${needs}, and ${index} does not.`);
  }
  if (Object.prototype.toString.call(words.buffer) !== "[object SharedArrayBuffer]") {
    throw new TypeError(
      "`buffer` must be a SharedArrayBuffer; other buffers are copied for each thread.",
    );
  }
  return words;
}

/** What all primitives of shared memory have in common. */
export abstract class Shared {
  /** Where the primitive lives. Send it to another thread and attach there: `new SharedMutex(buffer, index)`. */
  readonly buffer: SharedArrayBuffer;

  /** The first of its words in the buffer, counted in words of four bytes. */
  readonly index: number;
  /** @internal */ protected readonly words: Int32Array;

  constructor(buffer: SharedArrayBuffer | undefined, index: number, count: number) {
    this.words = wordsAt(buffer, index, count);
    // Sound: `wordsAt` has checked it.
    this.buffer = this.words.buffer as unknown as SharedArrayBuffer;
    this.index = index;
  }
}
