import { channel, mapLimit, Mutex } from "../../../runtime/index.ts";
import { check, type Scenario } from "./scenarios.ts";

// What goes wrong in the program that uses the primitives, and not in them.

export const ownDeadlocks: Readonly<Record<"locks again" | "two orders", Scenario>> = {
  "locks again": async (stage, pause) => {
    const mutex = new Mutex();
    await stage.spawn("holder", () =>
      mutex.runExclusive(async () => {
        await pause();
        await mutex.lock();
      }),
    );
  },

  "two orders": async (stage, pause) => {
    const [a, b] = [new Mutex(), new Mutex()];
    const task = (first: Mutex, second: Mutex) => async () => {
      const outer = await first.lock();
      await pause();
      const inner = await second.lock();
      inner.release();
      outer.release();
    };
    await Promise.all([stage.spawn("one", task(a, b)), stage.spawn("other", task(b, a))]);
  },
};

export const manyReady: Scenario = async (stage) => {
  const { tx, rx } = channel<number>(1);
  let count = 0;
  await stage.spawn("all", async () => {
    for (let message = 0; message < 3000; message++) {
      await tx.send(message);
      await rx.recv();
    }
    await mapLimit(Array.from({ length: 3000 }), 4, () => void count++);
  });
  check(count === 3000, `${count} of 3000`);
};
