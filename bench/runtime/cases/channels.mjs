// Messages between tasks.

const messages = 100_000;

export const rows = [
  {
    id: "channel-bounded",
    title: "bounded channel (64), awaited send",
    goals: [
      { against: "PassThrough", must: 0.65, stretch: 0.5 },
      { against: "ts-chan", must: 1 / 12 },
    ],
    cases: {
      ours: async () => {
        const { channel } = await import("mooring-runtime");
        return async () => {
          const { tx, rx } = channel(64);
          const producer = (async () => {
            for (let index = 0; index < messages; index++) await tx.send(index);
            tx.close();
          })();
          let count = 0;
          for await (const _ of rx) count++;
          await producer;
          return count;
        };
      },
      PassThrough: async () => {
        const { PassThrough } = await import("node:stream");
        const { once } = await import("node:events");
        return async () => {
          const pipe = new PassThrough({ objectMode: true, highWaterMark: 64 });
          void (async () => {
            for (let index = 0; index < messages; index++) {
              if (!pipe.write(index)) await once(pipe, "drain");
            }
            pipe.end();
          })();
          let count = 0;
          for await (const _ of pipe) count++;
          return count;
        };
      },
      "ts-chan": async () => {
        const { Chan } = await import("ts-chan");
        return async () => {
          const pipe = new Chan(64);
          const producer = (async () => {
            for (let index = 0; index < messages / 5; index++) await pipe.send(index);
            pipe.close();
          })();
          let count = 0;
          for await (const _ of pipe) count++;
          await producer;
          return count;
        };
      },
    },
  },
  {
    id: "channel-unbounded",
    title: "unbounded: put 100,000 in, then take them out",
    goals: [{ against: "it-pushable", must: 0.85, stretch: 0.65 }],
    cases: {
      ours: async () => {
        const { unbounded } = await import("mooring-runtime");
        return async () => {
          const { tx, rx } = unbounded();
          for (let index = 0; index < messages; index++) tx.trySend(index);
          tx.close();
          let count = 0;
          for await (const _ of rx) count++;
          return count;
        };
      },
      "ours, tryRecv": async () => {
        const { unbounded } = await import("mooring-runtime");
        return async () => {
          const { tx, rx } = unbounded();
          for (let index = 0; index < messages; index++) tx.trySend(index);
          let count = 0;
          while (rx.tryRecv() !== undefined) count++;
          return count;
        };
      },
      "it-pushable": async () => {
        const { pushable } = await import("it-pushable");
        return async () => {
          const source = pushable({ objectMode: true });
          for (let index = 0; index < messages; index++) source.push(index);
          source.end();
          let count = 0;
          for await (const _ of source) count++;
          return count;
        };
      },
    },
  },
  {
    id: "broadcast",
    title: "broadcast to 10, per delivery",
    goals: [
      { against: "events.on", must: 0.9, stretch: 0.6 },
      { against: "effect PubSub", must: 1 / 4 },
    ],
    cases: {
      ours: async () => {
        const { broadcast } = await import("mooring-runtime");
        return async () => {
          const { tx } = broadcast(16_384);
          let count = 0;
          const subscribers = Array.from({ length: 10 }, async () => {
            for await (const _ of tx.subscribe()) count++;
          });
          for (let index = 0; index < 10_000; index++) {
            tx.send(index);
            if (index % 64 === 0) await undefined;
          }
          tx.close();
          await Promise.all(subscribers);
          return count;
        };
      },
      "ours, a turn after each": async () => {
        const { broadcast } = await import("mooring-runtime");
        return async () => {
          const { tx } = broadcast(16_384);
          let count = 0;
          const subscribers = Array.from({ length: 10 }, async () => {
            for await (const _ of tx.subscribe()) count++;
          });
          for (let index = 0; index < 10_000; index++) {
            tx.send(index);
            await undefined;
            await undefined;
          }
          tx.close();
          await Promise.all(subscribers);
          return count;
        };
      },
      "events.on": async () => {
        const { EventEmitter, on } = await import("node:events");
        return async () => {
          const emitter = new EventEmitter();
          let count = 0;
          const subscribers = Array.from({ length: 10 }, async () => {
            let own = 0;
            for await (const _ of on(emitter, "message")) {
              count++;
              if (++own === 10_000) break;
            }
          });
          for (let index = 0; index < 10_000; index++) {
            emitter.emit("message", index);
            if (index % 64 === 0) await undefined;
          }
          await Promise.all(subscribers);
          return count;
        };
      },
      "effect PubSub": async () => {
        const { Effect, PubSub, Fiber } = await import("effect");
        const fork = Effect.forkChild ?? Effect.fork;
        return () =>
          Effect.runPromise(
            Effect.scoped(
              Effect.gen(function* () {
                const hub = yield* PubSub.bounded(16_384);
                let count = 0;
                const fibers = [];
                for (let index = 0; index < 10; index++) {
                  const subscription = yield* PubSub.subscribe(hub);
                  const reader = Effect.gen(function* () {
                    for (let own = 0; own < 10_000; own++) {
                      yield* PubSub.take(subscription);
                      count++;
                    }
                  });
                  fibers.push(yield* fork(reader));
                }
                for (let index = 0; index < 10_000; index++) yield* PubSub.publish(hub, index);
                for (const fiber of fibers) yield* Fiber.join(fiber);
                return count;
              }),
            ),
          );
      },
    },
  },
  {
    id: "select",
    title: "select of two, the first ready",
    goals: [{ against: "ts-chan Select", must: 1 }],
    cases: {
      ours: async () => {
        const { channel, select } = await import("mooring-runtime");
        return async () => {
          const a = channel(1);
          const b = channel(1);
          for (let index = 0; index < 10_000; index++) {
            a.tx.trySend(index);
            await select({ a: a.rx, b: b.rx });
          }
          return 10_000;
        };
      },
      "ts-chan Select": async () => {
        const { Chan, Select, recv } = await import("ts-chan");
        return async () => {
          const a = new Chan(1);
          const b = new Chan(1);
          for (let index = 0; index < 5_000; index++) {
            a.trySend(index);
            const choice = new Select([recv(a), recv(b)]);
            await choice.wait();
          }
          return 5_000;
        };
      },
    },
  },
];
