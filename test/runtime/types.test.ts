import { expectTypeOf, test } from "vitest";
import {
  after,
  aborted,
  batcher,
  broadcast,
  channel,
  type Guard,
  joinAll,
  limiter,
  mapLimit,
  Mutex,
  type MutexGuard,
  once,
  oneshot,
  type Outcome,
  partition,
  type Received,
  type Receiver,
  ResourcePool,
  RwLock,
  scope,
  select,
  spawn,
  stream,
  type Task,
  TaskGroup,
  timeout,
  tryJoin,
  watch,
} from "../../runtime/index.ts";

// These functions are compiled and never called.

test("the types of what is owned, joined and selected", () => {
  expectTypeOf<MutexGuard<void>>().toEqualTypeOf<Guard>();
  expectTypeOf(new Mutex(1).lock()).resolves.toHaveProperty("value").toEqualTypeOf<number>();
  expectTypeOf(new Mutex<string[]>([]).runExclusive((it) => it.length)).resolves.toBeNumber();
  expectTypeOf(new Mutex().tryLock()).toEqualTypeOf<Guard | undefined>();
  // @ts-expect-error a mutex that owns a value is made with it
  expectTypeOf(new Mutex<number>());
  expectTypeOf(new RwLock("").read()).resolves.toHaveProperty("value").toBeString();
  expectTypeOf(new RwLock("").write())
    .resolves.toHaveProperty("downgrade")
    .returns.toHaveProperty("value")
    .toBeString();
});

export async function joined() {
  const tuple = await tryJoin([() => 1, async () => "two", (signal) => signal.aborted]);
  expectTypeOf(tuple).toEqualTypeOf<[number, string, boolean]>();
  const record = await tryJoin({ a: () => 1, b: async () => "two" });
  expectTypeOf(record).toEqualTypeOf<{ a: number; b: string }>();
  const outcomes = await joinAll([() => 1, async () => "two"]);
  expectTypeOf(outcomes).toEqualTypeOf<[Outcome<number>, Outcome<string>]>();
  const [first] = outcomes;
  if (first.status === "ok") expectTypeOf(first.value).toBeNumber();
  else if (first.status === "error") expectTypeOf(first.error).toBeUnknown();
  else expectTypeOf(first.reason).toBeUnknown();
  expectTypeOf(partition([first])).toEqualTypeOf<{
    values: number[];
    errors: unknown[];
    cancelled: unknown[];
  }>();
  const works: readonly (() => Promise<Date>)[] = [];
  expectTypeOf(await tryJoin(works)).toEqualTypeOf<Date[]>();
}

export async function selected(rx: Receiver<Date>, signal: AbortSignal) {
  const winner = await select({
    message: rx,
    late: after(5),
    stop: aborted(signal),
    answer: async () => 42,
    task: spawn(() => "done"),
    once: oneshot<boolean>().rx,
  });
  if (winner.key === "message") expectTypeOf(winner.value).toEqualTypeOf<Received<Date>>();
  if (winner.key === "late") expectTypeOf(winner.value).toBeVoid();
  if (winner.key === "stop") expectTypeOf(winner.value).toBeUnknown();
  if (winner.key === "answer") expectTypeOf(winner.value).toBeNumber();
  if (winner.key === "task") expectTypeOf(winner.value).toBeString();
  if (winner.key === "once") expectTypeOf(winner.value).toBeBoolean();
  // @ts-expect-error a bare promise can be neither cancelled nor left
  await select({ bare: Promise.resolve(1) });
}

export async function passed() {
  const { rx } = channel<number>(1);
  const received = await rx.recv();
  if (received.done !== true) expectTypeOf(received.value).toBeNumber();
  for await (const message of rx) expectTypeOf(message).toBeNumber();
  expectTypeOf(broadcast<string>(1).tx.subscribe().recvMany(2)).resolves.toEqualTypeOf<string[]>();
  expectTypeOf(watch({ a: 1 }).subscribe().value).toEqualTypeOf<{ a: number }>();
  for await (const chunk of stream.chunks(rx, 2)) expectTypeOf(chunk).toEqualTypeOf<number[]>();
  for await (const text of stream.buffered(rx, 2, (it) => String(it))) {
    expectTypeOf(text).toBeString();
  }
}

export async function limited() {
  expectTypeOf(await mapLimit(new Set([1]), 2, async (it) => String(it))).toEqualTypeOf<string[]>();
  const outcomes = await mapLimit([1], 2, (it) => it, { errors: "collect" });
  expectTypeOf(outcomes).toEqualTypeOf<Outcome<number>[]>();
  const limit = limiter(1);
  expectTypeOf(limit((a: number, b: string) => a + b.length, 1, "b")).resolves.toBeNumber();
  // @ts-expect-error the arguments are those of the function
  await limit((a: number) => a, "text");
  expectTypeOf(timeout(1, (signal) => signal)).resolves.toEqualTypeOf<AbortSignal>();
  expectTypeOf(once(() => 1)({ signal: undefined })).resolves.toBeNumber();
  const pool = new ResourcePool({ create: async () => new Date(), max: 1 });
  expectTypeOf(pool.use((it) => it.getTime())).resolves.toBeNumber();
  const load = batcher(async (ids: readonly number[]) => ids.map((id) => ({ id })));
  expectTypeOf(load(1)).resolves.toEqualTypeOf<{ id: number }>();
}

export async function grouped() {
  expectTypeOf(spawn(async () => 1)).toEqualTypeOf<Task<number>>();
  expectTypeOf(await scope((s) => s.spawn(() => "text"))).toBeString();
  expectTypeOf(await scope(() => 1)).toBeNumber();
  const group = new TaskGroup<number>();
  expectTypeOf(await group.join()).toEqualTypeOf<number[]>();
  expectTypeOf(await group.joinNext()).toEqualTypeOf<Outcome<number> | undefined>();
  // @ts-expect-error the tasks of a group have results of one type
  group.spawn(() => "text");
  // @ts-expect-error a signal is passed as an option
  await new Mutex().lock(AbortSignal.abort());
}
