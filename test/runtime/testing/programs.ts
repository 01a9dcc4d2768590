/* oxlint-disable no-await-in-loop, promise/always-return, no-unmodified-loop-condition, unicorn/consistent-function-scoping -- The defects are planted. */
import type { Sim } from "../../../runtime/testing/index.ts";

/**
 * Small programs, each with one planted defect, that are written as one would write them. Between two
 * pauses they rely on an order that mostly comes about. `pause` is `sim.io` in io mode, where only what
 * comes from outside is reordered, and a bare `await` otherwise.
 */
export type Program = (sim: Sim, pause: () => Promise<void>) => Promise<void>;

function check(isRight: boolean, message: string): void {
  if (!isRight) throw new Error(message);
}

async function times(count: number, pause: () => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index++) await pause();
}

class Lock {
  #isHeld = false;
  readonly #waiting: (() => void)[] = [];

  async lock(): Promise<void> {
    if (this.#isHeld) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isHeld = true;
  }

  unlock(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isHeld = false;
    else next();
  }
}

export const planted: Readonly<Record<string, Program>> = {
  async "lost update"(sim, pause) {
    let balance = 0;
    const deposit = async (delay: number): Promise<void> => {
      await times(delay, pause);
      const before = balance;
      await pause();
      balance = before + 1;
    };
    await Promise.all([sim.spawn("early", () => deposit(0)), sim.spawn("late", () => deposit(4))]);
    check(balance === 2, `lost update: ${balance}`);
  },

  async "lost update in calls without a name"(_, pause) {
    let balance = 0;
    const deposit = async (delay: number): Promise<void> => {
      await times(delay, pause);
      const before = balance;
      await pause();
      balance = before + 1;
    };
    await Promise.all([deposit(0), deposit(4)]);
    check(balance === 2, `lost update: ${balance}`);
  },

  async "check then act"(sim, pause) {
    let loads = 0;
    const cache = new Map<string, string>();
    const page = async (): Promise<void> => {
      if (cache.has("home")) return;
      loads++;
      await pause();
      cache.set("home", "…");
    };
    const later = async (): Promise<void> => {
      await times(4, pause);
      await page();
    };
    await Promise.all([sim.spawn("first", page), sim.spawn("second", later)]);
    check(loads === 1, `loaded ${loads} times`);
  },

  async "double initialisation"(sim, pause) {
    let connection: { readonly id: number } | undefined;
    let opened = 0;
    const connect = async (): Promise<{ readonly id: number }> => {
      if (connection === undefined) {
        await pause();
        connection = { id: ++opened };
      }
      return connection;
    };
    const later = async (): Promise<{ readonly id: number }> => {
      await times(3, pause);
      return connect();
    };
    const [a, b] = await Promise.all([sim.spawn("a", connect), sim.spawn("b", later)]);
    check(a === b, `opened ${opened} connections`);
  },

  async "deadlock by lock order"(sim, pause) {
    const left = new Lock();
    const right = new Lock();
    const move = async (from: Lock, to: Lock, delay: number): Promise<void> => {
      await times(delay, pause);
      await from.lock();
      await pause();
      await to.lock();
      to.unlock();
      from.unlock();
    };
    await Promise.all([
      sim.spawn("left to right", () => move(left, right, 0)),
      sim.spawn("right to left", () => move(right, left, 5)),
    ]);
  },

  async "lost wake-up"(sim, pause) {
    let isReady = false;
    let wake: (() => void) | undefined;
    const consumer = async (): Promise<void> => {
      await pause();
      if (isReady) return;
      await pause();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    };
    const producer = async (): Promise<void> => {
      await times(5, pause);
      isReady = true;
      wake?.();
    };
    await Promise.all([sim.spawn("consumer", consumer), sim.spawn("producer", producer)]);
  },

  async "mutex that polls"(sim, pause) {
    let isLocked = false;
    let inside = 0;
    const enter = async (delay: number): Promise<void> => {
      await times(delay, pause);
      while (isLocked) await pause();
      await pause();
      isLocked = true;
      inside++;
      check(inside === 1, "two are inside");
      await pause();
      inside--;
      isLocked = false;
    };
    await Promise.all([sim.spawn("a", () => enter(0)), sim.spawn("b", () => enter(6))]);
  },

  async "permit lost by a cancellation"(sim, pause) {
    let free = 1;
    const queue: (() => void)[] = [];
    const use = async (state: { isCancelled: boolean }): Promise<void> => {
      if (0 < free) free--;
      else await new Promise<void>((resolve) => queue.push(resolve));
      if (state.isCancelled) return;
      await pause();
      const next = queue.shift();
      if (next === undefined) free++;
      else next();
    };
    const state = { isCancelled: false };
    const tasks = [{ isCancelled: false }, state, { isCancelled: false }].map((it, index) =>
      sim.spawn(`user ${index}`, () => use(it)),
    );
    await times(4, pause);
    state.isCancelled = true;
    await Promise.all(tasks);
  },

  async "stale answer"(sim, pause) {
    let shown = "";
    const search = async (text: string): Promise<void> => {
      await pause();
      shown = text;
    };
    await Promise.all([sim.spawn("a", () => search("a")), sim.spawn("ab", () => search("ab"))]);
    check(shown === "ab", `shows ${shown}`);
  },
};

export const correct: Readonly<Record<string, Program>> = {
  async "lock of chained promises"(sim, pause) {
    let balance = 0;
    let chain: Promise<unknown> = Promise.resolve();
    const locked = (work: () => Promise<void>): Promise<void> => {
      const result = chain.then(work);
      chain = result.then(
        () => {},
        () => {},
      );
      return result;
    };
    const deposit = (): Promise<void> =>
      locked(async () => {
        const before = balance;
        await pause();
        balance = before + 1;
      });
    await Promise.all([
      sim.spawn("a", deposit),
      sim.spawn("b", deposit),
      sim.spawn("c", () => times(2, pause).then(deposit)),
    ]);
    check(balance === 3, `balance is ${balance}`);
  },

  async "lock with a queue"(sim, pause) {
    const lock = new Lock();
    let inside = 0;
    const enter = async (delay: number): Promise<void> => {
      await times(delay, pause);
      await lock.lock();
      inside++;
      check(inside === 1, "two are inside");
      await pause();
      inside--;
      lock.unlock();
    };
    await Promise.all([sim.spawn("a", () => enter(0)), sim.spawn("b", () => enter(1))]);
  },

  async "one flight for all"(sim, pause) {
    let loads = 0;
    let flight: Promise<number> | undefined;
    const load = (): Promise<number> =>
      (flight ??= (async () => {
        loads++;
        await pause();
        return loads;
      })());
    await Promise.all([sim.spawn("a", load), sim.spawn("b", () => times(2, pause).then(load))]);
    check(loads === 1, `loaded ${loads} times`);
  },

  async "timers with equal deadlines"(sim) {
    let isSet = false;
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const setter = async (): Promise<void> => {
      await sleep(1000);
      isSet = true;
    };
    const reader = async (): Promise<void> => {
      await sleep(500);
      await sleep(500);
      check(isSet, "the timers changed places");
    };
    await Promise.all([sim.spawn("setter", setter), sim.spawn("reader", reader)]);
  },

  async "buffer with back-pressure"(sim, pause) {
    const buffer: number[] = [];
    const wakes = new Set<() => void>();
    const change = (): Promise<void> => new Promise((resolve) => wakes.add(resolve));
    const wake = (): void => {
      for (const it of wakes) it();
      wakes.clear();
    };
    const produce = async (): Promise<void> => {
      for (let item = 0; item < 3; item++) {
        while (1 <= buffer.length) await change();
        buffer.push(item);
        wake();
        await pause();
      }
    };
    const seen: number[] = [];
    const consume = async (): Promise<void> => {
      while (seen.length < 3) {
        while (buffer.length === 0) await change();
        seen.push(buffer.shift() ?? -1);
        wake();
        await pause();
      }
    };
    await Promise.all([sim.spawn("producer", produce), sim.spawn("consumer", consume)]);
    check(seen.join() === "0,1,2", `saw ${seen.join()}`);
  },
};
