/* oxlint-disable no-await-in-loop -- What other threads do is waited for, one thing after another. */
import { describe, expect, test } from "vitest";
import { turn } from "../../../runtime/core/pace.ts";
import { ClosedError } from "../../../runtime/core/errors.ts";
import { AtomicFlag } from "../../../runtime/shared/atomic-flag.ts";
import { sharedChannel } from "../../../runtime/shared/shared-channel.ts";
import { newController } from "../workers/tasks.ts";
import { thread } from "./threads.ts";

const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all);

describe("sharedChannel", () => {
  test("H10, H21: each message arrives once, whole and in order, through a small channel", async () => {
    const { tx, rx } = sharedChannel({ capacityBytes: 64 });
    const sender = `
      const { tx } = sharedChannel({ buffer: data.buffer });
      for (let i = 0; i < 600; i++) {
        const message = new Uint8Array(3 + (i * 7) % 40).fill(i);
        message[0] = data.sender; message[1] = i >>> 8; message[2] = i;
        if (i % 3 === 0) tx.sendSync(message);
        else if (i % 3 === 1) await tx.send(message);
        else {
          const controller = new AbortController();
          const sending = tx.send(message, { signal: controller.signal });
          controller.abort("again");
          if (await sending.then(() => false, () => true)) await tx.send(message);
        }
      }
      return "sent";`;
    const receiver = `
      const { rx } = sharedChannel({ buffer: data.buffer });
      const all = [];
      for (let turn = 0; ; turn++) {
        const message = turn % 2 === 0 ? rx.recvSync() : (await rx.recv()).value;
        if (message === undefined) return all;
        for (let at = 3; at < message.length; at++) if (message[at] !== message[2]) throw new Error("torn");
        all.push([message[0], message[1] * 256 + message[2]]);
      }`;
    const { buffer } = tx;
    const senders = [0, 1].map((it) => thread(sender, { buffer, sender: it }).done);
    const other = thread(receiver, { buffer }).done;
    const here: [number, number][] = [];
    const mine = (async () => {
      for await (const it of rx) here.push([it[0] ?? 0, (it[1] ?? 0) * 256 + (it[2] ?? 0)]);
    })();
    await Promise.all(senders);
    tx.close();
    await mine;
    // Sound: this is what the receiver's body returns.
    const there = (await other) as [number, number][];
    for (const which of [0, 1]) {
      const numbers = (all: [number, number][]): number[] =>
        all.filter(([it]) => it === which).map(([, it]) => it);
      for (const all of [numbers(here), numbers(there)]) {
        expect(all).toEqual(all.toSorted((a, b) => a - b));
      }
      const both = [...numbers(here), ...numbers(there)].toSorted((a, b) => a - b);
      expect(both).toEqual(Array.from({ length: 600 }, (_, i) => i));
    }
  });

  test("H2, H3, H21: cancelled sends have sent nothing, cancelled receives have taken nothing", async () => {
    const { tx, rx } = sharedChannel({ capacityBytes: 8 });
    const controller = newController();
    const { signal } = controller;
    const receiving = rx.recv({ signal });
    controller.abort("stop");
    await expect(receiving).rejects.toBe("stop");
    await tx.send(bytes(1, 2, 3, 4));
    const second = newController();
    const sending = tx.send(bytes(9), { signal: second.signal });
    await turn();
    second.abort("full");
    await expect(sending).rejects.toBe("full");
    await expect(rx.recv({ signal })).rejects.toBe("stop");
    expect(rx.recvSync()).toEqual(bytes(1, 2, 3, 4));
    await tx.send(bytes());
    expect(await rx.recv()).toEqual({ value: bytes() });
  });

  test("sends and receives of one thread do not wait behind each other", async () => {
    const { tx, rx } = sharedChannel({ capacityBytes: 16 });
    const receiving = [rx.recv(), rx.recv(), rx.recv()];
    for (const it of [1, 2, 3]) await tx.send(bytes(it));
    expect((await Promise.all(receiving)).map((it) => it.value)).toEqual([
      bytes(1),
      bytes(2),
      bytes(3),
    ]);
  });

  test("H11, H13: close rejects who sends, and ends who receives after what was sent", async () => {
    const { tx, rx } = sharedChannel({ capacityBytes: 8 });
    await tx.send(bytes(1, 2, 3));
    const waiting = tx.send(bytes(4, 5));
    const blocked = new AtomicFlag();
    const { done } = thread(
      `const { tx } = sharedChannel({ buffer: data.buffer });
       new AtomicFlag(data.blocked).set();
       try { tx.sendSync(new Uint8Array(4)); } catch (error) { return error.name; }`,
      { buffer: tx.buffer, blocked: blocked.buffer },
    );
    await blocked.wait();
    tx.close();
    tx.close();
    await expect(waiting).rejects.toBeInstanceOf(ClosedError);
    await expect(tx.send(bytes(1))).rejects.toBeInstanceOf(ClosedError);
    expect(await done).toBe("ClosedError");
    expect(tx.closed).toBe(true);
    expect(rx.recvSync()).toEqual(bytes(1, 2, 3));
    expect(rx.recvSync()).toBeUndefined();
    expect((await rx.recv()).done).toBe(true);
  });

  test("a capacity or a message beyond the limits is a RangeError", async () => {
    for (const bad of [0, -1, Number.NaN, 2 ** 31]) {
      expect(() => sharedChannel({ capacityBytes: bad })).toThrow(RangeError);
    }
    const { tx } = sharedChannel({ capacityBytes: 9 });
    await expect(tx.send(new Uint8Array(13))).rejects.toBeInstanceOf(RangeError);
    await tx.send(new Uint8Array(12));
  });
});
