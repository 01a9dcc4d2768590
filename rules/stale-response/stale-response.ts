import { type LateAnswer, lateAnswer } from "../../analysis/facts/late-answers.ts";
import type { Overlap } from "../../analysis/facts/openness.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import { type LateSettled, lateSettled } from "../../analysis/facts/late-settled.ts";
import { interruptionBy } from "../../analysis/facts/overlap.ts";
import { isKeptOut, isSharedAt, mayBeInterrupted } from "../../analysis/facts/races.ts";
import { refiringOf } from "../../analysis/facts/refiring.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Interleaving } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  is,
  isAssignment,
  type Node,
  nameOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { abortOlder } from "../fixes/abort-older.ts";
import { keepNewest } from "../fixes/keep-newest.ts";
import { calledBy, step } from "../words/races.ts";

// See stale-response.md for what this means to the user.
//
// Only for work that is begun again while it goes on; whether two calls of any public function may
// overlap is not enough, since most of them load something once. Effects that run again are the
// business of stale-effect-write. On by default is only what somebody types into.
export const staleResponse = defineRule({
  id: "stale-response",
  summary: "An answer is kept although a newer question has been asked, whose answer it replaces.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["BinaryExpression", "CallExpression"] },

  *check(node, program) {
    if (is.BinaryExpression(node) && !isAssignment(node)) return;
    if (!mayBeInterrupted(node, program)) return;
    const settled = lateSettled(node, program);
    if (settled !== undefined) yield* broughtBack(settled, program);
    if (is.CallExpression(node) && node.arguments.length !== 1) return;
    const late = lateAnswer(node, program);
    const again = late && refiringOf(node, program);
    if (late !== undefined && again !== undefined) yield replaced(late, again, program);
  },
});

/** The answer comes into a place that somebody has emptied since. */
function* broughtBack(settled: LateSettled, program: Program): Iterable<Finding> {
  const { write, kept, pause, rivals } = settled;
  const { location } = write;
  if (!isSharedAt(location, kept.at, program)) return;
  const owners = rivals.flatMap((it) => flowOwner(it.at) ?? []);
  const interruption = interruptionBy(owners, kept.at, program);
  const rival = rivals.find((it) => flowOwner(it.at) === interruption?.by);
  if (interruption === undefined || rival === undefined) return;
  if (isKeptOut(kept.at, rival.at, program)) return;
  const name = location.cell?.collection.text ?? location.text;
  const by = calledBy(interruption.by);
  const emptied = location.cell === undefined ? "has emptied it" : "has removed it";
  yield {
    at: write.at,
    profile: "strict",
    message: `The answer is put into \`${name}\` even where ${by} ${emptied} while it was under way.`,
    why: "First the promise is kept there, then what it gives. Nobody looks whether the promise is still there, so what was taken away because it is out of date comes back.",
    notes: [
      { at: kept.at, message: "the promise is kept here" },
      { at: rival.at, message: "removed here meanwhile" },
    ],
    interleaving: {
      evidence: interruption.evidence,
      steps: [
        step("A", "write", kept.at, `keeps the promise in \`${name}\``),
        step("A", "pause", pause, "pauses until the promise is settled"),
        step("B", "write", rival.at, `takes it out of \`${name}\``),
        step("A", "write", write.at, "puts what it gives there all the same"),
      ],
    },
    fixes: [],
  };
}

function replaced(late: LateAnswer, again: Overlap, program: Program): Finding {
  const { at, target, pause, question } = late;
  const asked = textOf(question);
  return {
    at,
    profile: isTypedInto(again) ? undefined : "strict",
    message: `\`${target}\` may get the answer for an older \`${asked}\` after the one for the newest.`,
    why: "Answers come in any order. Nothing makes the older call keep its answer to itself, so whichever comes last stays.",
    notes: [
      { at: question, message: "what is asked depends on this" },
      { at: pause, message: "waits for the answer here" },
    ],
    interleaving: twoCalls(late, again),
    fixes: [...keepNewest(late), ...abortOlder(late, program)],
  };
}

/** People type faster than servers answer: `onInput`, `onChange={…}`, `addEventListener("keyup", …)`. */
function isTypedInto({ evidence: { kind, at } }: Overlap): boolean {
  if (kind === "handler") return TYPED.test(eventOf(at) ?? "");
  // `onChange={(event) => void find(event.target.value)}`
  const caller = enclosingFunction(at);
  const attribute = caller && wrapped(caller).parent.parent;
  return kind === "parallel" && is.JsxAttribute(attribute) && TYPED.test(eventOf(attribute) ?? "");
}

function eventOf(at: Node): string | undefined {
  const [event] = is.CallExpression(at) ? at.arguments : [];
  return is.StringLiteral(event) ? event.text : nameOf(is.JsxAttribute(at) ? at.name : at);
}

const TYPED =
  /^(?:_?on\w*(?:Change|Changed|Input|Search|Query|Type|Filter|KeyUp)|input|change|keyup|search)$/;

function twoCalls(
  { at, target, pause, request, question }: LateAnswer,
  again: Overlap,
): Interleaving {
  const where = callIn(request);
  const asked = textOf(question);
  return {
    evidence: again.evidence,
    steps: [
      step("A", "call", where, `asks for the first \`${asked}\``),
      step("A", "pause", pause, "pauses until the answer has come"),
      step("B", "call", where, `asks for the next \`${asked}\``),
      step("B", "write", at, `writes \`${target}\``),
      step("A", "write", at, `writes \`${target}\`, with the older answer`),
    ],
  };
}

function callIn(request: Node): Node {
  const node = unwrapped(request);
  return is.CallExpression(node) ? node.expression : node;
}
