import type { InterleavingReport, StepReport } from "../../analysis/report.ts";
import type { Task } from "../../analysis/rule.ts";
import { LANE_BAR, timelineOf } from "../../analysis/timeline.ts";
import { harmless, type Paint, type Style } from "../shell.ts";
import { columnsOf } from "./frame.ts";

const LANES: Readonly<Record<Task, Style>> = { A: "cyan", B: "magenta" };

export interface TimelineStyle {
  readonly paint: Paint;
  readonly width: number;
  readonly placeOf: (step: StepReport) => string;
}

/** The interleaving in two lanes, for a terminal. Colours only say again what the lanes say. */
export function timelineText(
  interleaving: InterleavingReport,
  { paint, width, placeOf }: TimelineStyle,
): string {
  const steps = interleaving.steps.map((it) => ({ ...it, text: harmless(it.text) }));
  const rows = timelineOf({ ...interleaving, steps }, { width, placeOf, widthOf: columnsOf });
  const bar = paint("dim", LANE_BAR);
  return rows
    .map(({ step, left, right }) => {
      const lane = (task: Task, text: string) => {
        if (text.trim() === "") return text;
        const coloured = paint(LANES[task], text);
        if (step === undefined) return paint("bold", coloured);
        return step.action === "pause" ? paint("dim", coloured) : coloured;
      };
      return `${lane("A", left)}${bar}${lane("B", right)}`.trimEnd();
    })
    .join("\n");
}
