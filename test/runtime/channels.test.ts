import { describe, expect, test } from "vitest";
import {
  broadcast,
  channel,
  ClosedError,
  LaggedError,
  oneshot,
  type Receiver,
  select,
  unbounded,
  watch,
} from "../../runtime/index.ts";
import { listeners, rejection, settled, stateOf } from "./steps.ts";

async function all<T>(rx: Receiver<T>): Promise<T[]> {
  const messages: T[] = [];
  for await (const message of rx) messages.push(message);
  return messages;
}

// These are many lines because the hazards of one subject share its helpers, and the list of builds runs file by file.

describe("H10 sending, receiving and closing at the same time", () => {
  test("a receiver that waits gets what is sent, then the end", async () => {
    const { tx, rx } = channel<number>(1);
    const first = rx.recv();
    const second = rx.recv();
    tx.trySend(1);
    tx.close();
    expect(await first).toEqual({ done: false, value: 1 });
    expect(await second).toEqual({ done: true, value: undefined });
  });

  test("the channel ends with its last sender", async () => {
    const { tx, rx } = channel<string>(4);
    const other = tx.clone();
    tx.trySend("a");
    tx.close();
    const end = all(rx);
    expect(await stateOf(end)).toBe("pending");
    other.trySend("b");
    other[Symbol.dispose]();
    other.close();
    expect(await end).toEqual(["a", "b"]);
    expect(() => tx.clone()).toThrow(ClosedError);
  });

  test("a `send` that waits when its sender is closed is still delivered", async () => {
    const { tx, rx } = channel<number>(1);
    await tx.send(1);
    const waiting = tx.send(2);
    tx.close();
    expect(await all(rx)).toEqual([1, 2]);
    await waiting;
  });
});

describe("H11 closing the receiver", () => {
  test("rejects who waits to send, and leaves what was sent", async () => {
    const { tx, rx } = channel<number>(1);
    await tx.send(1);
    const waiting = tx.send(2);
    const { signal } = new AbortController();
    const following = tx.send(3, { signal });
    rx.close();
    expect(await rejection(waiting)).toBeInstanceOf(ClosedError);
    expect(await rejection(following)).toBeInstanceOf(ClosedError);
    expect(listeners(signal)).toBe(0);
    expect(tx.closed).toBe(true);
    expect(tx.trySend(4)).toBe(false);
    expect(await rejection(tx.send(5))).toBeInstanceOf(ClosedError);
    expect(await all(rx)).toEqual([1]);
  });

  test("disposing drops what was sent as well", async () => {
    const { tx, rx } = channel<number>(2);
    await tx.send(1);
    rx[Symbol.dispose]();
    expect((await rx.recv()).done).toBe(true);
  });
});

describe("H12 a branch that loses takes no message", () => {
  test("in a select", async () => {
    const a = channel<string>(1);
    const b = channel<string>(1);
    const wait = select({ a: a.rx, b: b.rx });
    a.tx.trySend("first");
    b.tx.trySend("second");
    expect(await wait).toEqual({ key: "a", value: { done: false, value: "first" } });
    expect(b.rx.tryRecv()).toEqual({ done: false, value: "second" });
  });

  test("nor does a `recv` that was cancelled", async () => {
    const { tx, rx } = channel<number>(1);
    const controller = new AbortController();
    const cancelled = rx.recv({ signal: controller.signal });
    const other = rx.recv();
    controller.abort("left");
    tx.trySend(1);
    expect(await rejection(cancelled)).toBe("left");
    expect(await other).toEqual({ done: false, value: 1 });
  });

  test("and one that was given a message keeps it, whatever its signal does then", async () => {
    const { tx, rx } = channel<number>(1);
    const controller = new AbortController();
    const wait = rx.recv({ signal: controller.signal });
    tx.trySend(1);
    controller.abort();
    expect(await wait).toEqual({ done: false, value: 1 });
  });
});

describe("H21 channels", () => {
  test("hold no more than their capacity; a cancelled send is not sent", async () => {
    const { tx, rx } = channel<number>(2);
    await tx.send(1);
    await tx.send(2);
    expect(tx.trySend(0)).toBe(false);
    const controller = new AbortController();
    const cancelled = tx.send(3, { signal: controller.signal });
    const waiting = tx.send(4);
    expect(rx.size).toBe(2);
    controller.abort("left");
    expect(await rejection(cancelled)).toBe("left");
    tx.close();
    expect(await all(rx)).toEqual([1, 2, 4]);
    await waiting;
  });

  test("of capacity 0 pass each message from hand to hand", async () => {
    const { tx, rx } = channel<number>(0);
    expect(tx.trySend(0)).toBe(false);
    const sending = tx.send(1);
    expect(await stateOf(sending)).toBe("pending");
    expect(rx.size).toBe(1);
    expect(await rx.recv()).toEqual({ done: false, value: 1 });
    await sending;
    const waiting = rx.recv();
    expect(tx.trySend(2)).toBe(true);
    expect((await waiting).value).toBe(2);
    await expect(tx.reserve()).rejects.toThrow(RangeError);
  });

  test("keep a reserved place, which holds the channel open", async () => {
    const { tx, rx } = channel<string>(1);
    const slot = await tx.reserve();
    expect(tx.trySend("too much")).toBe(false);
    const waiting = tx.send("after");
    const next = tx.reserve();
    tx.close();
    slot.send("reserved");
    expect(() => {
      slot.send("twice");
    }).toThrow(TypeError);
    expect((await rx.recv()).value).toBe("reserved");
    expect((await rx.recv()).value).toBe("after");
    await waiting;
    const end = rx.recv();
    expect(await stateOf(end)).toBe("pending");
    (await next)[Symbol.dispose]();
    expect((await end).done).toBe(true);
  });

  test("a reserved place that is given back goes to who waits", async () => {
    const { tx, rx } = channel<number>(1);
    const slot = await tx.reserve();
    const receiving = rx.recv();
    const sending = tx.send(1);
    slot[Symbol.dispose]();
    slot[Symbol.dispose]();
    await sending;
    expect((await receiving).value).toBe(1);
  });

  test("`break` leaves the receiver open", async () => {
    const { tx, rx } = unbounded<number>();
    for (const message of [1, 2, 3]) tx.trySend(message);
    for await (const message of rx) {
      expect(message).toBe(1);
      break;
    }
    tx.close();
    expect(await all(rx)).toEqual([2, 3]);
  });

  test("two receivers share the messages, each in order", async () => {
    const { tx, rx } = channel<number>(1);
    const readers = [all(rx), all(rx)];
    for (let message = 0; message < 20; message++) await tx.send(message);
    tx.close();
    const [one = [], two = []] = await Promise.all(readers);
    expect([...one, ...two].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
    expect(one).toEqual(one.toSorted((a, b) => a - b));
  });

  test("carry undefined and promises as they are", async () => {
    const { tx, rx } = unbounded<unknown>();
    const promise = Promise.resolve("not awaited");
    const thenable = {
      get then() {
        throw new Error("was looked at");
      },
    };
    for (const message of [undefined, promise, thenable]) tx.trySend(message);
    expect(rx.tryRecv()).toEqual({ done: false, value: undefined });
    expect((await rx.recv()).value).toBe(promise);
    const { value } = await rx.recv();
    expect(Object.is(value, thenable)).toBe(true);
    expect(rx.tryRecv()).toBeUndefined();
    tx.close();
    expect(rx.tryRecv()).toEqual({ done: true, value: undefined });
  });

  test("`recvMany` takes what is there, up to so many", async () => {
    const { tx, rx } = unbounded<number>();
    const waiting = rx.recvMany(2);
    for (const message of [1, 2, 3, 4]) tx.trySend(message);
    tx.close();
    expect(await waiting).toEqual([1, 2]);
    expect(await rx.recvMany(2)).toEqual([3, 4].slice(0, 2));
    expect(await rx.recvMany(2)).toEqual([]);
    await expect(rx.recvMany(0)).rejects.toThrow(RangeError);
  });

  test("a capacity that is no count throws", () => {
    for (const capacity of [-1, Number.NaN, 1.5]) {
      expect(() => channel(capacity)).toThrow(RangeError);
      expect(() => broadcast(capacity)).toThrow(RangeError);
    }
    expect(() => broadcast(0)).toThrow(RangeError);
  });
});

describe("H20 broadcast", () => {
  test("counts what was missed, exactly, also when the ring has come round", async () => {
    for (let sent = 0; sent <= 25; sent++) {
      const { tx } = broadcast<number>(5);
      const rx = tx.subscribe();
      for (let message = 0; message < sent; message++) tx.send(message);
      tx.close();
      const missed = Math.max(0, sent - 5);
      if (0 < missed) {
        const error = await rejection(rx.recv());
        expect(error).toBeInstanceOf(LaggedError);
        expect(error).toHaveProperty("missed", missed);
      }
      expect(rx.size).toBe(sent - missed);
      expect(await all(rx)).toEqual(Array.from({ length: sent - missed }, (_, it) => it + missed));
      expect(rx.lagged).toBe(missed);
    }
  });

  test("with `skip` a slow receiver goes on with the oldest that is left", async () => {
    const { tx } = broadcast<number>(2);
    const rx = tx.subscribe({ onLag: "skip" });
    for (const message of [1, 2, 3]) tx.send(message);
    expect((await rx.recv()).value).toBe(2);
    expect(rx.lagged).toBe(1);
  });

  test("a slow receiver holds up nobody", async () => {
    const { tx } = broadcast<number>(1);
    tx.subscribe();
    const fast = tx.subscribe();
    for (let message = 0; message < 10; message++) {
      const next = fast.recv();
      expect(tx.send(message)).toBe(2);
      expect((await next).value).toBe(message);
    }
  });

  test("who leaves, before or while a message comes, is not counted", async () => {
    const { tx } = broadcast<number>(4);
    const staying = tx.subscribe();
    const leaving = tx.subscribe();
    const waiting = leaving.recv();
    tx.send(1);
    leaving.close();
    leaving.close();
    expect((await waiting).value).toBe(1);
    expect(tx.send(2)).toBe(1);
    expect((await leaving.recv()).done).toBe(true);
    expect(await staying.recvMany(9)).toEqual([1, 2]);
    staying[Symbol.dispose]();
    expect(tx.send(3)).toBe(0);
    tx.close();
    expect(tx.send(4)).toBe(0);
  });

  test("a receiver with several who wait serves them in order", async () => {
    const { tx } = broadcast<number>(4);
    const rx = tx.subscribe();
    const waits = [rx.recv(), rx.recv(), rx.recv()];
    tx.send(1);
    tx.send(2);
    tx.close();
    expect(await Promise.all(waits)).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
  });
});

describe("H20 watch", () => {
  test("misses no last value", async () => {
    const { tx, subscribe } = watch(0);
    const view = subscribe();
    const seen: number[] = [];
    const watching = (async () => {
      for await (const value of view) {
        seen.push(value);
        await settled(1);
      }
    })();
    await settled(1);
    for (const value of [1, 2, 3]) tx.send(value);
    await settled(5);
    tx.update((value) => value + 1);
    tx.close();
    await watching;
    expect(seen.at(-1)).toBe(4);
    expect(seen).toEqual([0, 3, 4]);
  });

  test("a value that equals the last is no news", async () => {
    const { tx, subscribe } = watch({ id: 1 }, { equals: (a, b) => a.id === b.id });
    const view = subscribe();
    const change = view.changed();
    tx.send({ id: 1 });
    expect(await stateOf(change)).toBe("pending");
    tx.send({ id: 2 });
    expect(await change).toBe(true);
    tx.close();
    expect(await view.changed()).toBe(false);
    tx.send({ id: 3 });
    expect(view.value.id).toBe(2);
  });

  test("`waitFor` looks at the present value first, and rejects when none will come", async () => {
    const { tx, subscribe } = watch(1);
    const view = subscribe();
    expect(await view.waitFor((value) => value === 1)).toBe(1);
    const wait = view.waitFor((value) => 2 < value);
    tx.send(2);
    await settled();
    tx.send(3);
    expect(await wait).toBe(3);
    const never = view.waitFor((value) => value < 0);
    tx.close();
    expect(await rejection(never)).toBeInstanceOf(ClosedError);
    const signal = AbortSignal.abort("gone");
    expect(await rejection(view.changed({ signal }))).toBe("gone");
    expect(await rejection(view.waitFor(() => true, { signal }))).toBe("gone");
  });

  test("a select over it sees each version once", async () => {
    const { tx, subscribe } = watch("a");
    const view = subscribe();
    const wait = select({ view });
    tx.send("b");
    tx.send("c");
    expect((await wait).value).toBe("b");
    expect((await select({ view })).value).toBe("c");
    const last = select({ view });
    tx.close();
    expect(await rejection(last)).toBeInstanceOf(ClosedError);
    expect(await rejection(select({ view }))).toBeInstanceOf(ClosedError);
  });
});

describe("oneshot", () => {
  test("gives the value as often as it is asked for", async () => {
    const { tx, rx } = oneshot<number>();
    const waiting = rx.recv();
    expect(tx.send(1)).toBe(true);
    expect(tx.send(2)).toBe(false);
    expect([await waiting, await rx, (await select({ rx })).value]).toEqual([1, 1, 1]);
  });

  test("is never unhandled: who receives later hears of the error", async () => {
    const { tx, rx } = oneshot<number>();
    tx.close(new Error("no answer"));
    await settled();
    await expect(rx).rejects.toThrow("no answer");
    expect(await rejection(select({ rx }))).toHaveProperty("message", "no answer");
  });

  test("tells the sender when nobody will receive", async () => {
    const { tx, rx } = oneshot<number>();
    const waiting = rx.recv();
    const selecting = select({ rx });
    rx.close();
    expect(tx.receiverGone).toBe(true);
    expect(tx.send(1)).toBe(false);
    expect(await rejection(waiting)).toBeInstanceOf(ClosedError);
    expect(await rejection(selecting)).toBeInstanceOf(ClosedError);
    const other = oneshot<number>();
    other.tx.send(1);
    other.rx.close();
    expect(other.tx.receiverGone).toBe(false);
  });

  test("a cancelled wait leaves the value there", async () => {
    const { tx, rx } = oneshot<number>();
    const controller = new AbortController();
    const waiting = rx.recv({ signal: controller.signal });
    controller.abort("left");
    expect(await rejection(waiting)).toBe("left");
    tx.send(1);
    expect(await rx.recv()).toBe(1);
  });
});

describe("H29 loops that always find something ready let others have a turn", () => {
  test("receiving", async () => {
    const { tx, rx } = unbounded<number>();
    for (let message = 0; message < 5000; message++) tx.trySend(message);
    let turned = false;
    setImmediate(() => (turned = true));
    for (let message = 0; message < 5000; message++) await rx.recv();
    expect(turned).toBe(true);
  });

  test("sending to a receiver that keeps up", async () => {
    const { tx, rx } = channel<number>(1);
    let turned = false;
    setImmediate(() => (turned = true));
    const reading = (async () => {
      for await (const message of rx) if (message === 4999) break;
    })();
    for (let message = 0; message < 5000; message++) await tx.send(message);
    await reading;
    expect(turned).toBe(true);
  });

  test("many loops at a time, which the turn must stop all together", async () => {
    let turns = 0;
    let over = false;
    const count = () => {
      turns++;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const { tx, rx } = channel<number>(1);
        for (let message = 0; message < 200; message++) {
          await tx.send(message);
          await rx.recv();
        }
      }),
    );
    over = true;
    expect(turns).toBeGreaterThanOrEqual(20);
  });
});
