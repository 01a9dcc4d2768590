import { record, request } from "./office.js";
import type { Ship, Tariff } from "./types.js";

/** What ships owe, and what they have paid. The office has one of it. */
export class Ledger {
  private balance = 0;
  private currency?: string;
  private readonly ships = new Map<string, Ship>();

  async charge(ship: Ship): Promise<void> {
    this.balance += await feeFor(ship);
  }

  async inCurrency(): Promise<string> {
    if (!this.currency) {
      this.currency = await request<string>("/currency");
    }
    return `${this.balance} ${this.currency}`;
  }

  async shipOf(name: string): Promise<Ship> {
    const known = this.ships.get(name);
    if (known !== undefined) return known;
    const ship = await request<Ship>(`/ships/${name}`);
    this.ships.set(name, ship);
    return ship;
  }
}

export const ledger = new Ledger();

async function feeFor(ship: Ship): Promise<number> {
  const tariff = await request<Tariff>("/tariff");
  await record("fee", ship.length * tariff.perMetre);
  return ship.length * tariff.perMetre;
}
