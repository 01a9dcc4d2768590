import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import {
  CancelledError,
  ClosedError,
  joinAll,
  mapLimit,
  onLateError,
  type Scope,
  scope,
  select,
  spawn,
  type Task,
  TaskGroup,
  tryJoin,
} from "../../runtime/index.ts";
import { deferred, listeners, rejection, settled, stateOf } from "./steps.ts";

/** Ends when its signal aborts, and not before. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason);
    });
  });

const fails = (message: string) => () => Promise.reject(new Error(message));

// These are many lines because the hazards of one subject share its helpers, and the list of builds runs file by file.

describe("spawn", () => {
  test("holds a failure until it is asked for, and tells failed from cancelled", async () => {
    const failed = spawn(fails("boom"));
    const thrown = spawn(() => {
      throw new Error("at once");
    });
    await settled();
    expect(failed.status).toBe("error");
    await expect(failed).rejects.toThrow("boom");
    await expect(thrown.join()).rejects.toThrow("at once");
    const cancelled = spawn(untilAborted);
    expect(cancelled.status).toBe("running");
    cancelled.abort("enough");
    expect(await cancelled.outcome()).toEqual({ status: "cancelled", reason: "enough" });
    expect(await rejection(cancelled)).toBe("enough");
  });

  test("a value that comes in spite of an abort counts, and so does another error", async () => {
    const gate = deferred();
    const stubborn = spawn(() => gate.promise.then(() => 1));
    const broken = spawn((signal) => untilAborted(signal).catch(fails("while stopping")));
    stubborn.abort();
    broken.abort();
    gate.resolve();
    expect(await stubborn.outcome()).toEqual({ status: "ok", value: 1 });
    await expect(broken).rejects.toThrow("while stopping");
  });

  test("is aborted with the signal given; one that has aborted starts nothing", async () => {
    const controller = new AbortController();
    const task = spawn(untilAborted, { signal: controller.signal, name: "poll" });
    controller.abort("stop");
    expect(await task.outcome()).toEqual({ status: "cancelled", reason: "stop" });
    let started = false;
    const late = spawn(() => (started = true), { signal: controller.signal });
    expect((await late.outcome()).status).toBe("cancelled");
    expect([started, task.name, listeners(controller.signal)]).toEqual([false, "poll", 0]);
  });

  test("waiting for it can be cancelled, which leaves it alone", async () => {
    const gate = deferred<number>();
    const task = spawn(() => gate.promise);
    const controller = new AbortController();
    const wait = task.join({ signal: controller.signal });
    controller.abort("left");
    expect(await rejection(wait)).toBe("left");
    gate.resolve(1);
    expect(await task).toBe(1);
  });

  test("`await using` aborts and waits; after `detach` it does nothing, and errors are reported", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const cleaned: string[] = [];
    const gate = deferred();
    {
      await using task = spawn(async (signal) => {
        await untilAborted(signal).catch(() => {});
        cleaned.push("cleaned");
      });
      await using left = spawn(async () => {
        await gate.promise;
        throw new Error("in the background");
      });
      left.detach();
      expect(task.status).toBe("running");
    }
    expect(cleaned).toEqual(["cleaned"]);
    gate.resolve();
    await settled();
    expect(String(late)).toContain("in the background");
    const failed = spawn(fails("before"));
    await settled();
    failed.detach();
    expect(late).toHaveLength(2);
  });

  test("an error that nobody ever asks for is reported when the handle is collected", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    (() => {
      spawn(fails("forgotten"));
    })();
    const { gc } = globalThis;
    if (gc === undefined) return;
    for (let round = 0; round < 10 && late.length === 0; round++) {
      gc();
      await settled();
    }
    expect(String(late)).toContain("forgotten");
  });

  test("can be a branch of select", async () => {
    const task = spawn(async () => 7);
    expect(await select({ task })).toEqual({ key: "task", value: 7 });
    const failing = spawn(fails("boom"));
    await expect(select({ failing })).rejects.toThrow("boom");
    await expect(select({ failing })).rejects.toThrow("boom");
  });
});

describe("H22 scope", () => {
  test("an error of a task that the body awaits is one error, and not a late one as well", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const error = new Error("down");
    const body = (s: Scope): Promise<never> => s.spawn(() => Promise.reject(error)).join();
    expect(await rejection(scope(body))).toBe(error);
    const all = await rejection(scope(body, { onError: "collect" }));
    expect(all).toMatchObject({ errors: [error], cause: error });
    expect(late).toEqual([]);
  });

  test("an error cancels the siblings, waits for all of them, and comes out", async () => {
    const log: string[] = [];
    const run = scope(async (s) => {
      s.spawn(async (signal) => {
        await untilAborted(signal).catch(() => {});
        await settled();
        log.push("sibling cleaned up");
      });
      s.spawn(fails("first"));
      await untilAborted(s.signal);
    });
    await expect(run).rejects.toThrow("first");
    expect(log).toEqual(["sibling cleaned up"]);
  });

  test("the first error comes out and the others are reported; with `collect` all come out", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const body = (s: { spawn: (work: () => Promise<never>) => unknown }) => {
      s.spawn(fails("one"));
      s.spawn(fails("two"));
    };
    await expect(scope(body)).rejects.toThrow("one");
    expect(String(late)).toContain("two");
    const collected = await rejection(scope(body, { onError: "collect" }));
    expect(collected).toBeInstanceOf(AggregateError);
    expect(collected).toHaveProperty("errors.length", 2);
    const single = await rejection(scope(fails("alone"), { onError: "collect" }));
    expect(single).toBeInstanceOf(AggregateError);
  });

  test("an error of the body aborts the tasks, and one of a task beats its echo in the body", async () => {
    let aborted = false;
    const run = scope((s) => {
      s.spawn((signal) => untilAborted(signal).catch(() => (aborted = true)));
      throw new Error("body");
    });
    await expect(run).rejects.toThrow("body");
    expect(aborted).toBe(true);
    const echo = scope(async (s) => {
      s.spawn(fails("task"));
      await untilAborted(s.signal);
    });
    await expect(echo).rejects.toThrow("task");
  });

  test("a cancellation from outside that coincides with a failure hides neither", async () => {
    const controller = new AbortController();
    const run = scope(
      (s) => {
        s.spawn((signal) => untilAborted(signal).catch(fails("while stopping")));
        return untilAborted(s.signal);
      },
      { signal: controller.signal },
    );
    controller.abort("outside");
    await expect(run).rejects.toThrow("while stopping");
    expect(controller.signal.aborted).toBe(true);
    expect(await rejection(scope(() => 1, { signal: controller.signal }))).toBe("outside");
    const plain = new AbortController();
    const cancelled = scope((s) => untilAborted(s.signal), { signal: plain.signal });
    plain.abort("outside");
    expect(await rejection(cancelled)).toBe("outside");
    expect(listeners(plain.signal)).toBe(0);
  });

  test("a task spawned during the teardown does not start, and is waited for", async () => {
    let started = false;
    let child: Task<unknown> | undefined;
    const run = scope(async (s) => {
      s.spawn(async (signal) => {
        await untilAborted(signal).catch(() => {});
        child = s.spawn(() => (started = true));
      });
      throw new Error("body");
    });
    await expect(run).rejects.toThrow("body");
    expect([started, child?.status]).toEqual([false, "cancelled"]);
  });

  test("after its end nothing can be spawned", async () => {
    const escaped = await scope((s) => [s]);
    expect(() => escaped[0]?.spawn(() => 1)).toThrow(ClosedError);
  });

  test("`cancel` stops helpers, and the value of the body counts", async () => {
    const result = await scope(async (s) => {
      s.spawn(untilAborted);
      await settled(1);
      s.cancel();
      return 42;
    });
    expect(result).toBe(42);
    const stopped = scope((s) => {
      s.cancel("no more");
      return untilAborted(s.signal.aborted ? AbortSignal.abort() : s.signal).catch(() =>
        s.signal.throwIfAborted(),
      );
    });
    void stopped.catch(() => {});
    expect(await stateOf(stopped)).not.toBe("ok");
  });

  test("with grace it does not wait for ever; what is left behind is detached", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const gate = deferred();
    const run = scope(
      (s) => {
        s.spawn(() => gate.promise.then(fails("much later")));
        throw new Error("body");
      },
      { graceMs: 5 },
    );
    await expect(run).rejects.toThrow("body");
    gate.resolve();
    await settled();
    expect(String(late)).toContain("much later");
  });

  test("H11 cleanups run after the last task, last in, first out, and before it settles", async () => {
    const log: string[] = [];
    const value = await scope(async (s) => {
      s.use({ [Symbol.dispose]: () => log.push("resource") });
      s.use({
        [Symbol.asyncDispose]: async () => {
          await settled(1);
          log.push("connection");
        },
      });
      s.defer(() => {
        log.push("deferred");
      });
      s.spawn(async () => {
        await settled();
        log.push("task");
      });
      return "done";
    });
    expect([value, ...log]).toEqual(["done", "task", "deferred", "connection", "resource"]);
    const failing = scope((s) => {
      s.defer(fails("cleanup"));
      return 1;
    });
    await expect(failing).rejects.toThrow("cleanup");
  });

  test("the time limit is a TimeoutError", async () => {
    const run = scope((s) => untilAborted(s.signal), { timeout: 5 });
    expect(await rejection(run)).toHaveProperty("name", "TimeoutError");
  });
});

describe("H22 TaskGroup", () => {
  test("gives outcomes as tasks finish, and one failure leaves the others alone", async () => {
    const group = new TaskGroup<string>();
    const gates = [deferred<string>(), deferred<string>()];
    for (const gate of gates) group.spawn(() => gate.promise);
    group.spawn(fails("boom"));
    gates[1]?.resolve("second");
    await settled();
    gates[0]?.resolve("first");
    const seen: string[] = [];
    for await (const outcome of group) {
      seen.push(outcome.status === "ok" ? outcome.value : outcome.status);
    }
    expect(seen).toEqual(["error", "second", "first"]);
    expect(group.size).toBe(0);
  });

  test("`join` gives values in the order of spawning, and the first error aborts the rest", async () => {
    const group = new TaskGroup<number>({ limit: 2 });
    for (const value of [1, 2, 3]) group.spawn(async () => value);
    expect(await group.join()).toEqual([1, 2, 3]);
    expect(() => group.spawn(async () => 4)).toThrow(ClosedError);
    const failing = new TaskGroup<never>();
    const sibling = failing.spawn(untilAborted);
    failing.spawn(fails("boom"));
    await expect(failing.join()).rejects.toThrow("boom");
    expect(sibling.status).toBe("cancelled");
  });

  test("two tasks that throw the same text count as two", async () => {
    const group = new TaskGroup<unknown>({ onError: "collect" });
    for (const _ of [1, 2]) {
      group.spawn(() => {
        throw "no answer";
      });
    }
    expect(await rejection(group.join())).toHaveProperty("errors", ["no answer", "no answer"]);
    const awaited = scope(
      async (s) => {
        await s.spawn(() => {
          throw "no answer";
        });
      },
      { onError: "collect" },
    );
    // Not twice when the body passes on what it awaits.
    expect(await rejection(awaited)).toHaveProperty("errors", ["no answer"]);
  });

  test("with `collect` join waits for all and gives all errors", async () => {
    const group = new TaskGroup<unknown>({ onError: "collect" });
    const gate = deferred<number>();
    const slow = group.spawn(() => gate.promise);
    group.spawn(fails("one"));
    group.spawn(fails("two"));
    const joined = group.join();
    expect(await stateOf(joined.catch(() => {}))).toBe("pending");
    gate.resolve(1);
    expect(await rejection(joined)).toHaveProperty("errors.length", 2);
    expect(slow.status).toBe("ok");
  });

  test("with `cancel-siblings` a failure aborts the rest at once", async () => {
    const group = new TaskGroup<never>({ onError: "cancel-siblings" });
    const sibling = group.spawn(untilAborted);
    group.spawn(fails("boom"));
    expect((await sibling.outcome()).status).toBe("cancelled");
    expect((await group.joinNext())?.status).toBe("error");
    await group.shutdown();
  });

  test("tasks wait for their turn, and end at once when they are aborted before it", async () => {
    const group = new TaskGroup<number>({ limit: 1 });
    const gate = deferred<number>();
    const started: number[] = [];
    const first = group.spawn(() => gate.promise);
    const second = group.spawn(() => started.push(2));
    const third = group.spawn(() => started.push(3));
    second.abort("not wanted");
    expect((await second.outcome()).status).toBe("cancelled");
    expect(first.status).toBe("running");
    gate.resolve(1);
    await third;
    expect(started).toEqual([3]);
    await group.shutdown();
  });

  test("several `joinNext` each get one outcome, and undefined when there are no more", async () => {
    const group = new TaskGroup<number>();
    const gate = deferred<number>();
    group.spawn(() => gate.promise);
    const controller = new AbortController();
    const waits = [group.joinNext(), group.joinNext()];
    const cancelled = group.joinNext({ signal: controller.signal });
    controller.abort("left");
    expect(await rejection(cancelled)).toBe("left");
    gate.resolve(1);
    expect(await Promise.all(waits)).toEqual([{ status: "ok", value: 1 }, undefined]);
    expect(await group.joinNext()).toBeUndefined();
  });

  test("disposing aborts, waits, and reports errors that nobody has read", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    let ended = false;
    {
      await using group = new TaskGroup<unknown>();
      group.spawn(async (signal) => {
        await untilAborted(signal).catch(() => {});
        await settled();
        ended = true;
      });
      group.spawn(fails("unread"));
    }
    expect(ended).toBe(true);
    expect(String(late)).toContain("unread");
  });

  test("an abort from outside ends the tasks; `join` rejects with the reason", async () => {
    const controller = new AbortController();
    const group = new TaskGroup<never>({ signal: controller.signal });
    group.spawn(untilAborted);
    const joined = group.join();
    controller.abort("outside");
    expect(await rejection(joined)).toBe("outside");
    expect(() => new TaskGroup({ limit: 0 })).toThrow(RangeError);
  });
});

describe("H14 async context", () => {
  test("work that had to wait for a place sees the context of who spawned it", async () => {
    const context = new AsyncLocalStorage<string>();
    const group = new TaskGroup<string | undefined>({ limit: 1 });
    for (const name of ["a", "b", "c"]) {
      context.run(name, () => group.spawn(async () => context.getStore()));
    }
    expect(await group.join()).toEqual(["a", "b", "c"]);
  });

  test("what was aborted while it waited leaves its place to the next", async () => {
    const group = new TaskGroup<string>({ limit: 1 });
    const gate = deferred();
    const [first, second, third] = ["first", "second", "third"].map((name) =>
      group.spawn(async () => {
        await gate.promise;
        return name;
      }),
    );
    second?.abort("not needed");
    expect(second?.status).toBe("cancelled");
    gate.resolve();
    expect([await first, await third]).toEqual(["first", "third"]);
    const last = group.spawn(() => "last");
    expect(await last).toBe("last");
    await group.shutdown();
  });
});

describe("joinAll and tryJoin", () => {
  test("joinAll gives every outcome, in order", async () => {
    const outcomes = await joinAll([() => 1, fails("boom"), async () => "three"]);
    expect(outcomes.map((it) => it.status)).toEqual(["ok", "error", "ok"]);
    const controller = new AbortController();
    const cancelled = joinAll([untilAborted, () => 1], { signal: controller.signal });
    controller.abort("stop");
    expect(await rejection(cancelled)).toBe("stop");
    expect(await joinAll([])).toEqual([]);
  });

  test("H12 tryJoin tells the losers, waits for them, and reports what they fail with", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const log: string[] = [];
    const run = tryJoin([
      async (signal) => {
        await untilAborted(signal).catch(() => {});
        await settled();
        log.push("loser ended");
      },
      (signal) => untilAborted(signal).catch(fails("loser failed")),
      (signal) => untilAborted(signal),
      fails("first"),
    ]);
    await expect(run).rejects.toThrow("first");
    expect(log).toEqual(["loser ended"]);
    expect(late.map(String)).toEqual(["Error: loser failed"]);
  });

  test("tryJoin by key, with a limit, and with all errors at once", async () => {
    const result = await tryJoin({ a: () => 1, b: async () => "two" }, { limit: 1 });
    expect(result).toEqual({ a: 1, b: "two" });
    const works = [fails("one"), fails("two")];
    const error = await rejection(tryJoin(works, { errors: "aggregate" }));
    expect(error).toHaveProperty("errors.length", 2);
    expect(error).toHaveProperty("cause.message", "one");
    const controller = new AbortController();
    const { signal } = controller;
    const cancelled = tryJoin([untilAborted], { signal, errors: "aggregate" });
    controller.abort("stop");
    expect(await rejection(cancelled)).toBe("stop");
  });
});

describe("H12 select", () => {
  test("waits for losers that were told, and never aborts the winner", async () => {
    const log: string[] = [];
    let winner: AbortSignal | undefined;
    const result = await select({
      fast: async (signal) => {
        winner = signal;
        return "fast";
      },
      slow: async (signal) => {
        await untilAborted(signal).catch(() => {});
        await settled();
        log.push("slow ended");
      },
      deaf: () => new Promise(() => {}),
    });
    expect(result).toEqual({ key: "fast", value: "fast" });
    expect([log, winner?.aborted]).toEqual([["slow ended"], false]);
  });

  test("reports what a loser fails with, unless it is the abort", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const gate = deferred();
    await select({
      fast: async () => 1,
      echo: untilAborted,
      broken: (signal) => untilAborted(signal).catch(fails("broken")),
      deaf: () => gate.promise.then(fails("much later")),
    });
    expect(late.map(String)).toEqual(["Error: broken"]);
    gate.resolve();
    await settled();
    expect(late).toHaveLength(2);
  });

  test("the first branch to fail decides; an abort decides as well", async () => {
    await expect(select({ bad: fails("boom"), never: untilAborted })).rejects.toThrow("boom");
    const controller = new AbortController();
    const run = select({ never: untilAborted }, { signal: controller.signal });
    controller.abort("stop");
    expect(await rejection(run)).toBe("stop");
    expect(listeners(controller.signal)).toBe(0);
    expect(await rejection(select({ a: () => 1 }, { signal: controller.signal }))).toBe("stop");
    await expect(select({})).rejects.toThrow(RangeError);
  });

  test("with `detach` it goes on without the losers", async () => {
    const stuck = (signal: AbortSignal) => new Promise(() => signal.aborted);
    expect((await select({ stuck, fast: async () => 1 }, { detach: true })).key).toBe("fast");
  });
});

describe("H27 a hundred thousand", () => {
  test("tasks end without a stack overflow", async () => {
    const values = await mapLimit(Array.from({ length: 100_000 }).keys(), 1000, (it) => it);
    expect(values.length).toBe(100_000);
    await scope((s) => {
      for (let index = 0; index < 100_000; index++) s.spawn(() => {});
    });
    const group = new TaskGroup<void>({ limit: 1 });
    for (let index = 0; index < 10_000; index++) group.spawn(() => {});
    group.abortAll(new CancelledError());
    await group.shutdown();
  });
});
