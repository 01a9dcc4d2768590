const smallest = 4;
const roomy = 1024;

// Most queues stay empty for ever: a task's, a latch's. They share this array and take no memory of their own.
const none: readonly undefined[] = [];

/**
 * A first-in, first-out queue in a circular array whose length is a power of two. Both ends cost O(1), amortised over
 * the doublings, at any length; `Array.prototype.shift` moves the whole array once it is long. The memory of a long
 * queue is given back when it runs empty.
 */
export class Ring<T> {
  length = 0;
  // Sound: the shared array is not written to, since its length is below that of any queue with an item.
  private slots: (T | undefined)[] = none as (T | undefined)[];
  private head = 0;
  private mask = -1;

  push(item: T): void {
    if (this.mask < this.length) this.rebuild(Math.max(smallest, this.length << 1));
    this.slots[(this.head + this.length++) & this.mask] = item;
  }

  first(): T | undefined {
    return this.slots[this.head];
  }

  shift(): T | undefined {
    return this.length === 0 ? undefined : this.take();
  }

  /** The first item of a queue that is not empty. */
  take(): T {
    const { head, slots } = this;
    // Sound: the `length` slots from `head` on hold items.
    const item = slots[head] as T;
    slots[head] = undefined;
    this.head = (head + 1) & this.mask;
    if (--this.length === 0 && roomy <= this.mask) this.clear();
    return item;
  }

  clear(): void {
    this.length = 0;
    this.head = 0;
    this.mask = -1;
    // Sound for the same reason.
    this.slots = none as (T | undefined)[];
  }

  /** Keeps what the filter accepts, in order. O(n). */
  retain(filter: (item: T) => boolean): void {
    this.rebuild(this.mask + 1, filter);
  }

  private rebuild(capacity: number, filter?: (item: T) => boolean): void {
    const { slots, head, mask, length } = this;
    // One allocation of the final size: an array that grows step by step would be copied many times over.
    const next = new Array<T | undefined>(capacity);
    let kept = 0;
    for (let index = 0; index < length; index++) {
      const item = slots[(head + index) & mask];
      if (filter === undefined || (item !== undefined && filter(item))) next[kept++] = item;
    }
    this.slots = next;
    this.head = 0;
    this.mask = capacity - 1;
    this.length = kept;
  }
}
