import type { Booking, Ship, Tariff } from "./types.js";

// The parts of the harbour that answer over the network.

export async function request<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`https://harbour.invalid${path}`, {
    method: body === undefined ? "GET" : "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

export function reserve(ship: Ship, berth: number): Promise<Booking> {
  return request("/bookings", { ship, berth });
}

export function confirm(booking: Booking): Promise<void> {
  return request(`/bookings/${booking.id}/confirm`, {});
}

export function release(berth: number): Promise<void> {
  return request(`/berths/${berth}/release`, {});
}

export function isFree(berth: number): Promise<boolean> {
  return request(`/berths/${berth}/free`);
}

export function tariff(currency: string): Promise<Tariff> {
  return request(`/tariffs/${currency}`);
}

export function fee(booking: Booking): Promise<number> {
  return request(`/bookings/${booking.id}/fee`);
}

export function record(event: string, detail: unknown): Promise<void> {
  return request("/log", { event, detail });
}
