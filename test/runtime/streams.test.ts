import { describe, expect, test } from "vitest";
import { channel, onLateError, sleep, stream } from "../../runtime/index.ts";
import { deferred, listeners, rejection, settled, stateOf } from "./steps.ts";

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** A source that says how far it was read, and whether it was closed. */
function counted(length = Infinity) {
  const state = { read: 0, closed: false };
  const items = (async function* () {
    try {
      for (let item = 0; item < length; item++) {
        state.read++;
        yield item;
      }
    } finally {
      state.closed = true;
    }
  })();
  return { state, items };
}

describe("buffered", () => {
  test("H11 keeps the order, or gives what is ready first", async () => {
    const work = async (item: number) => {
      await settled(4 - item);
      return item;
    };
    expect(await all(stream.buffered([1, 2, 3], 3, work))).toEqual([1, 2, 3]);
    expect(await all(stream.buffered([1, 2, 3], 3, work, { ordered: false }))).toEqual([3, 2, 1]);
    expect(await all(stream.buffered([], 3, work))).toEqual([]);
  });

  test("H21 reads and works no further ahead than the limit", async () => {
    const { items, state } = counted();
    let working = 0;
    const reader = stream.buffered(items, 3, async (item) => {
      working++;
      return item;
    });
    expect((await reader.next()).value).toBe(0);
    await settled();
    expect([state.read, working].every((it) => it <= 4)).toBe(true);
    await reader.return();
    expect(state.closed).toBe(true);
  });

  test("H12 an error comes after the results before it; the rest is told and waited for", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const { items, state } = counted();
    const seen: number[] = [];
    let ended = false;
    const run = (async () => {
      for await (const item of stream.buffered(items, 3, async (it, signal) => {
        if (it === 1) {
          await settled();
          throw new Error("one");
        }
        if (it === 2) {
          await new Promise((resolve) => {
            signal.addEventListener("abort", resolve);
          });
          ended = true;
          throw new Error("two");
        }
        return it;
      })) {
        seen.push(item);
      }
    })();
    await expect(run).rejects.toThrow("one");
    expect([seen, ended, state.closed, late.map(String)]).toEqual([
      [0],
      true,
      true,
      ["Error: two"],
    ]);
  });

  test("an error of the source comes out, and an abort its reason", async () => {
    const broken = async function* () {
      yield 1;
      throw new Error("disk");
    };
    await expect(all(stream.buffered(broken(), 2, async (it) => it))).rejects.toThrow("disk");
    const controller = new AbortController();
    const { signal } = controller;
    const { rx } = channel<number>(1);
    const waiting = all(stream.buffered(rx, 2, async (it) => it, { signal }));
    await settled();
    controller.abort("stop");
    expect(await rejection(waiting)).toBe("stop");
    expect(listeners(signal)).toBe(0);
    expect(await rejection(all(stream.buffered([1], 1, (it) => it, { signal })))).toBe("stop");
  });
});

describe("merge", () => {
  test("yields from each as it comes, and ends with the last", async () => {
    const { tx, rx } = channel<string>(1);
    const merged = stream.merge<string | number>(rx, [1, 2]);
    const seen = all(merged);
    await settled();
    await tx.send("a");
    tx.close();
    expect((await seen).toSorted()).toEqual([1, 2, "a"].toSorted());
    expect(await all(stream.merge())).toEqual([]);
  });

  test("an error closes the others, and so does `break`", async () => {
    const one = counted();
    const broken = async function* (): AsyncGenerator<number> {
      yield 1;
      throw new Error("disk");
    };
    await expect(all(stream.merge(one.items, broken()))).rejects.toThrow("disk");
    expect(one.state.closed).toBe(true);
    const two = counted();
    for await (const _ of stream.merge(two.items)) break;
    expect(two.state.closed).toBe(true);
  });
});

describe("chunks", () => {
  test("gives out what is there when the wait is over", async () => {
    const { tx, rx } = channel<number>(8);
    const reader = stream.chunks(rx, 3, { maxWait: 5 });
    const first = reader.next();
    tx.trySend(1);
    expect((await first).value).toEqual([1]);
    for (const item of [2, 3, 4, 5]) tx.trySend(item);
    expect((await reader.next()).value).toEqual([2, 3, 4]);
    tx.close();
    expect((await reader.next()).value).toEqual([5]);
    expect((await reader.next()).done).toBe(true);
  });

  test("what was gathered comes before an error; `break` closes the source", async () => {
    const broken = async function* () {
      yield 1;
      throw new Error("disk");
    };
    const reader = stream.chunks(broken(), 2);
    expect((await reader.next()).value).toEqual([1]);
    await expect(reader.next()).rejects.toThrow("disk");
    const { items, state } = counted();
    for await (const _ of stream.chunks(items, 2)) break;
    expect(state.closed).toBe(true);
    await expect(stream.chunks([1], 0).next()).rejects.toThrow(RangeError);
  });
});

describe("throttle and takeUntil", () => {
  test("the pause can be cancelled", async () => {
    const controller = new AbortController();
    const reader = stream.throttle([1, 2], 1e9, { signal: controller.signal });
    expect((await reader.next()).value).toBe(1);
    const second = reader.next();
    await settled();
    controller.abort("stop");
    expect(await rejection(second)).toBe("stop");
  });

  test("takeUntil ends while it waits, and closes the source", async () => {
    const controller = new AbortController();
    const gate = deferred();
    let closed = false;
    const source = (async function* () {
      try {
        yield 1;
        await gate.promise;
        yield 2;
      } finally {
        closed = true;
      }
    })();
    const seen = all(stream.takeUntil(source, controller.signal));
    expect(await stateOf(seen)).toBe("pending");
    controller.abort();
    await settled();
    gate.resolve();
    expect(await seen).toEqual([1]);
    expect(closed).toBe(true);
    expect(listeners(controller.signal)).toBe(0);
    expect(await all(stream.takeUntil([1], controller.signal))).toEqual([]);
    await sleep(0);
  });
});
