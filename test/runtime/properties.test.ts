import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  broadcast,
  channel,
  Condvar,
  limiter,
  mapLimit,
  Mutex,
  Notify,
  onLateError,
  RwLock,
  Semaphore,
  stream,
  TaskGroup,
} from "../../runtime/index.ts";
import { listeners, settled } from "./steps.ts";

const runs = { numRuns: 200 };

/** So many turns of the microtask queue. */
async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) await undefined;
}

describe("semaphore", () => {
  const user = fc.record({
    count: fc.integer({ min: 1, max: 3 }),
    begin: fc.nat(6),
    hold: fc.nat(6),
    abort: fc.option(fc.nat(12), { nil: undefined }),
    throws: fc.boolean(),
    releases: fc.integer({ min: 1, max: 3 }),
  });

  test("permits are conserved and never exceeded, whatever is cancelled, thrown or released twice", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 5 }),
        fc.array(user, { maxLength: 12 }),
        async (total, users) => {
          const semaphore = new Semaphore(total);
          let held = 0;
          const signals: AbortSignal[] = [];
          await Promise.allSettled(
            users.map(async ({ count, begin, hold, abort, throws, releases }) => {
              await ticks(begin);
              const controller = new AbortController();
              signals.push(controller.signal);
              if (abort !== undefined) void ticks(abort).then(() => controller.abort());
              const guard = await semaphore.acquire(count, { signal: controller.signal });
              held += count;
              expect(held).toBeLessThanOrEqual(total);
              try {
                await ticks(hold);
                if (throws) throw new Error("holder");
              } finally {
                held -= count;
                for (let time = 0; time < releases; time++) guard.release();
              }
            }),
          );
          expect([semaphore.available, semaphore.waiting, held]).toEqual([total, 0, 0]);
          expect(signals.every((it) => listeners(it) === 0)).toBe(true);
        },
      ),
      runs,
    );
  });

  test("grants come in the order of the requests that were not cancelled", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ count: fc.integer({ min: 1, max: 3 }), abort: fc.boolean() }), {
          maxLength: 30,
        }),
        async (requests) => {
          const semaphore = new Semaphore(3);
          const guard = await semaphore.acquire(3);
          const order: number[] = [];
          const controllers = requests.map(() => new AbortController());
          const waits = requests.map(async ({ count }, index) => {
            const signal = controllers[index]?.signal;
            const own = await semaphore.acquire(count, { signal });
            order.push(index);
            await ticks(index % 3);
            own.release();
          });
          for (const [index, { abort }] of requests.entries())
            if (abort) controllers[index]?.abort();
          guard.release();
          await Promise.allSettled(waits);
          const kept = requests.flatMap(({ abort }, index) => (abort ? [] : [index]));
          expect(order).toEqual(kept);
          expect(semaphore.available).toBe(3);
        },
      ),
      runs,
    );
  });
});

test("a read-write lock never has a writer with anybody else, and loses nobody", async () => {
  const user = fc.record({
    write: fc.boolean(),
    downgrade: fc.boolean(),
    begin: fc.nat(5),
    hold: fc.nat(5),
    abort: fc.option(fc.nat(10), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(user, { maxLength: 12 }), async (users) => {
      const lock = new RwLock({ readers: 0, writers: 0 });
      let ended = 0;
      await Promise.allSettled(
        users.map(async ({ write, downgrade, begin, hold, abort }) => {
          await ticks(begin);
          const controller = new AbortController();
          if (abort !== undefined) void ticks(abort).then(() => controller.abort());
          try {
            const { signal } = controller;
            if (!write) {
              const guard = await lock.read({ signal });
              guard.value.readers++;
              expect(guard.value.writers).toBe(0);
              await ticks(hold);
              guard.value.readers--;
              guard.release();
              return;
            }
            const guard = await lock.write({ signal });
            const { value } = guard;
            expect([value.readers, value.writers]).toEqual([0, 0]);
            value.writers++;
            await ticks(hold);
            value.writers--;
            if (!downgrade) guard.release();
            else {
              const reader = guard.downgrade();
              value.readers++;
              await ticks(hold);
              value.readers--;
              reader.release();
            }
          } finally {
            ended++;
          }
        }),
      );
      expect(ended).toBe(users.length);
      expect(lock.tryWrite()).toBeDefined();
    }),
    runs,
  );
});

test("a queue made of a lock and a condition variable loses no item and no wake-up", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ begin: fc.nat(6), abort: fc.option(fc.nat(8), { nil: undefined }) }), {
        maxLength: 8,
      }),
      fc.array(fc.nat(6), { maxLength: 12 }),
      async (consumers, producers) => {
        const queue = new Mutex<number[]>([]);
        const changed = new Condvar();
        const taken: number[] = [];
        const stop = new AbortController();
        let waiting = 0;
        const consuming = Promise.allSettled(
          consumers.map(async ({ begin, abort }) => {
            await ticks(begin);
            const controller = new AbortController();
            stop.signal.addEventListener("abort", () => controller.abort());
            if (abort !== undefined) void ticks(abort).then(() => controller.abort());
            const guard = await queue.lock();
            waiting++;
            try {
              await changed.waitWhile(guard, () => guard.value.length === 0, controller);
              taken.push(...guard.value.splice(0, 1));
            } finally {
              waiting--;
              expect(guard.held).toBe(true);
              guard.release();
            }
          }),
        );
        for (const [item, begin] of producers.entries()) {
          await ticks(begin);
          await queue.runExclusive((items) => items.push(item));
          changed.notifyOne();
        }
        await settled(2);
        const left = await queue.runExclusive((items) => items.length);
        // Nobody waits while there is something to be had.
        if (0 < left) expect(waiting).toBe(0);
        stop.abort();
        const results = await consuming;
        const served = results.filter((it) => it.status === "fulfilled").length;
        expect(taken.length + left).toBe(producers.length);
        expect(served).toBe(taken.length);
      },
    ),
    runs,
  );
});

test("as many notifications as there are waiters wake them all, whoever is cancelled", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 20 }), async (aborts) => {
      const notify = new Notify();
      const controllers = aborts.map(() => new AbortController());
      const waits = controllers.map(({ signal }) => notify.notified({ signal }));
      const results = Promise.allSettled(waits);
      for (const [index, abort] of aborts.entries()) if (abort) controllers[index]?.abort();
      const living = aborts.filter((abort) => !abort).length;
      for (let count = 0; count < living; count++) notify.notifyOne();
      expect((await results).filter((it) => it.status === "fulfilled").length).toBe(living);
    }),
    runs,
  );
});

describe("channel", () => {
  const sender = fc.record({
    messages: fc.nat(6),
    pause: fc.nat(4),
    abortAt: fc.option(fc.nat(10), { nil: undefined }),
    how: fc.constantFrom("send", "trySend", "reserve", "reserve and give back"),
  });
  const receiver = fc.record({
    pause: fc.nat(4),
    how: fc.constantFrom("iterate", "recv", "recvMany", "recv, cancelled now and then"),
  });

  test("no message is lost or duplicated, each sender's are in order, and the capacity holds", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3 }),
        fc.array(sender, { minLength: 1, maxLength: 4 }),
        fc.array(receiver, { minLength: 1, maxLength: 3 }),
        async (capacity, senders, receivers) => {
          const { tx, rx } = channel<string>(capacity);
          const sent: string[] = [];
          const got: string[] = [];
          const sending = senders.map(async ({ messages, pause, abortAt, how }, who) => {
            using own = tx.clone();
            const controller = new AbortController();
            if (abortAt !== undefined) void ticks(abortAt).then(() => controller.abort());
            for (let index = 0; index < messages; index++) {
              const message = `${who}:${index}`;
              await ticks(pause);
              try {
                if (how === "trySend") {
                  if (own.trySend(message)) sent.push(message);
                } else if (how === "send" || capacity === 0) {
                  await own.send(message, controller);
                  sent.push(message);
                } else {
                  const slot = await own.reserve(controller);
                  await ticks(pause);
                  if (how === "reserve") {
                    slot.send(message);
                    sent.push(message);
                  } else slot[Symbol.dispose]();
                }
              } catch (error) {
                if (!controller.signal.aborted) throw error;
              }
              if (0 < capacity) expect(rx.size).toBeLessThanOrEqual(capacity);
            }
          });
          tx.close();
          const receiving = receivers.map(async ({ pause, how }, who) => {
            if (how === "iterate") {
              for await (const message of rx) {
                got.push(message);
                await ticks(pause);
              }
            } else if (how === "recvMany") {
              for (let some = await rx.recvMany(2); 0 < some.length; some = await rx.recvMany(2)) {
                got.push(...some);
              }
            } else {
              for (let round = 0; ; round++) {
                const controller = new AbortController();
                if (how !== "recv") void ticks(round % 4).then(() => controller.abort());
                const next = await rx.recv(controller).catch(() => undefined);
                if (next?.done === true) break;
                if (next !== undefined) got.push(next.value);
                else await settled(1);
                await ticks(pause + who);
              }
            }
          });
          const results = await Promise.allSettled([...sending, ...receiving]);
          expect(results.filter((it) => it.status === "rejected")).toEqual([]);
          expect(got.toSorted()).toEqual(sent.toSorted());
          if (receivers.length === 1) {
            for (const who of senders.keys()) {
              const own = got.filter((it) => it.startsWith(`${who}:`));
              expect(own).toEqual(own.toSorted());
            }
          }
        },
      ),
      runs,
    );
  });
});

test("a broadcast gives each subscriber what was sent, or counts it as missed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ from: fc.nat(10), pause: fc.nat(4) }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(3), { maxLength: 15 }),
      async (capacity, subscribers, pauses) => {
        const { tx } = broadcast<number>(capacity);
        const reading: Promise<void>[] = [];
        for (let message = 0; message <= pauses.length; message++) {
          for (const { from, pause } of subscribers.filter((it) => it.from === message)) {
            const rx = tx.subscribe({ onLag: "skip" });
            reading.push(
              (async () => {
                const seen: number[] = [];
                for await (const it of rx) {
                  seen.push(it);
                  await ticks(pause);
                }
                expect(seen).toEqual(seen.toSorted((a, b) => a - b));
                expect(seen.length + rx.lagged).toBe(pauses.length - from);
                expect(new Set(seen).size).toBe(seen.length);
              })(),
            );
          }
          if (message === pauses.length) break;
          tx.send(message);
          await ticks(pauses[message] ?? 0);
        }
        tx.close();
        await Promise.all(reading);
      },
    ),
    runs,
  );
});

const job = fc.record({ ticks: fc.nat(5), fails: fc.boolean() });

test("mapLimit, limiter, buffered and groups never run too much at a time, and lose no result", async () => {
  using _ = onLateError(() => {});
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(job, { maxLength: 12 }),
      async (limit, jobs) => {
        let running = 0;
        const work = async (it: { ticks: number; fails: boolean }) => {
          expect(++running).toBeLessThanOrEqual(limit);
          await ticks(it.ticks);
          running--;
          if (it.fails) throw new Error("job");
          return it.ticks;
        };
        const failing = jobs.some((it) => it.fails);
        const expected = jobs.map((it) => (it.fails ? "error" : "ok"));

        const outcomes = await mapLimit(jobs, limit, work, { errors: "collect" });
        expect(outcomes.map((it) => it.status)).toEqual(expected);
        const [first] = await Promise.allSettled([mapLimit(new Set(jobs), limit, work)]);
        expect([first.status, running]).toEqual([failing ? "rejected" : "fulfilled", 0]);

        const limited = limiter(limit);
        const settledAll = await Promise.allSettled(jobs.map((it) => limited(work, it)));
        expect(settledAll.filter((it) => it.status === "rejected").length).toBe(
          expected.filter((it) => it === "error").length,
        );
        expect([limited.active, limited.queued]).toEqual([0, 0]);

        const group = new TaskGroup<number>({ limit });
        for (const it of jobs) group.spawn(() => work(it));
        const seen: string[] = [];
        for await (const outcome of group) seen.push(outcome.status);
        expect(seen.toSorted()).toEqual(expected.toSorted());

        const values: number[] = [];
        try {
          for await (const value of stream.buffered(jobs, limit, work)) values.push(value);
        } catch {
          expect(failing).toBe(true);
        }
        const before = jobs.findIndex((it) => it.fails);
        expect(values).toEqual((before < 0 ? jobs : jobs.slice(0, before)).map((it) => it.ticks));
        expect(running).toBe(0);
      },
    ),
    { numRuns: 100 },
  );
});
