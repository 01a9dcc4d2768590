import { expect, test } from "vitest";
import type { InterleavingReport, StepReport } from "../../analysis/report.ts";
import type { Task } from "../../analysis/rule.ts";
import { LANE_BAR, timelineOf } from "../../analysis/timeline.ts";

// The picture of an interleaving, whatever the width and the words.

test("each task has a lane, and time runs downwards", () => {
  expect(drawn([step("A", "reads `n`", 4), step("B", "writes `n`", 12)], 60)).toEqual([
    "A             │ B",
    " 4  reads `n` │",
    "              │ 12  writes `n`",
  ]);
});

test("no row is wider than there is room for", () => {
  const long =
    "pauses at `await connect(`postgres://example.com:5432/a/very/long/path`)` for a while";
  for (const width of [30, 40, 60, 80, 120]) {
    const rows = drawn([step("A", long, 1), step("B", long, 1)], width);
    expect(Math.max(...rows.map((it) => it.length))).toBeLessThanOrEqual(width);
    expect(new Set(rows.map((it) => it.indexOf("│"))).size).toBe(1);
    expect(rows.join("").replace(/[\s│]/g, "")).toBe(
      `AB${`1${long}`.repeat(2)}`.replace(/\s/g, ""),
    );
  }
});

test("a lane with little to say leaves room to the other", () => {
  const [first = ""] = drawn([step("A", "x", 1), step("B", "y".repeat(60), 1)], 80);
  expect(first.indexOf("│")).toBeLessThan(10);
});

test("without places there is no gap for them", () => {
  const rows = timelineOf(interleaving([step("A", "reads `n`", 4)]), {
    width: 60,
    placeOf: () => "",
  });
  expect(rows.map((it) => it.left)).toEqual(["A        ", "reads `n`"]);
});

function drawn(steps: readonly StepReport[], width: number): string[] {
  return timelineOf(interleaving(steps), { width, placeOf: (it) => String(it.start) }).map(
    ({ left, right }) => `${left}${LANE_BAR}${right}`.trimEnd(),
  );
}

function interleaving(steps: readonly StepReport[]): InterleavingReport {
  const evidence = { kind: "parallel", message: "Two.", file: "/a.ts", start: 0, end: 1 } as const;
  return { evidence, steps };
}

function step(task: Task, text: string, start: number): StepReport {
  return { task, action: "read", text, file: "/a.ts", start, end: start + 1 };
}
