/* oxlint-disable no-await-in-loop -- What other threads do is waited for, one thing after another. */
import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { turn } from "../../../runtime/core/pace.ts";
import { AtomicFlag } from "../../../runtime/shared/atomic-flag.ts";
import { AtomicInt } from "../../../runtime/shared/atomic-int.ts";
import { SharedBarrier } from "../../../runtime/shared/shared-barrier.ts";
import { SharedCondvar } from "../../../runtime/shared/shared-condvar.ts";
import { SharedGuard } from "../../../runtime/shared/shared-guard.ts";
import { SharedMutex } from "../../../runtime/shared/shared-mutex.ts";
import { SharedOnce } from "../../../runtime/shared/shared-once.ts";
import { SharedRwLock } from "../../../runtime/shared/shared-rw-lock.ts";
import { newController } from "../workers/tasks.ts";
import { thread, threads, until } from "./threads.ts";

describe("AtomicInt and AtomicFlag", () => {
  test("add between threads, wrap around, and refuse what is no integer", async () => {
    const total = new AtomicInt(new SharedArrayBuffer(16), 2);
    const body = `const total = new AtomicInt(data, 2); for (let i = 0; i < 10000; i++) total.add(1);`;
    await threads(2, body, total.buffer);
    expect(total.load()).toBe(20_000);
    total.store(2 ** 31 - 1);
    expect(total.add(1)).toBe(2 ** 31 - 1);
    expect(total.load()).toBe(-(2 ** 31));
    expect(total.compareExchange(5, 1)).toBe(-(2 ** 31));
    for (const bad of [Number.NaN, 0.5, 2 ** 31, Infinity]) {
      expect(() => total.store(bad)).toThrow(RangeError);
      expect(() => total.add(bad)).toThrow(RangeError);
    }
  });

  test("a place that is not in the buffer, or a buffer that is not shared, is refused", () => {
    const buffer = new SharedArrayBuffer(8);
    for (const index of [-1, 2, 0.5, Number.NaN]) {
      expect(() => new AtomicInt(buffer, index)).toThrow(RangeError);
    }
    expect(() => new SharedRwLock(buffer, 1)).toThrow(RangeError);
    // @ts-expect-error -- not shared
    expect(() => new AtomicInt(new ArrayBuffer(8))).toThrow(TypeError);
  });

  test("one of those who set the flag is told true, and all who wait are woken (H10)", async () => {
    const flag = new AtomicFlag();
    const waiting = [flag.wait(), flag.wait(), new AtomicFlag(flag.buffer).wait()];
    const blocked = thread(`return new AtomicFlag(data).waitSync()`, flag.buffer);
    const told = await threads(3, `return new AtomicFlag(data).set()`, flag.buffer);
    expect(told.filter(Boolean)).toHaveLength(1);
    await Promise.all(waiting);
    expect(await blocked.done).toBe(true);
    flag.clear();
    expect(flag.get()).toBe(false);
  });

  test("H2, H3, H4, H17: a wait can be cancelled, or end by time", async () => {
    const flag = new AtomicFlag();
    const controller = newController();
    const { signal } = controller;
    const waiting = flag.wait({ signal });
    controller.abort("stop");
    await expect(waiting).rejects.toBe("stop");
    await expect(flag.wait({ signal })).rejects.toBe("stop");
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(flag.waitSync(5)).toBe(false);
    expect(flag.waitSync(-1)).toBe(false);
    expect(() => flag.waitSync(Number.NaN)).toThrow(RangeError);
    flag.set();
    expect(flag.waitSync(0)).toBe(true);
  });
});

describe("SharedBarrier", () => {
  test("no thread is a round ahead, and each round has one leader", async () => {
    const barrier = new SharedBarrier(3);
    const counts = new Int32Array(new SharedArrayBuffer(16));
    const body = `
      const barrier = new SharedBarrier(3, data.barrier);
      const counts = new Int32Array(data.counts);
      let leads = 0;
      for (let round = 0; round < 300; round++) {
        Atomics.add(counts, 0, 1);
        const { leader } = round % 2 === 0 ? barrier.waitSync() : await barrier.wait();
        if (leader) leads++;
        if (Atomics.load(counts, 0) < (round + 1) * 3) throw new Error("too early");
        barrier.waitSync();
      }
      return leads;`;
    const leads = await threads(3, body, { barrier: barrier.buffer, counts: counts.buffer });
    expect(leads.reduce((sum: number, it) => sum + Number(it), 0)).toBe(300);
  });

  test("H1, H2, H3: who is cancelled has not come; who was let through is let through", async () => {
    const barrier = new SharedBarrier(2);
    const controller = newController();
    const { signal } = controller;
    const cancelled = barrier.wait({ signal });
    await turn();
    controller.abort("stop");
    await expect(cancelled).rejects.toBe("stop");
    await expect(barrier.wait({ signal })).rejects.toBe("stop");
    const second = newController();
    const first = barrier.wait({ signal: second.signal });
    expect(barrier.waitSync()).toEqual({ leader: true });
    second.abort("too late");
    expect(await first).toEqual({ leader: false });
    for (const bad of [0, Number.NaN, 4096]) {
      expect(() => new SharedBarrier(bad)).toThrow(RangeError);
    }
  });
});

describe("SharedCondvar", () => {
  test("H10: no notification is lost between threads that hand over items", async () => {
    const [mutex, changed] = [new SharedMutex(), new SharedCondvar()];
    const items = new Int32Array(new SharedArrayBuffer(4));
    const data = { mutex: mutex.buffer, changed: changed.buffer, items: items.buffer };
    const consumer = `
      const mutex = new SharedMutex(data.mutex);
      const changed = new SharedCondvar(data.changed);
      const items = new Int32Array(data.items);
      for (let i = 0; i < 500; i++) {
        const guard = i % 3 === 0 ? mutex.lockSync() : await mutex.lock();
        while (items[0] === 0) {
          if (i % 3 === 0) changed.waitSync(guard);
          else if (i % 3 === 1) await changed.wait(guard);
          else {
            const controller = new AbortController();
            const waiting = changed.wait(guard, { signal: controller.signal });
            setTimeout(() => controller.abort());
            await waiting.catch(() => {});
          }
          if (!guard.held) throw new Error("the lock is not back");
        }
        items[0]--;
        guard.release();
      }
      return "all";`;
    const consumers = [thread(consumer, data).done, thread(consumer, data).done];
    for (let item = 0; item < 1000; item++) {
      const guard = await mutex.lock();
      items[0] = (items[0] ?? 0) + 1;
      guard.release();
      if (item % 2 === 0) changed.notifyOne();
      else changed.notifyAll();
    }
    expect(await Promise.all(consumers)).toEqual(["all", "all"]);
    expect(items[0]).toBe(0);
  });

  test("H10: a notification between the release and the wait is not missed", async () => {
    const changed = new SharedCondvar();
    const guard = new SharedGuard({
      relock: () => Promise.resolve(),
      relockSync: () => {},
      unlock: () => {
        changed.notifyOne();
      },
    });
    await changed.wait(guard);
    changed.waitSync(guard);
    expect(guard.held).toBe(true);
  });

  test("H2, H3: a cancelled wait has the lock back, and a notified one ends normally", async () => {
    const [lock, changed] = [new SharedRwLock(), new SharedCondvar()];
    const controller = newController();
    const { signal } = controller;
    const guard = await lock.write();
    const waiting = changed.wait(guard, { signal });
    expect(guard.held).toBe(false);
    const other = await lock.write();
    controller.abort("stop");
    let ended = false;
    const cancelled = expect(waiting.finally(() => (ended = true))).rejects.toBe("stop");
    await turn();
    expect(ended).toBe(false);
    other.release();
    await cancelled;
    expect(guard.held).toBe(true);
    await expect(changed.wait(guard, { signal })).rejects.toBe("stop");
    expect(guard.held).toBe(true);
    const second = newController();
    const notified = changed.wait(guard, { signal: second.signal });
    changed.notifyOne();
    second.abort("too late");
    await notified;
    guard.release();
    await expect(changed.wait(guard)).rejects.toBeInstanceOf(TypeError);
    expect(() => {
      changed.waitSync({ held: true, release: () => {}, [Symbol.dispose]: () => {} });
    }).toThrow(TypeError);
  });
});

describe("SharedOnce", () => {
  test("runs once over all threads, and all see what it wrote", async () => {
    const once = new SharedOnce();
    const counts = new Int32Array(new SharedArrayBuffer(8));
    const body = `
      const counts = new Int32Array(data.counts);
      const once = new SharedOnce(data.once);
      const work = () => { Atomics.add(counts, 0, 1); counts[1] = 7; };
      const first = data.sync ? once.runSync(work) : await once.run(async () => work());
      if (counts[1] !== 7) throw new Error("not seen");
      return first;`;
    const data = { once: once.buffer, counts: counts.buffer };
    const all = [true, false, true, false].map((sync) => thread(body, { ...data, sync }).done);
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(1);
    expect(counts[0]).toBe(1);
    expect(once.done).toBe(true);
  });

  test("H2, H8: one that throws has not run, and the next of those who wait does", async () => {
    const once = new SharedOnce();
    const entered = new AtomicFlag();
    const go = new AtomicFlag();
    const failing = once.run(async () => {
      await go.wait();
      throw new Error("boom");
    });
    const controller = newController();
    const cancelled = once.run(() => {}, { signal: controller.signal });
    controller.abort("stop");
    await expect(cancelled).rejects.toBe("stop");
    const { done } = thread(
      `new AtomicFlag(data.entered).set(); return new SharedOnce(data.once).runSync(() => {});`,
      { once: once.buffer, entered: entered.buffer },
    );
    await until(() => entered.get());
    go.set();
    await expect(failing).rejects.toThrow("boom");
    expect(await done).toBe(true);
    expect(await once.run(() => {})).toBe(false);
  });
});
