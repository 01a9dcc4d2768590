import { setGates } from "../../../runtime/testing/transform/gates.ts";
import { pointsOf } from "../../../runtime/testing/transform/points.ts";

/** The source with its gates; fails the test when nothing was there to gate. */
export function gatedText(source: string, file = "program.js"): string {
  const gated = setGates(source, { file, points: pointsOf(source) });
  if (gated === undefined) throw new Error(`No gates in: ${source}`);
  return gated.code;
}

/** What the source returns as the body of a function, with or without its gates. */
export function evaluate(source: string, gates: "gated" | "plain" = "gated"): unknown {
  const text = gates === "gated" ? gatedText(source) : source;
  // oxlint-disable-next-line typescript/no-implied-eval -- the programs of these tests are texts
  return new Function(text)();
}
