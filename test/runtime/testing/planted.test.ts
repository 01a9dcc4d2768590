/* oxlint-disable no-await-in-loop -- One schedule, or one pause, after another is what is tested. */
import { describe, expect, test } from "vitest";
import {
  explore,
  type ExploreOptions,
  InterleavingError,
  type Sim,
} from "../../../runtime/testing/index.ts";
import { builtPrograms } from "./built.ts";
import type { Program } from "./programs.ts";

const { planted, correct } = await builtPrograms();

const strategies = ["exhaustive", "pct", "random", undefined] as const;

/** Schedules within which every strategy has to find every planted defect. */
const BOUND = 600;

/** What a pause is: an answer from outside in io mode, and else nothing but an `await`. */
function testOf(program: Program, points: "io" | "await"): (sim: Sim) => Promise<void> {
  return (sim) => program(sim, points === "io" ? sim.io(async () => {}) : async () => {});
}

async function failureOf(program: Program, options: ExploreOptions): Promise<InterleavingError> {
  const { points = "io" } = options;
  const error: unknown = await explore(testOf(program, points), options).catch((it: unknown) => it);
  if (error instanceof InterleavingError) return error;
  throw new Error(`Found no failing schedule: ${JSON.stringify(error)}`, { cause: error });
}

for (const points of ["io", "await"] as const) {
  for (const strategy of strategies) {
    const options = { points, runs: BOUND, ...(strategy && { strategy }) };

    describe(`${strategy ?? "the default strategy"} with points: "${points}"`, () => {
      for (const [name, program] of Object.entries(planted)) {
        test(`finds: ${name}`, async () => {
          const error = await failureOf(program, options);
          expect(error.kind).toBe(/deadlock|wake-up|permit/.test(name) ? "deadlock" : "failure");
          expect(error.points).toBe(points);
          expect(error.deterministic).toBe(true);
        });

        test(`shows a schedule that fails again: ${name}`, async () => {
          const error = await failureOf(program, options);
          const again = await failureOf(program, { replay: error.replay, points });
          expect(again.kind).toBe(error.kind);
          expect(again.schedules).toBe(1);
          expect(again.trace).toEqual(error.trace);
        });
      }

      for (const [name, program] of Object.entries(correct)) {
        test(`finds nothing wrong with: ${name}`, async () => {
          const { deterministic } = await explore(testOf(program, points), {
            ...options,
            runs: 150,
          });
          expect(deterministic).toBe(true);
        });
      }
    });
  }
}

test.each([1, 2, 3, 4, 5])("pct and random find them from seed %i on too", async (seed) => {
  for (const strategy of ["pct", "random"] as const) {
    for (const program of Object.values(planted)) {
      await failureOf(program, { points: "await", runs: 4 * BOUND, strategy, seed: seed * 1000 });
    }
  }
});

test("the same seed runs the same schedules, another seed others", async () => {
  const program = planted["mutex that polls"];
  if (program === undefined) throw new Error("The program is gone.");
  const options = { points: "await", runs: BOUND, strategy: "random" } as const;
  const [a, b, c] = [
    await failureOf(program, { ...options, seed: 7 }),
    await failureOf(program, { ...options, seed: 7 }),
    await failureOf(program, { ...options, seed: 8 }),
  ];
  expect([a.replay, a.schedules]).toEqual([b.replay, b.schedules]);
  expect([a.replay, a.schedules]).not.toEqual([c.replay, c.schedules]);
});

test("small programs are searched to the end", async () => {
  const program = correct["lock with a queue"];
  if (program === undefined) throw new Error("The program is gone.");
  const result = await explore(testOf(program, "io"), { strategy: "exhaustive", preemptions: 20 });
  expect(result).toMatchObject({ complete: true, deterministic: true });
});
