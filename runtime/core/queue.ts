/**
 * A first-in, first-out queue over an array whose items are taken off by an index. Both ends cost O(1), amortised, at any
 * length: as soon as more than half of the array has been taken off, the rest moves to one of its own, and the memory goes
 * back. `Array.prototype.shift` moves the whole array each time once it is long.
 */
export class Queue<T> {
  private items: (T | undefined)[] = [];
  private taken = 0;

  get length(): number {
    return this.items.length - this.taken;
  }

  push(item: T): void {
    this.items.push(item);
  }

  peek(): T | undefined {
    return this.items[this.taken];
  }

  /** Takes the first item off; undefined if there is none. */
  shift(): T | undefined {
    const { items, taken } = this;
    if (items.length === taken) return undefined;
    const item = items[taken];
    items[taken] = undefined;
    this.taken++;
    if (32 < taken && items.length < taken << 1) {
      this.items = items.slice(this.taken);
      this.taken = 0;
    }
    return item;
  }
}
