export interface Ship {
  readonly name: string;
  readonly length: number;
}

export interface Booking {
  readonly id: string;
  readonly ship: Ship;
  readonly berth: number;
}

export interface Tariff {
  readonly perMetre: number;
  readonly currency: string;
}

/** Something that is shut down when the office closes. */
export interface Closable {
  close(): void;
}
