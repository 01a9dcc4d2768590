import { confirm, fee, isFree, record, release, reserve } from "./office.js";
import type { Booking, Ship } from "./types.js";

export async function book(ship: Ship, berth: number): Promise<Booking> {
  if (!isFree(berth)) throw new Error(`Berth ${berth} is taken`);
  const booking = await reserve(ship, berth);
  confirm(booking);
  return booking;
}

export async function bookOrRelease(ship: Ship, berth: number): Promise<Booking | undefined> {
  try {
    return reserve(ship, berth);
  } catch (error) {
    await release(berth);
    await record("booking failed", error);
    return undefined;
  }
}

export function invoice(booking: Booking): string {
  return `Booking ${booking.id}: ${fee(booking)} due on departure`;
}

export async function bookQuietly(ship: Ship, berth: number): Promise<void> {
  // Handled: whoever reads the log hears of a failure.
  record("booking asked for", ship.name).catch(console.error);
  const booking = await book(ship, berth);
  await confirm(booking);
}
