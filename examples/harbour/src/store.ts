import { record, request } from "./office.js";
import type { Booking, Closable } from "./types.js";

export class BookingStore implements Closable {
  #bookings: readonly Booking[] = [];

  constructor() {
    this.#load();
  }

  find(id: string): Booking | undefined {
    return this.#bookings.find((it) => it.id === id);
  }

  async close(): Promise<void> {
    await record("store closed", this.#bookings.length);
  }

  async #load(): Promise<void> {
    this.#bookings = await request("/bookings");
  }
}

async function* pages(from: number): AsyncGenerator<readonly Booking[]> {
  for (let page = from; ; page++) {
    const bookings = await request<readonly Booking[]>(`/bookings?page=${page}`);
    if (bookings.length === 0) return;
    yield bookings;
  }
}

export function prefetch(): void {
  pages(0);
}

export async function shutDown(store: BookingStore): Promise<void> {
  await store.close;
}

export async function archive(): Promise<number> {
  let count = 0;
  for await (const page of pages(0)) count += page.length;
  return count;
}
