/* oxlint-disable no-await-in-loop, unicorn/consistent-function-scoping -- Programs that are tested are whole where they stand, and pause in loops. */
import { describe, expect, test } from "vitest";
import {
  explore,
  InterleavingError,
  ScheduleMismatch,
  type Sim,
} from "../../../runtime/testing/index.ts";
import { shrink } from "../../../runtime/testing/shrink.ts";
import { readSchedule, writeSchedule } from "../../../runtime/testing/witness.ts";
import { evaluate } from "./gated.ts";

/** The wallet of the documentation, with its gates; positions are those of this text. */
function wallet(): (sim: Sim) => Promise<void> {
  const source = `
return async (sim) => {
  const account = sim.shared("account", { balance: 10 });
  const bank = sim.io(async function bank() {});
  const withdraw = async (delay) => {
    for (let i = 0; i < delay; i++) await bank();
    if (account.balance < 10) return;
    await bank();
    account.balance -= 10;
  };
  await Promise.all([
    sim.spawn("alice", () => withdraw(0)),
    sim.spawn("bob", () => withdraw(3)),
  ]);
  if (account.balance < 0) throw new RangeError("overdrawn");
};`;
  // Sound: the source above is a test.
  return evaluate(source) as (sim: Sim) => Promise<void>;
}

async function errorOf(exploring: Promise<unknown>): Promise<InterleavingError> {
  const error: unknown = await exploring.catch((it: unknown) => it);
  if (error instanceof InterleavingError) return error;
  throw new Error("No InterleavingError.", { cause: error });
}

describe("a failure", () => {
  test("tells the story of its shortest schedule, with positions in the source", async () => {
    const error = await errorOf(explore(wallet()));
    expect(error.message.replaceAll(/(: -?\d+) {2}\S+$/gm, "$1")).toBe(
      [
        "The test fails under an interleaving (schedule 2, with 1 choice): RangeError: overdrawn",
        "    1. [0 ms] bob gets the answer of bank  program.js:6:37  (3 times)",
        "         reads account.balance: 10",
        "    4. [0 ms] bob gets the answer of bank  program.js:8:5",
        "         reads account.balance: 10",
        "         writes account.balance: 0",
        "    5. [0 ms] alice gets the answer of bank  program.js:8:5",
        "         reads account.balance: 0",
        "         writes account.balance: -10",
        "         reads account.balance: -10",
        'Replay: { replay: "m1/io/1/0=1" }',
      ].join("\n"),
    );
  });

  test("carries what the test threw, and the parts of the schedule", async () => {
    const error = await errorOf(explore(wallet(), { seed: 5, strategy: "random" }));
    expect(error).toMatchObject({
      kind: "failure",
      points: "io",
      deterministic: true,
      waiting: [],
    });
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.replay).toBe(`m1/io/${error.seed}/0=1`);
    expect(error.trace.map((it) => it.task)).toEqual(["bob", "bob", "bob", "bob", "alice"]);
  });

  test("is found again by its replay, and only there", async () => {
    const { replay } = await errorOf(explore(wallet()));
    const again = await errorOf(explore(wallet(), { replay }));
    expect([again.replay, again.schedules]).toEqual([replay, 1]);
    expect(await explore(wallet(), { replay: "m1/io/1/" })).toMatchObject({ schedules: 1 });
  });

  test("shrinks to the fewest choices, from any seed", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const strategy of ["random", "pct"] as const) {
        const error = await errorOf(explore(wallet(), { seed: seed * 100, strategy }));
        expect(readSchedule(error.replay).choices).toEqual([1]);
      }
    }
  });

  test("says so when the same schedule does not fail again", async () => {
    let runs = 0;
    const error = await errorOf(
      explore(async (sim) => {
        await sim.io(async () => {})();
        if (++runs === 1) throw new Error("only once");
      }),
    );
    expect(error.deterministic).toBe(false);
    expect(error.message).toContain("not under the explorer's control");
  });

  test('says that points: "await" shows what no engine runs today', async () => {
    const source = `return async (sim) => {
      let last = "";
      const set = async (it) => { await null; last = it; };
      await Promise.all([sim.spawn("a", () => set("a")), sim.spawn("b", () => set("b"))]);
      if (last !== "b") throw new Error(last);
    };`;
    // Sound: the source above is a test.
    const program = evaluate(source) as (sim: Sim) => Promise<void>;
    const error = await errorOf(explore(program, { points: "await" }));
    expect(error.message).toContain("no engine runs it today");
    expect(await explore(program, { points: "io" })).toMatchObject({ complete: true });
  });
});

describe("tasks that end badly", () => {
  test("a deadlock lists who waits where", async () => {
    const source = `
return async (sim) => {
  await Promise.all([
    sim.spawn("reader", async () => { await new Promise(() => {}); }),
    sim.spawn("writer", async () => { await sim.io(async () => {})(); }),
  ]);
};`;
    // Sound: the source above is a test.
    const error = await errorOf(explore(evaluate(source) as (sim: Sim) => Promise<void>));
    expect(error.kind).toBe("deadlock");
    expect(error.waiting.toSorted()).toEqual([
      "reader at program.js:4:39",
      "test at program.js:3:3",
    ]);
    expect(error.message).toContain("  - reader at program.js:4:39");
  });

  test("a deadlock names tasks that wait where there is no gate", async () => {
    const error = await errorOf(
      explore(async (sim) => {
        await Promise.all([
          sim.spawn("reader", () => new Promise(() => {})),
          sim.spawn("writer", async () => {}),
        ]);
      }),
    );
    expect(error.waiting).toEqual(["reader, where there is no gate"]);
    expect(error.message).toContain("  - reader, where there is no gate");
  });

  test("a task that polls for ever is a livelock", async () => {
    const source = `return async () => { for (;;) await new Promise((done) => setTimeout(done, 1)); };`;
    // Sound: the source above is a test.
    const program = evaluate(source) as (sim: Sim) => Promise<void>;
    const error = await errorOf(explore(program, { maxSteps: 100 }));
    expect(error.kind).toBe("livelock");
  });

  test("a loop of microtasks, during which no answer can come, is a livelock too", async () => {
    const source = `return async (sim) => {
      let isDone = false;
      sim.io(async () => {})().then(() => { isDone = true; });
      while (!isDone) await null;
    };`;
    // Sound: the source above is a test.
    const program = evaluate(source) as (sim: Sim) => Promise<void>;
    expect((await errorOf(explore(program))).kind).toBe("livelock");
    expect(await explore(program, { points: "await", runs: 50 })).toMatchObject({ schedules: 50 });
  });

  test("a task whose failure nobody sees fails the test, unless it was detached", async () => {
    const start = (sim: Sim): ReturnType<Sim["spawn"]> =>
      sim.spawn("lost", async () => {
        await sim.io(async () => {})();
        throw new Error("unseen");
      });
    const wait = (sim: Sim): Promise<void> => sim.io(async () => {}, { min: 5 })();
    const error = await errorOf(
      explore(async (sim) => {
        start(sim);
        await wait(sim);
      }),
    );
    expect(error.message).toContain("unseen");
    await explore(async (sim) => {
      start(sim).detach();
      await wait(sim);
    });
    await explore(async (sim) => {
      expect(await start(sim).outcome()).toMatchObject({ status: "error" });
    });
  });

  test("an unhandled rejection fails the schedule, not the process", async () => {
    const error = await errorOf(
      explore(async (sim) => {
        void Promise.reject(new Error("nobody listens"));
        await sim.io(async () => {})();
      }),
    );
    expect(error.message).toContain("nobody listens");
  });

  test("an error in the callback of a timer fails the schedule", async () => {
    const error = await errorOf(
      explore(async () => {
        setTimeout(() => {
          throw new Error("in a timer");
        }, 5);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }),
    );
    expect(error.message).toContain("in a timer");
  });

  test("a test that throws at once fails as one that rejects", async () => {
    const error = await errorOf(
      explore(() => {
        throw new Error("at once");
      }),
    );
    expect(error.cause).toMatchObject({ message: "at once" });
  });

  test("a task is aborted through its signal, and its outcome says so", async () => {
    await explore(async (sim) => {
      const task = sim.spawn("job", async (signal) => {
        await sim.io(async () => {})();
        signal.throwIfAborted();
      });
      expect(task.status).toBe("running");
      task.abort("enough");
      expect(await task.outcome()).toEqual({ status: "cancelled", reason: "enough" });
    });
  });
});

describe("a schedule as text", () => {
  test("is read as it was written", () => {
    for (const choices of [[], [1], [0, 0, 3], [2, 0, 0, 0, 1]]) {
      const schedule = { points: "await", seed: -7, choices } as const;
      expect(readSchedule(writeSchedule(schedule))).toEqual(schedule);
    }
  });

  test.each([
    "",
    "m1/io/1",
    "m2/io/1/",
    "m1/both/1/",
    "m1/io/x/",
    "m1/io/1/2=x",
    "m1/io/1/99999999=1",
  ])("%j is refused", async (replay) => {
    await expect(explore(wallet(), { replay })).rejects.toThrow(TypeError);
  });

  test("that the program no longer fits is refused, and says at which decision", async () => {
    const exploring = explore(wallet(), { replay: "m1/io/1/0=7" });
    await expect(exploring).rejects.toThrow(ScheduleMismatch);
    await expect(exploring).rejects.toThrow(
      "Decision 1 has 2 ways, but the schedule takes number 8",
    );
  });
});

test("shrinking removes what is not needed and lowers what is", async () => {
  let attempts = 0;
  const best = await shrink([3, 1, 0, 4, 2, 0, 5, 1], async (choices) => {
    attempts++;
    const fails = (choices[3] ?? 0) >= 2 && (choices[6] ?? 0) >= 1;
    return fails ? choices.map((choice) => ({ choice })) : undefined;
  });
  expect(best).toEqual([0, 0, 0, 2, 0, 0, 1]);
  expect(attempts).toBeLessThan(40);
});
