import type { Guard } from "../core/permits.ts";
import type { Cancellable } from "../core/types.ts";
import { Shared } from "./place.ts";
import { type Relockable, SharedGuard } from "./shared-guard.ts";
import { SharedMutex } from "./shared-mutex.ts";
import { type Trial, Word } from "./word.ts";

/**
 * A lock between threads that many may hold for reading, or one for writing.
 *
 * - **A writer is not starved by readers.** It closes the entrance, through which readers have to pass too, and then
 *   waits for those inside to leave. At the entrance the order is that of `SharedMutex`.
 * - **Not fair between threads**, as `SharedMutex` is not; calls at one handle are served in the order of calling.
 * - **Cancellation.** Before the grant, an aborted signal rejects with `signal.reason` and takes nothing: a writer that
 *   is cancelled while readers are inside opens the entrance again. After the grant the signal has no effect.
 * - **Who throws** while holding it releases it with `using` or `finally`.
 * - **A thread that dies** keeps what it holds for ever, as for `SharedMutex`. Neither side is reentrant: reading while
 *   a writer waits for this reader to leave never ends.
 * - **Two words.** O(1): reading takes three atomic operations.
 *
 * Counterpart of `std::sync::RwLock` and Go's `sync.RWMutex`.
 *
 * @example
 * const lock = new SharedRwLock();
 * const one = await lock.read();
 * const two = lock.readSync();
 * const writing = lock.write();
 * one.release();
 * two.release();
 * (await writing).release();
 */
export class SharedRwLock extends Shared {
  private readonly entrance: SharedMutex;
  private readonly readers: Word;
  private readonly empty: Trial = () => this.readers.load() || undefined;
  private readonly reader: Relockable = {
    relock: (signal?: AbortSignal) => this.enter(signal),
    relockSync: () => {
      this.enterSync();
    },
    unlock: () => {
      if (this.readers.add(-1) === 1) this.readers.notify();
    },
  };

  constructor(buffer?: SharedArrayBuffer, index = 0) {
    super(buffer, index, 2);
    this.entrance = new SharedMutex(this.buffer, index);
    this.readers = new Word(this.words, this.index + 1);
  }

  /** Waits until no writer is in. Rejects with `signal.reason`. */
  async read(options?: Cancellable): Promise<Guard> {
    await this.enter(options?.signal);
    return new SharedGuard(this.reader);
  }

  /** Waits until nobody else is in. Rejects with `signal.reason`. */
  async write(options?: Cancellable): Promise<Guard> {
    await this.relock(options?.signal);
    return new SharedGuard(this);
  }

  /** The same as `read`. Blocks the thread meanwhile; main threads of browsers throw. */
  readSync(): Guard {
    this.enterSync();
    return new SharedGuard(this.reader);
  }

  /** The same as `write`. Blocks the thread meanwhile; main threads of browsers throw. */
  writeSync(): Guard {
    this.relockSync();
    return new SharedGuard(this);
  }

  /** @internal */
  async relock(signal?: AbortSignal): Promise<void> {
    await this.entrance.relock(signal);
    try {
      await this.readers.until(this.empty, signal);
    } catch (error) {
      this.entrance.unlock();
      throw error;
    }
  }

  /** @internal */
  relockSync(): void {
    this.entrance.relockSync();
    try {
      this.readers.untilSync(this.empty);
    } catch (error) {
      this.entrance.unlock();
      throw error;
    }
  }

  /** @internal */
  unlock(): void {
    this.entrance.unlock();
  }

  private async enter(signal: AbortSignal | undefined): Promise<void> {
    await this.entrance.relock(signal);
    this.pass();
  }

  private enterSync(): void {
    this.entrance.relockSync();
    this.pass();
  }

  private pass(): void {
    this.readers.add(1);
    this.entrance.unlock();
  }
}
