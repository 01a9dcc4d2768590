const smallest = 16;
const roomy = 1024;

/**
 * A first-in, first-out queue in a circular array whose length is a power of two. Both ends cost O(1), amortised over
 * the doublings, at any length; `Array.prototype.shift` moves the whole array once it is long. The memory of a long
 * queue is given back when it runs empty.
 */
export class Ring<T> {
  length = 0;
  private slots: (T | undefined)[] = new Array<T | undefined>(smallest);
  private head = 0;
  private mask: number = smallest - 1;

  push(item: T): void {
    if (this.mask < this.length) this.grow();
    this.slots[(this.head + this.length) & this.mask] = item;
    this.length++;
  }

  first(): T | undefined {
    return this.slots[this.head];
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const { head } = this;
    const item = this.slots[head];
    this.slots[head] = undefined;
    this.head = (head + 1) & this.mask;
    if (--this.length === 0 && roomy <= this.mask) this.clear();
    return item;
  }

  /** Keeps what the filter accepts, in order. */
  retain(filter: (item: T | undefined) => boolean): void {
    const kept = this.slots
      .slice(this.head, this.head + this.length)
      .concat(this.slots.slice(0, Math.max(0, this.head + this.length - this.slots.length)))
      .filter(filter);
    this.clear();
    this.fill(kept, smallest);
  }

  clear(): void {
    this.fill([], smallest);
  }

  private grow(): void {
    const { slots, head } = this;
    this.fill(slots.slice(head).concat(slots.slice(0, head)), slots.length << 1);
  }

  private fill(items: (T | undefined)[], least: number): void {
    let capacity = least;
    while (capacity < items.length) capacity <<= 1;
    this.length = items.length;
    items.length = capacity;
    this.slots = items;
    this.head = 0;
    this.mask = capacity - 1;
  }
}
