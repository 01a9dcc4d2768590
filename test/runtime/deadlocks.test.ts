import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  DeadlockError,
  detectDeadlocks,
  KeyedMutex,
  Mutex,
  RwLock,
  scope,
  Semaphore,
  sleep,
  spawn,
  trace,
} from "../../runtime/index.ts";

// H9: a lock in a lock is a deadlock by design, and while a program is developed somebody says so.

const found: DeadlockError[] = [];
let detection: Disposable;

beforeEach(() => {
  vi.useFakeTimers();
  found.length = 0;
  detection = detectDeadlocks({ afterMs: 100, onDeadlock: (it) => found.push(it) });
});

afterEach(() => {
  detection[Symbol.dispose]();
  vi.useRealTimers();
});

const stop = new AbortController();
const { signal } = stop;

async function later(ms = 1000): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

describe("H9 a holder that locks again", () => {
  test.each([
    ["in a function run under the lock", () => nested(new Mutex())],
    ["by a key", () => nestedByKey(new KeyedMutex<string>())],
    ["in a task, by its guard", () => spawn(() => twice(new Mutex())).join()],
    ["to write what it reads", () => spawn(() => upgrade(new RwLock())).join()],
  ])("%s", async (_, work) => {
    void work().catch(() => {});
    await later(99);
    expect(found).toEqual([]);
    await later();
    expect(found).toHaveLength(1);
    expect(found[0]).toBeInstanceOf(DeadlockError);
    expect(found[0]?.message).toMatch(
      /waits at .*deadlocks\.test\.ts.* took at .*deadlocks\.test/s,
    );
  });

  const nested = (mutex: Mutex) => mutex.runExclusive(() => mutex.lock({ signal }));
  const nestedByKey = (mutex: KeyedMutex<string>) =>
    mutex.runExclusive("a", () => mutex.runExclusive("a", () => {}, { signal }));
  const twice = async (mutex: Mutex): Promise<void> => {
    await mutex.lock();
    await mutex.lock({ signal });
  };
  const upgrade = async (lock: RwLock): Promise<void> => {
    await lock.read();
    await lock.write({ signal });
  };
});

test("H9 two tasks that take two locks in different orders, told with both places", async () => {
  const [a, b] = [new Mutex(), new Mutex()];
  const take = (first: Mutex, second: Mutex) => async (): Promise<void> => {
    using _one = await first.lock();
    await sleep(1);
    using _two = await second.lock({ signal });
  };
  spawn(take(a, b), { name: "transfer" }).detach();
  spawn(take(b, a), { name: "audit" }).detach();
  await later();
  // Both waits are part of the one circle, which is told once.
  expect(found.map((it) => it.message.match(/transfer waits|audit waits/g)?.length)).toEqual([2]);
});

describe("nothing is reported", () => {
  test("of holders that take their time", async () => {
    const mutex = new Mutex();
    const work = () => mutex.runExclusive(() => sleep(5000));
    void Promise.all([spawn(work), spawn(work), work()]);
    await later(20_000);
    expect(found).toEqual([]);
  });

  test("of one lock within another in one order", async () => {
    const [a, b] = [new Mutex(), new Mutex()];
    const both = () => a.runExclusive(() => b.runExclusive(() => sleep(500)));
    void scope((s) => {
      for (let index = 0; index < 5; index++) s.spawn(both);
    });
    await later(20_000);
    expect(found).toEqual([]);
  });

  test("of permits, which others may give back, and of locks taken nobody knows where", async () => {
    const semaphore = new Semaphore(1);
    void semaphore.runExclusive(() => semaphore.acquire(1, { signal })).catch(() => {});
    const mutex = new Mutex();
    await mutex.lock();
    void mutex.lock({ signal }).catch(() => {});
    await later();
    expect(found).toEqual([]);
  });

  test("after a wait that was cancelled, and after the end of the detection", async () => {
    const mutex = new Mutex();
    const early = new AbortController();
    void mutex.runExclusive(() => mutex.lock({ signal: early.signal })).catch(() => {});
    await later(50);
    early.abort();
    await later();
    detection[Symbol.dispose]();
    void mutex.runExclusive(() => mutex.lock({ signal })).catch(() => {});
    await later();
    expect(found).toEqual([]);
  });
});

test("a trace at the same time sees what it sees alone", async () => {
  const mutex = new Mutex();
  const task = () => spawn(() => mutex.runExclusive(() => sleep(1)), { name: "one" }).join();
  const traced = trace(() => Promise.all([task(), task()]));
  await later();
  const waits = (await traced).events.filter((it) => it.phase === "wait" && it.on === "lock");
  expect(waits).toHaveLength(1);
  expect(found).toEqual([]);
});
