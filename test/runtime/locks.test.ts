import { describe, expect, test } from "vitest";
import {
  Barrier,
  Condvar,
  KeyedMutex,
  Mutex,
  Notify,
  RwLock,
  Semaphore,
  ClosedError,
  WaitGroup,
} from "../../runtime/index.ts";
import { listeners, rejection, settled, stateOf } from "./steps.ts";

// These are many lines because the hazards of one subject share its helpers, and the list of builds runs file by file.

describe("H1 a cancellation after the grant loses no permit", () => {
  test("release and abort in the same turn: the grant wins", async () => {
    const mutex = new Mutex();
    const first = await mutex.lock();
    const controller = new AbortController();
    const second = mutex.lock({ signal: controller.signal });
    first.release();
    controller.abort();
    (await second).release();
    expect(mutex.locked).toBe(false);
  });

  test("abort and release in the same turn: the permit is passed on", async () => {
    const semaphore = new Semaphore(1);
    const first = await semaphore.acquire();
    const controller = new AbortController();
    const second = semaphore.acquire(1, { signal: controller.signal });
    const third = semaphore.acquire();
    controller.abort("left");
    first.release();
    expect(await rejection(second)).toBe("left");
    (await third).release();
    expect(semaphore.available).toBe(1);
  });

  test("another listener of the signal releases before ours has been told", async () => {
    const semaphore = new Semaphore(1);
    const first = await semaphore.acquire();
    const controller = new AbortController();
    controller.signal.addEventListener("abort", first.release);
    const second = semaphore.acquire(1, { signal: controller.signal });
    controller.abort("left");
    expect(await rejection(second)).toBe("left");
    expect(semaphore.available).toBe(1);
  });
});

describe("H2 an abort while queued", () => {
  const aborting = test.each([
    ["at the head", 0],
    ["in the middle", 50],
    ["at the tail", 99],
  ]);

  aborting("%s rejects that one alone, with the signal's own reason", async (_, place) => {
    const mutex = new Mutex();
    const guard = await mutex.lock();
    const controllers = Array.from({ length: 100 }, () => new AbortController());
    const order: number[] = [];
    const reason = { why: "left" };
    const waits = controllers.map(async ({ signal }, index) => {
      const own = await mutex.lock({ signal });
      order.push(index);
      own.release();
    });
    controllers[place]?.abort(reason);
    guard.release();
    const results = await Promise.allSettled(waits);
    expect(results[place]).toEqual({ status: "rejected", reason });
    expect(order).toEqual(
      Array.from({ length: 100 }, (__, index) => index).filter((it) => it !== place),
    );
  });

  test("a large request that leaves lets small ones behind it pass", async () => {
    const semaphore = new Semaphore(2);
    const held = await semaphore.acquire();
    const controller = new AbortController();
    const large = semaphore.acquire(2, { signal: controller.signal });
    const small = semaphore.acquire();
    expect(await stateOf(small)).toBe("pending");
    controller.abort();
    await expect(large).rejects.toThrow();
    (await small).release();
    held.release();
    expect(semaphore.available).toBe(2);
  });

  test("readers behind a writer that leaves come in", async () => {
    const lock = new RwLock();
    const reader = await lock.read();
    const controller = new AbortController();
    const writer = lock.write({ signal: controller.signal });
    const second = lock.read();
    controller.abort();
    await expect(writer).rejects.toThrow();
    (await second).release();
    reader.release();
  });
});

test("H3 a signal that has aborted already rejects and queues nothing", async () => {
  const signal = AbortSignal.abort("gone");
  const options = { signal };
  const mutex = new Mutex();
  const semaphore = new Semaphore(1);
  const keyed = new KeyedMutex<string>();
  const lock = new RwLock();
  const group = new WaitGroup();
  const guard = await mutex.lock();
  const free = new Mutex();
  const held = await free.lock();
  group.add();
  const waits = [
    mutex.lock(options),
    semaphore.acquire(1, options),
    keyed.lock("key", options),
    lock.read(options),
    lock.write(options),
    new Barrier(2).wait(options),
    new Barrier(1).wait(options),
    new Condvar().wait(held, options),
    new Notify().notified(options),
    group.wait(options),
  ];
  for (const wait of waits) expect(await rejection(wait)).toBe("gone");
  expect(listeners(signal)).toBe(0);
  expect(semaphore.available).toBe(1);
  expect(keyed.size).toBe(0);
  expect(held.held).toBe(true);
  guard.release();
  expect(mutex.locked).toBe(false);
});

describe("H6 releasing twice", () => {
  test("does nothing, nor does a stale guard after others have held the lock", async () => {
    const mutex = new Mutex();
    const first = await mutex.lock();
    const second = mutex.lock();
    const third = mutex.lock();
    first.release();
    first.release();
    first[Symbol.dispose]();
    const held = await second;
    first.release();
    expect(await stateOf(third)).toBe("pending");
    held.release();
    (await third).release();
    expect(mutex.locked).toBe(false);
  });

  test("`release` works detached", async () => {
    const semaphore = new Semaphore(1);
    const { release } = await semaphore.acquire();
    await Promise.resolve().finally(release);
    release();
    expect(semaphore.available).toBe(1);
  });

  test("a guard tells whether it is held, and keeps its value to itself afterwards", async () => {
    const mutex = new Mutex({ balance: 5 });
    const guard = await mutex.lock();
    expect(guard.held).toBe(true);
    guard.value = { balance: 6 };
    guard.release();
    expect(guard.held).toBe(false);
    expect(() => guard.value).toThrow(TypeError);
    expect(await mutex.runExclusive((value) => value.balance)).toBe(6);
  });
});

describe("H7 first come, first served", () => {
  test("fifty waiters, and one that comes right after the release", async () => {
    const mutex = new Mutex();
    const guard = await mutex.lock();
    const order: number[] = [];
    const waits = Array.from({ length: 50 }, async (_, index) => {
      const own = await mutex.lock();
      order.push(index);
      own.release();
    });
    guard.release();
    expect(mutex.tryLock()).toBeUndefined();
    waits.push(
      (async () => {
        const own = await mutex.lock();
        order.push(50);
        own.release();
      })(),
    );
    await Promise.all(waits);
    expect(order).toEqual(Array.from({ length: 51 }, (_, index) => index));
  });

  test("a large request is not starved by small ones", async () => {
    const semaphore = new Semaphore(3);
    const guards = [await semaphore.acquire(), await semaphore.acquire()];
    const large = semaphore.acquire(3);
    const small = semaphore.acquire();
    expect(semaphore.tryAcquire()).toBeUndefined();
    for (const guard of guards) guard.release();
    const held = await large;
    expect(await stateOf(small)).toBe("pending");
    held.release();
    (await small).release();
  });

  test("a writer is not starved by readers, nor readers by writers", async () => {
    const lock = new RwLock(0);
    const order: string[] = [];
    const first = await lock.read();
    const enter = async (name: string, wait: Promise<{ release: () => void }>) => {
      const guard = await wait;
      order.push(name);
      await Promise.resolve();
      guard.release();
    };
    const all = [
      enter("writer 1", lock.write()),
      enter("reader 2", lock.read()),
      enter("reader 3", lock.read()),
      enter("writer 4", lock.write()),
    ];
    expect(lock.tryRead()).toBeUndefined();
    first.release();
    await Promise.all(all);
    expect(order).toEqual(["writer 1", "reader 2", "reader 3", "writer 4"]);
  });

  test("a downgrade lets readers in and no writer between", async () => {
    const lock = new RwLock("old");
    const writer = await lock.write();
    const reader = lock.read();
    const other = lock.write();
    writer.value = "new";
    const mine = writer.downgrade();
    expect(writer.held).toBe(false);
    expect(mine.value).toBe("new");
    const theirs = await reader;
    expect(theirs.value).toBe("new");
    expect(await stateOf(other)).toBe("pending");
    expect(() => Object.assign(theirs, { value: "wrong" })).toThrow(TypeError);
    mine.release();
    theirs.release();
    (await other).release();
  });
});

describe("H8 a holder that throws", () => {
  test.each([
    [
      "synchronously",
      () => {
        throw new Error("boom");
      },
    ],
    ["later", () => Promise.reject(new Error("boom"))],
  ])("%s gives the lock back, and the call rejects", async (_, work) => {
    const mutex = new Mutex();
    const semaphore = new Semaphore(1);
    const keyed = new KeyedMutex<string>();
    await expect(mutex.runExclusive(work)).rejects.toThrow("boom");
    await expect(semaphore.runExclusive(work)).rejects.toThrow("boom");
    await expect(keyed.runExclusive("key", work)).rejects.toThrow("boom");
    expect([mutex.locked, semaphore.available, keyed.size]).toEqual([false, 1, 0]);
  });
});

test("H9 a release inside of the continuation of another grant", async () => {
  const semaphore = new Semaphore(1);
  const guard = await semaphore.acquire();
  const rest = Array.from({ length: 100 }, async () => (await semaphore.acquire()).release());
  guard.release();
  await Promise.all(rest);
  expect([semaphore.available, semaphore.waiting]).toEqual([1, 0]);
});

describe("H10 no wake-up is lost", () => {
  test("a notification with nobody waiting is remembered, and only once", async () => {
    const notify = new Notify();
    notify.notifyOne();
    notify.notifyOne();
    await notify.notified();
    expect(await stateOf(notify.notified())).toBe("pending");
  });

  test("`notifyWaiters` wakes those who wait and remembers nothing", async () => {
    const notify = new Notify();
    const waits = [notify.notified(), notify.notified()];
    notify.notifyWaiters();
    await Promise.all(waits);
    expect(await stateOf(notify.notified())).toBe("pending");
  });

  test("a cancelled wait leaves the notification to the next", async () => {
    const notify = new Notify();
    const controller = new AbortController();
    const first = notify.notified({ signal: controller.signal });
    const second = notify.notified();
    controller.abort("left");
    notify.notifyOne();
    expect(await rejection(first)).toBe("left");
    await second;
  });

  test("a condition that changes between unlock and wait", async () => {
    const mutex = new Mutex<number[]>([]);
    const changed = new Condvar();
    const guard = await mutex.lock();
    const producer = mutex.runExclusive((items) => {
      items.push(1);
      changed.notifyOne();
    });
    await changed.waitWhile(guard, () => guard.value.length === 0);
    expect(guard.held).toBe(true);
    expect(guard.value).toEqual([1]);
    guard.release();
    await producer;
  });

  test("who was notified resumes, though its signal aborts before the lock is back", async () => {
    const mutex = new Mutex();
    const condition = new Condvar();
    const guard = await mutex.lock();
    const controller = new AbortController();
    const wait = condition.wait(guard, { signal: controller.signal });
    const other = await mutex.lock();
    condition.notifyOne();
    controller.abort();
    expect(guard.held).toBe(false);
    other.release();
    await wait;
    expect(guard.held).toBe(true);
    guard.release();
  });

  test("a cancelled wait holds the lock again when it rejects", async () => {
    const mutex = new Mutex();
    const condition = new Condvar();
    const guard = await mutex.lock();
    const controller = new AbortController();
    const wait = condition.wait(guard, { signal: controller.signal });
    const other = await mutex.lock();
    controller.abort("left");
    expect(await stateOf(wait.catch(() => {}))).toBe("pending");
    other.release();
    expect(await rejection(wait)).toBe("left");
    expect(guard.held).toBe(true);
    guard.release();
    expect(mutex.locked).toBe(false);
  });

  test("a condition variable works with the guard of a keyed lock", async () => {
    const locks = new KeyedMutex<string>();
    const condition = new Condvar();
    const guard = await locks.lock("key");
    const wait = condition.wait(guard);
    const other = await locks.lock("key");
    const third = locks.lock("key");
    condition.notifyAll();
    other.release();
    (await third).release();
    await wait;
    expect(locks.tryLock("key")).toBeUndefined();
    guard.release();
    expect(locks.size).toBe(0);
  });
});

describe("H11 the order of settling", () => {
  test("waiters resume in the order of their grants, with and without a signal", async () => {
    const semaphore = new Semaphore(3);
    const guards = await Promise.all([1, 2, 3].map(() => semaphore.acquire()));
    const { signal } = new AbortController();
    const order: number[] = [];
    const waits = [
      semaphore.acquire().then(() => order.push(1)),
      semaphore.acquire(1, { signal }).then(() => order.push(2)),
      semaphore.acquire().then(() => order.push(3)),
    ];
    for (const guard of guards) guard.release();
    await Promise.all(waits);
    expect(order).toEqual([1, 2, 3]);
  });

  test("a barrier lets all go in the order in which they came, and starts over", async () => {
    const barrier = new Barrier(3);
    for (let round = 0; round < 2; round++) {
      const order: string[] = [];
      const come = async (name: string) => {
        const { leader } = await barrier.wait();
        order.push(leader ? `${name} leads` : name);
      };
      await Promise.all([come("a"), come("b"), come("c")]);
      expect(order.toSorted()).toEqual(["a", "b", "c leads"]);
    }
  });

  test("who leaves a barrier counts as not having come", async () => {
    const barrier = new Barrier(2);
    const controller = new AbortController();
    const first = barrier.wait({ signal: controller.signal });
    controller.abort("left");
    expect(await rejection(first)).toBe("left");
    const second = barrier.wait();
    expect(await stateOf(second)).toBe("pending");
    await barrier.wait();
    await second;
  });
});

describe("H13 closing settles everything", () => {
  test("a semaphore", async () => {
    const semaphore = new Semaphore(1);
    const guard = await semaphore.acquire();
    const { signal } = new AbortController();
    const waits = [semaphore.acquire(), semaphore.acquire(1, { signal })];
    semaphore.close();
    for (const wait of waits) expect(await rejection(wait)).toBeInstanceOf(ClosedError);
    expect(await rejection(semaphore.acquire())).toBeInstanceOf(ClosedError);
    expect(semaphore.tryAcquire()).toBeUndefined();
    guard.release();
    expect(listeners(signal)).toBe(0);
  });

  test("a barrier that is broken stays broken", async () => {
    const barrier = new Barrier(2);
    const wait = barrier.wait();
    barrier.abort("broken");
    expect(await rejection(wait)).toBe("broken");
    expect(await rejection(barrier.wait())).toBe("broken");
  });
});

describe("bad input is an error that says what to do", () => {
  test.each([-1, Number.NaN, 0.5, Number.POSITIVE_INFINITY])("permits of %s", async (count) => {
    expect(() => new Semaphore(count)).toThrow(RangeError);
    const semaphore = new Semaphore(2);
    await expect(semaphore.acquire(count)).rejects.toThrow(RangeError);
    expect(() => semaphore.tryAcquire(count)).toThrow(RangeError);
    expect(() => semaphore.addPermits(count)).toThrow(RangeError);
    expect(() => new Barrier(count)).toThrow(RangeError);
  });

  test("more permits than there are, and less than nothing to wait for", async () => {
    await expect(new Semaphore(2).acquire(3)).rejects.toThrow(
      "3 permits can never be acquired: there are 2.",
    );
    expect(() => {
      new WaitGroup().done();
    }).toThrow("0 are pending: cannot add -1.");
  });

  test("a controller in place of its signal", async () => {
    const mutex = new Mutex();
    await mutex.lock();
    const controller = new AbortController();
    const wait = mutex.lock({ signal: controller as never });
    await expect(wait).rejects.toThrow("pass `controller.signal`");
  });

  test("a guard that is not held, or of something else, cannot be waited with", async () => {
    const mutex = new Mutex();
    const guard = await mutex.lock();
    guard.release();
    await expect(new Condvar().wait(guard)).rejects.toThrow(TypeError);
    const fake = { held: true, release() {}, [Symbol.dispose]() {} };
    await expect(new Condvar().wait(fake)).rejects.toThrow(TypeError);
  });
});

test("permits can be added and forgotten", async () => {
  const semaphore = new Semaphore(1);
  const guard = await semaphore.acquire();
  const wait = semaphore.acquire();
  semaphore.addPermits(1);
  (await wait).release();
  expect(semaphore.forget(5)).toBe(1);
  await expect(semaphore.acquire(2)).rejects.toThrow(RangeError);
  guard.release();
  expect(semaphore.available).toBe(1);
});

test("a wait group can be used again, and waits for failures too", async () => {
  const group = new WaitGroup();
  const failed = group.go(() => Promise.reject(new Error("boom")));
  group.add();
  const wait = group.wait();
  expect(await stateOf(wait)).toBe("pending");
  group.done();
  await wait;
  await expect(failed).rejects.toThrow("boom");
  group.add();
  expect(await stateOf(group.wait())).toBe("pending");
  group.done();
  await settled();
  expect(group.count).toBe(0);
});
