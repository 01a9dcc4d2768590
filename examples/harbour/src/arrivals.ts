import { isFree, record, release } from "./office.js";
import type { Booking } from "./types.js";

export class ArrivalBoard {
  readonly #updates: Promise<void>[] = [];

  async clear(bookings: readonly Booking[]): Promise<void> {
    bookings.forEach(async ({ berth }) => {
      await release(berth);
    });
    await record("cleared", bookings.length);
  }

  freeBerths(berths: readonly number[]): readonly number[] {
    return berths.filter(async (berth) => {
      return await isFree(berth);
    });
  }

  announce(booking: Booking): void {
    this.#updates.push(record("arrived", booking.ship.name));
  }

  watch(berths: readonly number[]): NodeJS.Timeout {
    return setInterval(async () => {
      for (const berth of berths) await record("watched", await isFree(berth));
    }, 60_000);
  }
}

export async function departAll(bookings: readonly Booking[]): Promise<void> {
  const leaving = Promise.all(bookings.map(({ berth }) => release(berth)));
  if (bookings.length > 100) return;
  await leaving;
}

/** One after the other on purpose: the channel is narrow. */
export async function departInOrder(bookings: readonly Booking[]): Promise<void> {
  for (const { berth } of bookings) await release(berth);
}
