import { describe, expect, test } from "vitest";
import {
  explore,
  type ExploreOptions,
  InterleavingError,
  type Sim,
} from "../../../runtime/testing/index.ts";
import { builtScenarios } from "./built.ts";
import type { Scenario, Stage } from "./scenarios.ts";

const { scenarios, defects, ownDeadlocks, manyReady } = await builtScenarios();

/** The engine's own order, without the kit: a pause is one turn of the event loop. */
const native: Stage = {
  random: () => Math.random(),
  // Sound: a scenario does with a task what it would do with the promise of its work.
  spawn: ((_: string, work: () => unknown) => Promise.resolve(work())) as unknown as Sim["spawn"],
};

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function testOf(scenario: Scenario, points: "io" | "await"): (sim: Sim) => Promise<void> {
  return (sim) => scenario(sim, points === "io" ? sim.io(async () => {}) : async () => {});
}

const MODES: readonly ExploreOptions[] = [
  { points: "io", runs: 150 },
  { points: "await", runs: 100, strategy: "pct" },
  { points: "await", runs: 100, strategy: "exhaustive", preemptions: 1 },
];

describe("in the engine's own order", () => {
  test.each(Object.entries(scenarios))("%s", async (_, scenario) => {
    await scenario(native, turn);
  });
});

describe.each(MODES)("under the explorer, $points $strategy", (mode) => {
  test.each(Object.entries(scenarios))("%s", async (_, scenario) => {
    const { points = "io" } = mode;
    const { deterministic, schedules } = await explore(testOf(scenario, points), mode);
    expect(deterministic).toBe(true);
    expect(schedules).toBeGreaterThan(0);
  });
});

async function interleavingOf(test: (sim: Sim) => Promise<void>): Promise<InterleavingError> {
  const error: unknown = await explore(test, { points: "await" }).catch((it: unknown) => it);
  if (error instanceof InterleavingError) return error;
  throw new Error("Found nothing.", { cause: error });
}

describe("H9 a lock that waits for itself is a deadlock by design, and is told where", () => {
  test("a holder that locks again", async () => {
    const error = await interleavingOf(testOf(ownDeadlocks["locks again"], "await"));
    expect(error.kind).toBe("deadlock");
    expect(error.message).toMatch(/holder at .*explored\/deadlocks\.ts:12:9/);
  });

  test("two locks in two orders", async () => {
    const error = await interleavingOf(testOf(ownDeadlocks["two orders"], "await"));
    expect(error.kind).toBe("deadlock");
    expect(error.message).toMatch(/one at .*deadlocks\.ts/);
    expect(error.message).toMatch(/other at .*deadlocks\.ts/);
  });
});

test("H29 thousands of results that are ready are as deterministic under the kit as few", async () => {
  const result = await explore(testOf(manyReady, "io"), { runs: 3 });
  expect(result).toMatchObject({ deterministic: true, complete: true });
});

describe("a defect is found", () => {
  test.each(Object.entries(defects))("%s", async (_, scenario) => {
    const errors: unknown[] = [];
    for (const mode of MODES) {
      const { points = "io" } = mode;
      // oxlint-disable-next-line no-await-in-loop -- explorations take turns anyway
      const error: unknown = await explore(testOf(scenario, points), { ...mode, runs: 500 }).catch(
        (it: unknown) => it,
      );
      if (error instanceof InterleavingError) errors.push(error);
    }
    expect(errors.length).toBeGreaterThan(0);
  });
});
