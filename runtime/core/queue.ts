// Most queues stay empty for ever: a task's, a latch's. They share this array and take no memory of their own.
const none: readonly undefined[] = [];

/**
 * A first-in, first-out queue in a circular array whose length is a power of two. Both ends cost O(1), amortised over
 * the doublings, at any length; `Array.prototype.shift` moves the whole array once it is long. The memory of a long
 * queue is given back when it runs empty.
 */
export class Queue<T> {
  length = 0;
  // Sound: the shared array is not written to, since it has no place.
  private slots: (T | undefined)[] = none as (T | undefined)[];
  private head = 0;

  push(item: T): void {
    if (this.length === this.slots.length) this.rebuild(this.length << 1 || 4);
    this.slots[(this.head + this.length++) & (this.slots.length - 1)] = item;
  }

  peek(): T | undefined {
    return this.slots[this.head];
  }

  /** Takes the first item off; undefined if there is none. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const { slots, head } = this;
    const item = slots[head];
    slots[head] = undefined;
    this.head = (head + 1) & (slots.length - 1);
    if (--this.length === 0 && 1024 < slots.length) this.rebuild(4);
    return item;
  }

  /** Drops what the filter does not accept, as soon as that is more than half; `rest` is how many will be left. */
  sweep(rest: number, accepts: (item: T) => boolean): void {
    if (rest === 0 || 32 + (rest << 1) < this.length) {
      this.rebuild(1 << (32 - Math.clz32(rest)), accepts);
    }
  }

  /** Moves to an array of this length, a power of two, and keeps what the filter accepts, in order. O(n). */
  private rebuild(capacity: number, accepts?: (item: T) => boolean): void {
    const { slots, head, length } = this;
    // One allocation of the final size: an array that grows step by step would be copied many times over.
    this.slots = new Array<T | undefined>(capacity);
    this.length = this.head = 0;
    for (let index = head; index < head + length; index++) {
      // Sound: the `length` slots from the head on hold items.
      const item = slots[index & (slots.length - 1)] as T;
      if (accepts === undefined || accepts(item)) this.slots[this.length++] = item;
    }
  }
}
