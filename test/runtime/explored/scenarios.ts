/* oxlint-disable no-await-in-loop, promise/always-return -- Tasks do one thing after another. */
import type { Sim } from "../../../runtime/testing/index.ts";
import {
  Barrier,
  broadcast,
  CancelledError,
  channel,
  Condvar,
  KeyedMutex,
  limiter,
  LaggedError,
  mapLimit,
  Mutex,
  Notify,
  OnceCell,
  oneshot,
  RateLimiter,
  ResourcePool,
  retry,
  RwLock,
  scope,
  select,
  Semaphore,
  singleFlight,
  sleep,
  TaskGroup,
  timeout,
  tryJoin,
  WaitGroup,
  watch,
} from "../../../runtime/index.ts";

// These are many lines because defects.ts and the tests of both orders go through one list of scenarios.
//
// What the primitives promise, as small programs: each runs in the engine's own order, and under the explorer, which looks
// for an order in which the promise is not kept. The runtime itself is under it too: it is built with gates.

/** As much of the testing kit as a scenario uses, so that it also runs without the kit. */
export type Stage = Pick<Sim, "spawn" | "random">;

/** `pause` is a call to the outside: other tasks may run before it is answered. */
export type Scenario = (stage: Stage, pause: () => Promise<void>) => Promise<void>;

export function check(isRight: boolean, message: string): void {
  if (!isRight) throw new Error(message);
}

/** How a wait ended: what it gave, or why it was rejected. */
async function ending<T>(wait: PromiseLike<T>): Promise<{ value: T } | { reason: unknown }> {
  try {
    return { value: await wait };
  } catch (reason) {
    return { reason };
  }
}

interface Held {
  release(): void;
}

/** As much of a lock as these scenarios use, so that the defective ones in `defects.ts` can be put in. */
export interface Lock {
  lock(options?: { signal?: AbortSignal }): Promise<Held>;
}

/** A waiter is told to stop about when it is its turn: it has the lock and gives it back, or others get it. */
export const cancelledAboutTheGrant =
  (make: () => Lock): Scenario =>
  async (stage, pause) => {
    const mutex = make();
    const controller = new AbortController();
    const first = await mutex.lock();
    const waiting = stage.spawn("waiter", async () => {
      const it = await ending(mutex.lock({ signal: controller.signal }));
      await pause();
      if ("value" in it) it.value.release();
    });
    const others = [
      stage.spawn("holder", async () => {
        await pause();
        first.release();
      }),
      stage.spawn("canceller", async () => {
        await pause();
        controller.abort();
      }),
    ];
    await Promise.all([waiting, ...others]);
    (await mutex.lock()).release();
  };

/** Nobody who releases twice, or late, lets a second one in. */
export const exclusive =
  (make: () => Lock): Scenario =>
  async (stage, pause) => {
    const mutex = make();
    let inside = 0;
    const task = async (): Promise<void> => {
      const guard = await mutex.lock();
      check(++inside === 1, "two are inside");
      await pause();
      inside--;
      guard.release();
      await pause();
      guard.release();
    };
    await Promise.all(["a", "b", "c"].map((name) => stage.spawn(name, task)));
  };

/** Who asks first is served first, also when somebody asks in the moment of the release. */
export const inOrder =
  (make: () => Lock): Scenario =>
  async (stage, pause) => {
    const mutex = make();
    const asked: string[] = [];
    const served: string[] = [];
    const task = (name: string) => async () => {
      await pause();
      asked.push(name);
      const guard = await mutex.lock();
      served.push(name);
      await pause();
      guard.release();
    };
    await Promise.all(["a", "b", "c", "d"].map((name) => stage.spawn(name, task(name))));
    check(served.join() === asked.join(), `asked ${asked.join()}, served ${served.join()}`);
  };

/** As much of a notification as these scenarios use. */
export interface Signal {
  notified(): Promise<void>;
  notifyOne(): void;
}

/** What happens between the look and the wait is not missed. */
export const notifiedBefore =
  (make: () => Signal): Scenario =>
  async (stage, pause) => {
    const notify = make();
    const items: number[] = [];
    const consumer = stage.spawn("consumer", async () => {
      for (let seen = 0; seen < 2; seen++) {
        while (items.length === 0) {
          await pause();
          await notify.notified();
        }
        items.pop();
      }
    });
    const producer = stage.spawn("producer", async () => {
      for (let item = 0; item < 2; item++) {
        await pause();
        items.push(item);
        notify.notifyOne();
      }
    });
    await Promise.all([consumer, producer]);
  };

/** As much of a channel as these scenarios use. */
export interface Queue {
  send(item: number): Promise<void>;
  recv(options?: { signal?: AbortSignal }): Promise<{ value: number | void; done?: boolean }>;
}

/** A receiver that leaves about when a message comes has it, or another one has it. */
export const noMessageLost =
  (make: () => Queue): Scenario =>
  async (stage, pause) => {
    const queue = make();
    const controller = new AbortController();
    const received: unknown[] = [];
    const leaver = stage.spawn("leaver", async () => {
      const it = await ending(queue.recv({ signal: controller.signal }));
      if ("value" in it) received.push(it.value.value);
    });
    const canceller = stage.spawn("canceller", async () => {
      await pause();
      controller.abort();
    });
    const sender = stage.spawn("sender", async () => {
      for (const item of [1, 2]) {
        await pause();
        await queue.send(item);
      }
    });
    await Promise.all([leaver, canceller, sender]);
    while (received.length < 2) received.push((await queue.recv()).value);
    check(received.join() === "1,2", `received ${received.join()}`);
  };

/** How many messages there were, those that were missed included. */
async function count(
  receiver: Pick<ReturnType<ReturnType<typeof broadcast<number>>["tx"]["subscribe"]>, "recv">,
  pause: () => Promise<void>,
): Promise<number> {
  let messages = 0;
  for (;;) {
    await pause();
    const it = await ending(receiver.recv());
    if ("reason" in it) messages += it.reason instanceof LaggedError ? it.reason.missed : NaN;
    else if (it.value.done === true) return messages;
    else messages++;
  }
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  "H1 a lock that is cancelled about when it is granted": cancelledAboutTheGrant(() => new Mutex()),

  "H1 keys, readers and writers that are cancelled about then": async (stage, pause) => {
    const keyed = new KeyedMutex<string>();
    const lock = new RwLock(0);
    await cancelledAboutTheGrant(() => ({ lock: (options) => keyed.lock("key", options) }))(
      stage,
      pause,
    );
    await cancelledAboutTheGrant(() => ({ lock: (options) => lock.write(options) }))(stage, pause);
    check(keyed.size === 0, "a key is left");
  },

  "H1 permits are conserved over cancellations": async (stage, pause) => {
    const semaphore = new Semaphore(3);
    const controller = new AbortController();
    const task = (count: number) => async () => {
      const { signal } = controller;
      const it = await ending(semaphore.acquire(count, { signal }));
      await pause();
      if ("value" in it) it.value.release();
    };
    const tasks = [2, 3, 1, 2].map((count) => stage.spawn(`of ${count}`, task(count)));
    const canceller = stage.spawn("canceller", async () => {
      await pause();
      controller.abort();
    });
    await Promise.all([...tasks, canceller]);
    check(semaphore.available === 3 && semaphore.waiting === 0, `${semaphore.available} of 3`);
  },

  "H1 a resource whose taker leaves about when it is made": async (stage, pause) => {
    const controller = new AbortController();
    let made = 0;
    const pool = new ResourcePool({
      create: async () => {
        await pause();
        return ++made;
      },
      max: 1,
    });
    const taker = stage.spawn("taker", async () => {
      const it = await ending(pool.acquire({ signal: controller.signal }));
      await pause();
      if ("value" in it) await it.value[Symbol.asyncDispose]();
    });
    const canceller = stage.spawn("canceller", async () => {
      await pause();
      controller.abort();
    });
    await Promise.all([taker, canceller]);
    check((await pool.use((it) => it)) === 1, `${made} made`);
  },

  "H2 who leaves the queue is not served, and those behind move up": async (stage, pause) => {
    const semaphore = new Semaphore(2);
    const first = await semaphore.acquire(2);
    const controller = new AbortController();
    const log: string[] = [];
    const large = stage.spawn("large", async () => {
      const it = await ending(semaphore.acquire(2, { signal: controller.signal }));
      log.push("reason" in it ? "left" : "large");
      if ("value" in it) it.value.release();
    });
    const small = stage.spawn("small", async () => {
      const guard = await semaphore.acquire();
      log.push("small");
      guard.release();
    });
    const half = stage.spawn("others", async () => {
      await pause();
      controller.abort("gone");
      await pause();
      first.release();
    });
    await Promise.all([large, small, half]);
    check(log.includes("small") && semaphore.available === 2, log.join());
  },

  "H3 a signal that has aborted takes nothing": async (stage, pause) => {
    const mutex = new Mutex();
    const signal = AbortSignal.abort("before");
    const late = stage.spawn("late", async () => {
      const it = await ending(mutex.lock({ signal }));
      check("reason" in it && it.reason === "before", "it was granted");
    });
    const other = stage.spawn("other", async () => {
      await mutex.runExclusive(pause);
    });
    await Promise.all([late, other]);
    check(!mutex.locked, "it is held");
  },

  "H6 a second release lets nobody in": exclusive(() => new Mutex()),

  "H7 first come, first served": inOrder(() => new Mutex()),

  "H7 a writer is not starved by readers, nor a large request by small ones": async (
    stage,
    pause,
  ) => {
    const lock = new RwLock(0);
    const log: string[] = [];
    const first = await lock.read();
    const writer = stage.spawn("writer", async () => {
      const guard = await lock.write();
      log.push("written");
      guard.value++;
      guard.release();
    });
    const reader = stage.spawn("reader", async () => {
      const guard = await lock.read();
      log.push(`read ${guard.value}`);
      guard.release();
    });
    await pause();
    first.release();
    await Promise.all([writer, reader]);
    check(log.join() === "written,read 1", log.join());
  },

  "H8 a holder that throws gives back what it held": async (stage, pause) => {
    const mutex = new Mutex();
    const limit = limiter(1);
    const task = async (): Promise<void> => {
      const fail = async (): Promise<never> => {
        await pause();
        throw new Error("boom");
      };
      check("reason" in (await ending(mutex.runExclusive(fail))), "no error");
      check("reason" in (await ending(limit(fail))), "no error");
    };
    await Promise.all([stage.spawn("a", task), stage.spawn("b", task)]);
    check(!mutex.locked && limit.active === 0, "something is held");
  },

  "H10 a notification before the wait": notifiedBefore(() => new Notify()),

  "H10 a condition that changes between the look and the wait": async (stage, pause) => {
    const queue = new Mutex<number[]>([]);
    const filled = new Condvar();
    const consumer = (name: string) => async () => {
      const guard = await queue.lock();
      await filled.waitWhile(guard, () => guard.value.length === 0);
      check(guard.value.pop() !== undefined, `${name} has found nothing`);
      guard.release();
    };
    const producer = async (): Promise<void> => {
      for (const item of [1, 2]) {
        await pause();
        await queue.runExclusive((items) => items.push(item));
        filled.notifyOne();
      }
    };
    await Promise.all([
      stage.spawn("a", consumer("a")),
      stage.spawn("b", consumer("b")),
      stage.spawn("producer", producer),
    ]);
  },

  "H10 a notified wait that is cancelled passes it on": async (stage, pause) => {
    const notify = new Notify();
    const controller = new AbortController();
    let woken = 0;
    const wait = (signal?: AbortSignal) => async () => {
      const it = await ending(notify.notified(signal === undefined ? {} : { signal }));
      if ("value" in it) woken++;
    };
    const waits = [stage.spawn("leaver", wait(controller.signal)), stage.spawn("stayer", wait())];
    const rest = stage.spawn("rest", async () => {
      await pause();
      notify.notifyOne();
      controller.abort();
    });
    const [leaver, stayer] = waits;
    await Promise.all([leaver, rest]);
    // Either of the two had it; if it was the leaver, the stayer still waits.
    if (woken === 0) await stayer;
    check(woken === 1, "the notification was lost");
    notify.notifyOne();
    await stayer;
  },

  "H10 a barrier lets its round go, and whoever left has not come": async (stage, pause) => {
    const barrier = new Barrier(2);
    const controller = new AbortController();
    const leaver = stage.spawn("leaver", () => ending(barrier.wait({ signal: controller.signal })));
    const canceller = stage.spawn("canceller", async () => {
      await pause();
      controller.abort();
    });
    const come = stage.spawn("comes", async () => {
      await pause();
      return barrier.wait();
    });
    const left = "reason" in (await leaver);
    const rest = left ? [barrier.wait(), come] : [come];
    const leaders = (await Promise.all(rest)).filter((it) => it.leader).length;
    await canceller;
    check(leaders === 1 || !left, `${leaders} leaders`);
  },

  "H11 what was sent comes before the end, and a join after the clean-up": async (stage, pause) => {
    const { tx, rx } = channel<number>(4);
    const log: unknown[] = [];
    const reader = stage.spawn("reader", async () => {
      for await (const item of rx) log.push(item);
      log.push("end");
    });
    const sender = stage.spawn("sender", async () => {
      await scope(async (it) => {
        it.defer(async () => {
          await pause();
          tx.close();
        });
        it.spawn(async () => {
          await pause();
          await tx.send(1);
        });
        await tx.send(2);
      });
      check(tx.closed, "the scope has ended before its clean-up");
    });
    await Promise.all([reader, sender]);
    check(log.length === 3 && log[2] === "end", log.join());
  },

  "H12 a branch that loses takes no message": async (stage, pause) => {
    const [a, b] = [channel<number>(1), channel<number>(1)];
    const received: unknown[] = [];
    const reader = stage.spawn("reader", async () => {
      for (let count = 0; count < 2; count++) {
        const { value } = await select({ a: a.rx, b: b.rx });
        received.push(value.value);
      }
    });
    const send = (queue: typeof a, item: number) => async () => {
      await pause();
      await queue.tx.send(item);
    };
    const senders = [stage.spawn("to a", send(a, 1)), stage.spawn("to b", send(b, 2))];
    await Promise.all([reader, ...senders]);
    check(received.toSorted().join() === "1,2", received.join());
  },

  "H12 tryJoin waits for the losers": async (_, pause) => {
    let running = 0;
    const work = async (signal: AbortSignal): Promise<void> => {
      running++;
      while (!signal.aborted) await pause();
      await pause();
      running--;
    };
    const fail = async (): Promise<never> => {
      await pause();
      throw new Error("first");
    };
    const it = await ending(tryJoin([work, fail, work]));
    check("reason" in it && String(it.reason) === "Error: first", "another error");
    check(running === 0, `${running} still run`);
  },

  "H13 closing settles everything": async (stage, pause) => {
    const semaphore = new Semaphore(0);
    const { tx, rx } = channel<number>(1);
    const limit = limiter(1);
    await tx.send(0);
    const waits = [
      stage.spawn("permit", () => ending(semaphore.acquire())),
      stage.spawn("sender", () => ending(tx.send(1))),
      stage.spawn("place", () => ending(limit(pause))),
      stage.spawn("place behind", () => ending(limit(pause))),
    ];
    const closer = stage.spawn("closer", async () => {
      await pause();
      semaphore.close();
      rx.close();
      limit.clear();
    });
    await Promise.all([...waits, closer]);
    await limit.idle();
  },

  "H16 a lock is not free while the work under a time limit runs": async (stage) => {
    const mutex = new Mutex();
    let inside = 0;
    const work = async (signal: AbortSignal): Promise<void> => {
      check(++inside === 1, "two are inside");
      await ending(sleep(20, { signal }));
      await sleep(5);
      inside--;
    };
    const task = async (): Promise<void> => {
      await ending(mutex.runExclusive(() => timeout(10, work)));
    };
    await Promise.all([stage.spawn("a", task), stage.spawn("b", task)]);
  },

  "H18 no attempt after an abort": async (stage, pause) => {
    const controller = new AbortController();
    let attempts = 0;
    let aborted = false;
    const work = stage.spawn("work", () =>
      ending(
        retry(
          async () => {
            check(!aborted, "tried again after the abort");
            attempts++;
            await pause();
            throw new Error("no route");
          },
          { signal: controller.signal, retries: 5, base: 1 },
        ),
      ),
    );
    const canceller = stage.spawn("canceller", async () => {
      await pause();
      await pause();
      controller.abort("enough");
      aborted = true;
    });
    await canceller;
    const it = await work;
    const isOver = "reason" in it && (it.reason === "enough" || attempts === 6);
    check(isOver, `${attempts} attempts`);
  },

  "H19 who leaves a rate limiter has used nothing": async (stage, pause) => {
    const rate = new RateLimiter({ rate: 1, per: 10 });
    await rate.acquire();
    const controller = new AbortController();
    const leaver = stage.spawn("leaver", () =>
      ending(rate.acquire(1, { signal: controller.signal })),
    );
    const stayer = stage.spawn("stayer", () => rate.acquire());
    await pause();
    controller.abort();
    await Promise.all([leaver, stayer]);
  },

  "H20 a slow subscriber holds up nobody and knows what it missed": async (stage, pause) => {
    const { tx } = broadcast<number>(2);
    const [fast, slow] = [tx.subscribe(), tx.subscribe()];
    const read = stage.spawn("fast", () => count(fast, () => Promise.resolve()));
    const lagging = stage.spawn("slow", () => count(slow, pause));
    const sender = stage.spawn("sender", async () => {
      for (const item of [1, 2, 3, 4]) {
        tx.send(item);
        await pause();
      }
      tx.close();
    });
    await sender;
    check((await read) === 4, "the fast one has miscounted");
    check((await lagging) === 4, "the slow one has miscounted");
  },

  "H20 who watches sees the last value": async (stage, pause) => {
    const { tx, subscribe } = watch(0);
    const watcher = subscribe();
    const reader = stage.spawn("reader", async () => {
      let last = watcher.take();
      while (await watcher.changed()) {
        await pause();
        last = watcher.take();
      }
      return last;
    });
    for (const value of [1, 2, 3]) {
      tx.send(value);
      await pause();
    }
    tx.close();
    check((await reader) === 3, "the last value was missed");
  },

  "H21 no message is lost to a receiver that leaves": noMessageLost(() => {
    const { tx, rx } = channel<number>(2);
    return { send: (item) => tx.send(item), recv: (options) => rx.recv(options) };
  }),

  "H21 a channel never holds more than its capacity, and each message arrives once": async (
    stage,
    pause,
  ) => {
    const { tx, rx } = channel<number>(2);
    const received: number[] = [];
    const send = (items: readonly number[]) => async () => {
      for (const item of items) {
        await tx.send(item);
        check(rx.size <= 2, `${rx.size} are in it`);
        await pause();
      }
    };
    const senders = [stage.spawn("odd", send([1, 3])), stage.spawn("even", send([2, 4]))];
    const reader = async (): Promise<void> => {
      for await (const item of rx) {
        received.push(item);
        await pause();
      }
    };
    const readers = [stage.spawn("reader", reader), stage.spawn("other reader", reader)];
    await Promise.all(senders);
    tx.close();
    await Promise.all(readers);
    check(received.toSorted().join() === "1,2,3,4", received.join());
  },

  "H21 one value, to a receiver that may have gone": async (stage, pause) => {
    const { tx, rx } = oneshot<number>();
    const sender = stage.spawn("sender", async () => {
      await pause();
      return tx.send(1);
    });
    const receiver = stage.spawn("receiver", async () => {
      const won = await select({ rx, late: pause });
      if (won.key === "late") rx.close();
      return won.key;
    });
    const [sent, key] = [await sender, await receiver];
    check(key === "late" || sent, "received what was not sent");
  },

  "H22 an error of a task cancels the others, and a cancellation from outside is not swallowed":
    async (stage, pause) => {
      const controller = new AbortController();
      let running = 0;
      const child = async (signal: AbortSignal): Promise<void> => {
        running++;
        try {
          while (!signal.aborted) await pause();
        } finally {
          running--;
        }
      };
      const group = stage.spawn("group", () =>
        ending(
          scope(
            async (it) => {
              it.spawn(child);
              it.spawn(async () => {
                await pause();
                throw new Error("first");
              });
              await ending(child(it.signal));
            },
            { signal: controller.signal },
          ),
        ),
      );
      const canceller = stage.spawn("canceller", async () => {
        await pause();
        await pause();
        controller.abort(new CancelledError("outside"));
      });
      const it = await group;
      await canceller;
      check("reason" in it, "it has succeeded");
      check(running === 0, `${running} still run`);
    },

  "H22 a group gives each outcome once, in the order of ending": async (stage, pause) => {
    const group = new TaskGroup<number>();
    const ended: number[] = [];
    for (const index of [0, 1, 2]) {
      group.spawn(async () => {
        for (let count = 0; count < index; count++) await pause();
        ended.push(index);
        return index;
      });
    }
    const seen: number[] = [];
    const reader = stage.spawn("reader", async () => {
      for await (const it of group) {
        if (it.status === "ok") seen.push(it.value);
        await pause();
      }
    });
    await reader;
    check(seen.join() === ended.join(), `ended ${ended.join()}, seen ${seen.join()}`);
  },

  "H22 WaitGroup waits for all": async (_, pause) => {
    const group = new WaitGroup();
    let done = 0;
    for (let index = 0; index < 3; index++) {
      void group.go(async () => {
        await pause();
        done++;
      });
    }
    await group.wait();
    check(done === 3, `${done} of 3`);
  },

  "one initialisation, one flight, however many ask": async (stage, pause) => {
    const cell = new OnceCell<number>();
    const controller = new AbortController();
    let made = 0;
    let flown = 0;
    const init = async (): Promise<number> => {
      made++;
      await pause();
      return made;
    };
    const load = singleFlight(async () => {
      flown++;
      await pause();
      return flown;
    });
    const ask = (signal?: AbortSignal) => async () => {
      await ending(cell.getOrInit(init, signal === undefined ? {} : { signal }));
      await load();
    };
    const tasks = [
      stage.spawn("leaver", ask(controller.signal)),
      stage.spawn("a", ask()),
      stage.spawn("b", ask()),
    ];
    await pause();
    controller.abort();
    await Promise.all(tasks);
    check(made === 1 || made === 2, `${made} times`);
    check(cell.get() === made, "it has another value");
  },

  "mapLimit keeps to its limit": async (_, pause) => {
    let running = 0;
    const results = await mapLimit([1, 2, 3, 4], 2, async (item) => {
      check(++running <= 2, `${running} run`);
      await pause();
      running--;
      return item * 2;
    });
    check(results.join() === "2,4,6,8", results.join());
  },
};
