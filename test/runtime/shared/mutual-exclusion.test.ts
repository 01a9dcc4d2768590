/* oxlint-disable no-await-in-loop -- What other threads do is waited for, one thing after another. */
import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { turn } from "../../../runtime/core/pace.ts";
import { AtomicFlag } from "../../../runtime/shared/atomic-flag.ts";
import { AtomicInt } from "../../../runtime/shared/atomic-int.ts";
import { SharedMutex } from "../../../runtime/shared/shared-mutex.ts";
import { SharedRwLock } from "../../../runtime/shared/shared-rw-lock.ts";
import { SharedSemaphore } from "../../../runtime/shared/shared-semaphore.ts";
import { newController } from "../workers/tasks.ts";
import { thread, threads, until } from "./threads.ts";

/** A thread that adds to a plain word, which only mutual exclusion keeps right, blocking and not. */
const adding = `
  const mutex = new SharedMutex(data.lock);
  const plain = new Int32Array(data.plain);
  let seed = data.seed + plain.length;
  for (let i = 0; i < data.rounds; i++) {
    seed = (seed * 1103515245 + 12345) >>> 0;
    const how = seed % 4;
    let guard;
    if (how === 0) guard = mutex.lockSync();
    else if (how === 1) guard = await mutex.lock();
    else if (how === 2) guard = mutex.tryLock() ?? mutex.lockSync();
    else {
      const controller = new AbortController();
      const locking = mutex.lock({ signal: controller.signal });
      if (seed & 16) await null;
      controller.abort("stop");
      guard = await locking.catch(() => undefined);
      if (guard === undefined) { i--; continue; }
    }
    const before = plain[0];
    if (seed & 64) await null;
    plain[0] = before + 1;
    guard.release();
    guard.release();
  }`;

/** Blocks while it also waits, through another handle. */
const blockedBeside = `
  const waiting = new SharedMutex(data.lock).lock();
  await new Promise((resolve) => setTimeout(resolve));
  new AtomicFlag(data.ready).set();
  new SharedMutex(data.lock).lockSync().release();
  (await waiting).release();
  return "through";`;

describe("SharedMutex", () => {
  test("excludes between threads, blocking, waiting and being cancelled (H1, H6, H10)", async () => {
    const lock = new SharedMutex();
    const plain = new Int32Array(new SharedArrayBuffer(4));
    const rounds = 1500;
    const data = { lock: lock.buffer, plain: plain.buffer, rounds };
    const others = [1, 2, 3].map((seed) => thread(adding, { ...data, seed }).done);
    for (let round = 0; round < rounds; round++) {
      const guard = await lock.lock();
      plain[0] = (plain[0] ?? 0) + 1;
      guard.release();
    }
    await Promise.all(others);
    expect(plain[0]).toBe(4 * rounds);
    expect(lock.tryLock()).toBeDefined();
  });

  test("H1: an abort after the grant, in the same turn, changes nothing", async () => {
    const lock = new SharedMutex();
    const controller = newController();
    const held = await lock.lock();
    const waiting = lock.lock({ signal: controller.signal });
    // The release notifies; the wait then holds the lock or leaves it free, whichever it tells.
    held.release();
    controller.abort("stop");
    const guard = await waiting.catch(() => undefined);
    guard?.release();
    lock.lockSync().release();
    expect(lock.tryLock()).toBeDefined();
  });

  test("H2, H3, H4: aborts reject with the reason and leave nothing", async () => {
    const lock = new SharedMutex();
    const held = await lock.lock();
    const controller = newController();
    const { signal } = controller;
    const all = Array.from({ length: 1000 }, () => lock.lock({ signal }));
    const last = lock.lock();
    const reason = new Error("why");
    controller.abort(reason);
    const settled = await Promise.allSettled(all);
    expect(settled.every((it) => it.status === "rejected" && it.reason === reason)).toBe(true);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    await expect(lock.lock({ signal })).rejects.toBe(reason);
    held.release();
    expect((await last).held).toBe(true);
  });

  test("H6: a second release, detached or stale, lets nobody in", async () => {
    const lock = new SharedMutex();
    const { release } = await lock.lock();
    release();
    const second = await lock.lock();
    release();
    expect(lock.tryLock()).toBeUndefined();
    expect(second.held).toBe(true);
  });

  test("H7: calls at one handle are served in order", async () => {
    const lock = new SharedMutex();
    const held = lock.lockSync();
    const order: number[] = [];
    const all = Array.from({ length: 50 }, async (_, index) => {
      const guard = await lock.lock();
      order.push(index);
      guard.release();
    });
    held.release();
    await Promise.all(all);
    expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });

  test("H8: a holder that throws releases", async () => {
    const lock = new SharedMutex();
    const failing = lock.runExclusive(() => {
      throw new Error("boom");
    });
    await expect(failing).rejects.toThrow("boom");
    expect(await lock.runExclusive(() => 1)).toBe(1);
  });

  test("H9: blocking on one's own lock throws, and does not hang", () => {
    const lock = new SharedMutex();
    const guard = lock.lockSync();
    expect(() => lock.lockSync()).toThrow(TypeError);
    guard.release();
    expect(lock.lockSync().held).toBe(true);
  });

  test("H10: a thread that blocks beside its own cancelled wait is woken", async () => {
    const lock = new SharedMutex();
    const ready = new AtomicFlag();
    const held = lock.lockSync();
    const blocked = thread(
      `const lock = new SharedMutex(data.lock);
       const controller = new AbortController();
       const waiting = lock.lock({ signal: controller.signal });
       await new Promise((resolve) => setTimeout(resolve));
       controller.abort("stop");
       await waiting.catch(() => {});
       new AtomicFlag(data.ready).set();
       lock.lockSync().release();
       return "through";`,
      { lock: lock.buffer, ready: ready.buffer },
    );
    const beside = new AtomicFlag();
    const other = thread(blockedBeside, { lock: lock.buffer, ready: beside.buffer });
    await ready.wait();
    await beside.wait();
    held.release();
    expect(await blocked.done).toBe("through");
    expect(await other.done).toBe("through");
  });

  test("H13: a holder that dies keeps the lock; who passes a signal gets away", async () => {
    const lock = new SharedMutex();
    const controller = newController();
    const dead = thread(`new SharedMutex(data).lockSync(); process.exit(1)`, lock.buffer);
    await expect(dead.done).rejects.toThrow("ended with 1");
    const waiting = lock.lock({ signal: controller.signal });
    expect(lock.tryLock()).toBeUndefined();
    controller.abort("the worker died");
    await expect(waiting).rejects.toBe("the worker died");
  });
});

describe("SharedSemaphore", () => {
  test("conserves permits between threads, with cancellations (H1, H10)", async () => {
    const slots = new SharedSemaphore(2);
    const inside = new AtomicInt();
    const most = new AtomicInt();
    const body = `
      const slots = new SharedSemaphore(2, data.slots);
      const inside = new AtomicInt(data.inside);
      const most = new AtomicInt(data.most);
      for (let i = 0; i < 800; i++) {
        let guard;
        if (i % 3 === 0) guard = slots.acquireSync();
        else {
          const controller = new AbortController();
          const waiting = slots.acquire({ signal: controller.signal });
          if (i % 3 === 1) controller.abort();
          guard = await waiting.catch(() => undefined);
        }
        if (guard === undefined) continue;
        const now = inside.add(1) + 1;
        if (most.load() < now) most.store(now);
        if (i % 5 === 0) await null;
        inside.add(-1);
        guard.release();
        guard.release();
      }`;
    await threads(3, body, { slots: slots.buffer, inside: inside.buffer, most: most.buffer });
    expect(most.load()).toBeLessThanOrEqual(2);
    expect(slots.available).toBe(2);
  });

  test("H2, H6, H7: order, cancellation and double release at one handle", async () => {
    const slots = new SharedSemaphore(1);
    const held = await slots.acquire();
    expect(slots.tryAcquire()).toBeUndefined();
    const controller = newController();
    const order: string[] = [];
    const dropped = slots.acquire({ signal: controller.signal });
    const first = slots.acquire().then((guard) => (order.push("first"), guard));
    const second = slots.acquire().then((guard) => (order.push("second"), guard));
    controller.abort("stop");
    await expect(dropped).rejects.toBe("stop");
    held.release();
    held.release();
    (await first).release();
    (await second).release();
    expect(order).toEqual(["first", "second"]);
    expect(slots.available).toBe(1);
    for (const bad of [0, -1, Number.NaN, 1.5]) {
      expect(() => new SharedSemaphore(bad)).toThrow(RangeError);
    }
  });
});

describe("SharedRwLock", () => {
  test("readers see no half-written state, in several threads (H7)", async () => {
    const lock = new SharedRwLock();
    const pair = new Int32Array(new SharedArrayBuffer(8));
    const body = `
      const lock = new SharedRwLock(data.lock);
      const pair = new Int32Array(data.pair);
      for (let i = 0; i < 500; i++) {
        const blocking = i % 2 === 0;
        if (i % 4 < 2) {
          const guard = blocking ? lock.readSync() : await lock.read();
          const first = pair[0];
          if (!blocking) await null;
          if (first !== pair[1]) throw new Error("half-written");
          guard.release();
          continue;
        }
        const controller = new AbortController();
        const guard = blocking ? lock.writeSync() : await lock.write({ signal: controller.signal });
        controller.abort();
        pair[0]++;
        if (!blocking) await null;
        pair[1]++;
        guard.release();
      }`;
    await threads(3, body, { lock: lock.buffer, pair: pair.buffer });
    expect([...pair]).toEqual([750, 750]);
  });

  test("H2, H7: a writer closes the entrance, and opens it when it is cancelled", async () => {
    const lock = new SharedRwLock();
    const reading = await lock.read();
    const controller = newController();
    const writing = lock.write({ signal: controller.signal });
    let later = false;
    const behind = lock.read().then((guard) => {
      later = true;
      return guard;
    });
    await turn();
    expect(later).toBe(false);
    controller.abort("stop");
    await expect(writing).rejects.toBe("stop");
    (await behind).release();
    const next = lock.write();
    reading.release();
    reading.release();
    (await next).release();
    lock.readSync().release();
    lock.writeSync().release();
  });

  test("H10: a writer in another thread is woken by the last reader", async () => {
    const lock = new SharedRwLock();
    const [one, two] = [lock.readSync(), lock.readSync()];
    const entered = new AtomicInt();
    const { done } = thread(
      `new AtomicInt(data.entered).add(1);
       new SharedRwLock(data.lock).writeSync().release(); return "written";`,
      { lock: lock.buffer, entered: entered.buffer },
    );
    await until(() => entered.load() === 1);
    one.release();
    two.release();
    expect(await done).toBe("written");
  });
});
