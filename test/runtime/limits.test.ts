import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import {
  CancelledError,
  channel,
  forEachLimit,
  limiter,
  mapLimit,
  onLateError,
  partition,
  sleep,
} from "../../runtime/index.ts";
import { deferred, listeners, rejection, settled, stateOf } from "./steps.ts";

describe("mapLimit", () => {
  test("H11 results are in the order of the items, and no more than the limit run", async () => {
    for (const items of [
      [1, 2, 3, 4, 5],
      new Set([1, 2, 3, 4, 5]),
      (async function* () {
        yield* [1, 2, 3, 4, 5];
      })(),
    ]) {
      let running = 0;
      let most = 0;
      const results = await mapLimit(items, 2, async (item, index) => {
        most = Math.max(most, ++running);
        await settled(6 - item);
        running--;
        return [item, index];
      });
      expect(results).toEqual([1, 2, 3, 4, 5].map((item, index) => [item, index]));
      expect(most).toBe(2);
    }
  });

  test("H12 one error ends it, after what runs has ended; later errors are reported", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const log: string[] = [];
    const run = mapLimit([1, 2, 3, 4, 5], 3, async (item, __, signal) => {
      if (item === 2) throw new Error("second");
      await new Promise((resolve) => {
        signal.addEventListener("abort", resolve);
      });
      await settled();
      log.push(`${item} ended`);
      if (item === 3) throw new Error("third");
      throw signal.reason;
    });
    await expect(run).rejects.toThrow("second");
    expect(log).toEqual(["1 ended", "3 ended"]);
    expect(late.map(String)).toEqual(["Error: third"]);
  });

  test("with `collect` every item has its outcome", async () => {
    const outcomes = await mapLimit(
      [1, 2, 3],
      2,
      async (item) => {
        if (item === 2) throw new Error("second");
        return item;
      },
      { errors: "collect" },
    );
    expect(partition(outcomes)).toEqual({
      values: [1, 3],
      errors: [new Error("second")],
      cancelled: [],
    });
  });

  test("an abort stops it, also while an item is being waited for", async () => {
    const controller = new AbortController();
    const { tx, rx } = channel<number>(1);
    const done: number[] = [];
    const run = forEachLimit(rx, 3, (item) => done.push(item), { signal: controller.signal });
    await tx.send(1);
    await settled();
    controller.abort("stop");
    expect(await rejection(run)).toBe("stop");
    expect([done, listeners(controller.signal)]).toEqual([[1], 0]);
    expect(await rejection(mapLimit([1], 1, () => 1, { signal: controller.signal }))).toBe("stop");
  });

  test("a source that is not read to its end is closed, and its errors are errors", async () => {
    let closed = false;
    const source = function* () {
      try {
        for (let item = 0; ; item++) yield item;
      } finally {
        closed = true;
      }
    };
    const run = mapLimit(source(), 2, (item) => {
      if (item === 5) throw new Error("five");
    });
    await expect(run).rejects.toThrow("five");
    expect(closed).toBe(true);
    const broken = async function* () {
      yield 1;
      throw new Error("disk");
    };
    await expect(mapLimit(broken(), 2, (item) => item)).rejects.toThrow("disk");
    const throwing = {
      [Symbol.iterator]: () => ({
        next(): IteratorResult<number> {
          throw new Error("at once");
        },
      }),
    };
    await expect(mapLimit(throwing, 2, (item) => item)).rejects.toThrow("at once");
  });

  test("H26 thenables are awaited, a limit that is none is refused", async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what a query builder looks like
    const query = {
      then: (use: (rows: number) => void) => {
        use(7);
      },
    };
    expect(await mapLimit([1], 1, () => query as PromiseLike<number>)).toEqual([7]);
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await expect(mapLimit([1], limit, () => 1)).rejects.toThrow(RangeError);
      expect(() => limiter(limit)).toThrow(RangeError);
    }
    expect(await mapLimit([], Infinity, () => 1)).toEqual([]);
    expect(await mapLimit(new Set([1, 2]), Infinity, (item) => item)).toEqual([1, 2]);
  });

  test("H29 work that never waits lets others have a turn", async () => {
    let turned = false;
    setImmediate(() => (turned = true));
    await mapLimit(Array.from({ length: 5000 }), 4, () => turned);
    expect(turned).toBe(true);
    turned = false;
    setImmediate(() => (turned = true));
    await mapLimit(Array.from({ length: 5000 }).keys(), 4, () => turned);
    expect(turned).toBe(true);
  });
});

describe("limiter", () => {
  test("runs in order, and passes a place on when its work has ended", async () => {
    const limit = limiter(2);
    const gates = Array.from({ length: 4 }, () => deferred());
    const started: number[] = [];
    const runs = gates.map((gate, index) =>
      limit(async (name: number) => {
        started.push(name);
        await gate.promise;
        return name;
      }, index),
    );
    expect([started, limit.active, limit.queued]).toEqual([[0, 1], 2, 2]);
    const idle = limit.idle();
    gates[1]?.resolve();
    await settled();
    expect([started, limit.active]).toEqual([[0, 1, 2], 2]);
    for (const gate of gates) gate.resolve();
    expect(await Promise.all(runs)).toEqual([0, 1, 2, 3]);
    await idle;
    expect([limit.active, limit.queued]).toEqual([0, 0]);
  });

  test("H8 work that throws at once rejects and gives its place back", async () => {
    const limit = limiter(1);
    const failing = limit(() => {
      throw new Error("boom");
    });
    await expect(failing).rejects.toThrow("boom");
    expect(await limit(() => 1)).toBe(1);
  });

  test("H13 `clear` rejects what waits", async () => {
    const limit = limiter(1);
    const gate = deferred();
    const running = limit(() => gate.promise);
    const waiting = [limit(() => 1), limit.run(() => 2)];
    limit.clear();
    for (const wait of waiting) expect(await rejection(wait)).toBeInstanceOf(CancelledError);
    gate.resolve();
    await running;
    expect(limit.active).toBe(0);
  });

  test("H1 H2 a wait that is cancelled is never called, and its place goes on", async () => {
    const limit = limiter(1);
    const gate = deferred();
    const running = limit(() => gate.promise);
    const controller = new AbortController();
    const called: number[] = [];
    const { signal } = controller;
    const cancelled = limit.run(() => called.push(1), { signal });
    const next = limit.run(() => called.push(2), { signal: new AbortController().signal });
    controller.abort("left");
    gate.resolve();
    expect(await rejection(cancelled)).toBe("left");
    await Promise.all([running, next]);
    expect([called, limit.active, listeners(signal)]).toEqual([[2], 0, 0]);
    expect(await rejection(limit.run(() => 1, { signal }))).toBe("left");
    expect(await rejection(limit.idle({ signal }))).toBe("left");
  });

  test("H14 a function that had to wait sees the context of its caller", async () => {
    const context = new AsyncLocalStorage<string>();
    const limit = limiter(1);
    const see = async () => {
      await sleep(0);
      return context.getStore();
    };
    const seen = await Promise.all(
      ["a", "b", "c"].map((name) => context.run(name, () => limit(see))),
    );
    expect(seen).toEqual(["a", "b", "c"]);
  });

  test("H27 a hundred thousand wait", async () => {
    const limit = limiter(1);
    const values = await Promise.all(Array.from({ length: 100_000 }, (_, it) => limit(() => it)));
    expect(values.at(-1)).toBe(99_999);
    expect(await stateOf(limit.idle())).toBe("ok");
  });
});
