import { Ring } from "./ring.ts";
import { Waiters } from "./waiters.ts";

/** What callbacks put in and one loop takes out. */
export class Inbox<T> {
  private readonly items = new Ring<T>();
  private readonly readers = new Waiters<void>();

  put(item: T): void {
    this.items.push(item);
    this.readers.wake();
  }

  async take(): Promise<T> {
    while (this.items.length === 0) await this.readers.wait();
    return this.items.take();
  }
}
