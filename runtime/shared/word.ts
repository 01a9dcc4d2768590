import { Permits } from "../core/permits.ts";
import { reasonOf } from "../core/signals.ts";
import { longestDelay } from "../core/timer.ts";
import { Waiters } from "../core/waiters.ts";

// Everything in this folder is made of 32-bit words in shared memory, and is free, open, empty or unset while they are
// zero. So nobody has to initialise anything: whoever attaches first finds a fresh primitive.
//
// A thread that cannot go on sleeps on a word until somebody who changed it notifies. Blocking (`Atomics.wait`) is the
// simple case. Waiting without blocking (`Atomics.waitAsync`) cannot be taken back: a wait that was cancelled stays in
// the engine's list. It also learns of a notification only when its thread comes back to the event loop, which may be
// late, or never: when the same thread blocks on the same word. A notification for one sleeper could so be swallowed,
// and everybody else would sleep beside a free lock. Therefore
// - all sleepers are notified, always, and race for what there is;
// - each handle sleeps at most once at a time without blocking, and a cancelled sleep is used again by the next who
//   waits. So all sleepers of a word are about as many as there are threads, and cancelled waits keep no memory.

/** What stands in the way: the value to sleep on, until the word has another. Undefined when the attempt succeeded. */
export type Trial = () => number | undefined;

interface AsyncWait {
  readonly async: boolean;
  readonly value: unknown;
}

// Sound: this is the type that the standard gives it. Some engines do not have it, and ES2023 does not declare it.
const waitAsync = Reflect.get(Atomics, "waitAsync") as
  | ((words: Int32Array, index: number, value: number) => AsyncWait)
  | undefined;

/** How long who waits without `Atomics.waitAsync` sleeps before looking again, in milliseconds. */
const pollMs = 2;

export class Word {
  readonly words: Int32Array;
  readonly index: number;
  private readonly turn: Permits = new Permits(1, undefined, "shared");
  private readonly sleeper: Waiters<void> = new Waiters<void>("shared");
  private armed = false;

  constructor(words: Int32Array, index: number) {
    this.words = words;
    this.index = index;
  }

  load(): number {
    return Atomics.load(this.words, this.index);
  }

  /** Adds and returns the value before. */
  add(difference: number): number {
    return Atomics.add(this.words, this.index, difference);
  }

  /** Stores and returns the value before. */
  swap(value: number): number {
    return Atomics.exchange(this.words, this.index, value);
  }

  /** Stores `value` if the word is `expected`; tells whether it was. */
  replace(expected: number, value: number): boolean {
    return Atomics.compareExchange(this.words, this.index, expected, value) === expected;
  }

  notify(): void {
    Atomics.notify(this.words, this.index);
  }

  /** Blocks the thread until the attempt succeeds; false when the time has passed before. */
  untilSync(attempt: Trial, ms = Infinity): boolean {
    const deadline = ms === Infinity ? ms : performance.now() + ms;
    for (let value = attempt(); value !== undefined; value = attempt()) {
      const left = deadline === Infinity ? deadline : deadline - performance.now();
      if (left <= 0) return false;
      try {
        Atomics.wait(this.words, this.index, value, left);
      } catch (cause) {
        const advice = "This thread is not allowed to block; use the method without `Sync`.";
        throw new TypeError(advice, { cause });
      }
    }
    return true;
  }

  /** Waits until the attempt succeeds. Those who wait at this handle try in the order in which they came. */
  async until(attempt: Trial, signal: AbortSignal | undefined): Promise<void> {
    const turn = await this.turn.acquire(1, { signal });
    try {
      for (let value = attempt(); value !== undefined; value = attempt()) {
        if (signal?.aborted === true) throw reasonOf(signal);
        // oxlint-disable-next-line no-await-in-loop -- each attempt comes after a sleep
        await this.sleep(value, signal);
      }
    } finally {
      turn.release();
    }
  }

  private async sleep(value: number, signal: AbortSignal | undefined): Promise<void> {
    if (!this.armed && !this.arm(value)) return;
    if (this.load() !== value) return;
    // A wait for another thread does not keep a process alive by itself, and Node would end in the middle of it.
    const alive = setInterval(() => {}, longestDelay);
    try {
      await this.sleeper.wait(signal);
    } finally {
      clearInterval(alive);
    }
  }

  private async wakeAfter(notified: unknown): Promise<void> {
    await notified;
    this.armed = false;
    this.sleeper.wake();
  }

  /** Asks to be told of the next notification; false when the value has changed already. */
  private arm(value: number): boolean {
    const told =
      waitAsync === undefined
        ? { async: true, value: new Promise((resolve) => void setTimeout(resolve, pollMs)) }
        : waitAsync(this.words, this.index, value);
    if (!told.async) return false;
    this.armed = true;
    void this.wakeAfter(told.value);
    return true;
  }
}
