import type { Guard } from "../core/permits.ts";
import { dispose } from "../core/symbols.ts";

/** A lock that a condition variable can give back for a while. */
export interface Relockable {
  relock(): Promise<void>;
  relockSync(): void;
  unlock(): void;
}

/** Where a guard keeps its lock. Registered, because lock and condition variable may come from two copies of this. */
export const lockOf: unique symbol = Symbol.for("mooring.shared-lock");

/** What is held in shared memory. It belongs to the thread that took it and cannot be sent to another. */
export class SharedGuard implements Guard {
  /** Undefined when nothing is held. */
  [lockOf]: Relockable | undefined;

  constructor(lock: Relockable) {
    this[lockOf] = lock;
  }

  get held(): boolean {
    return this[lockOf] !== undefined;
  }

  // A getter, so that `release` works detached and no guard pays for a bound function that nobody detaches.
  get release(): () => void {
    return () => {
      this[dispose]();
    };
  }

  [dispose](): void {
    const lock = this[lockOf];
    this[lockOf] = undefined;
    lock?.unlock();
  }
}
