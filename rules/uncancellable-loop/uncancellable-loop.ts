import { isCleanUp } from "../../analysis/facts/belonging.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { carries } from "../../analysis/facts/signal-carriers.ts";
import { emptySlot } from "../../analysis/facts/signal-slots.ts";
import { type Signal, signalsAt } from "../../analysis/facts/signals.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  is,
  type Node,
  type NodeOf,
  sourceFileOf,
  unwrapped,
  walkBody,
} from "../../analysis/syntax.ts";
import { stopInLoop } from "../fixes/check-signal.ts";

// See uncancellable-loop.md for what this means to the user.
//
// Any mention of the signal is taken for a look at it. Where each wait has room for the signal, that is said
// by signal-not-forwarded, which repairs the loop as well. A loop that comes to its end by itself,
// because it goes over what is there or counts, only ends later than it could: that is for the
// strict profile.
export const uncancellableLoop = defineRule({
  id: "uncancellable-loop",
  summary: "A loop that pauses never looks at the signal that its function was given.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["ForStatement", "ForOfStatement", "WhileStatement", "DoStatement"] },

  *check(loop, program) {
    // What is read step by step ends when whoever writes it is cancelled.
    if (is.ForOfStatement(loop) && loop.awaitModifier !== undefined) return;
    const pauses = pausesIn(loop);
    const [pause] = pauses;
    if (pause === undefined) return;
    const signals = signalsAt(loop, program).filter((it) => it.origin === "given");
    const [signal] = signals;
    if (signal === undefined || signal.owner !== enclosingFunction(loop)) return;
    if (isCleanUp(loop, signal.owner) || signals.some((it) => carries(loop, it))) return;
    if (pauses.every((it) => hasRoom(it, signal, program))) return;
    const isMinor = !isEndless(loop) || isTestFile(sourceFileOf(loop), program);
    yield {
      at: pause,
      message: `The loop pauses here, and nothing in it looks at \`${signal.text}\`.`,
      why: `When \`${signal.text}\` says that nobody waits any more, the loop goes on until it ends by itself.`,
      profile: isMinor || signal.variable.startsWith("_") ? "strict" : undefined,
      notes: [{ at: signal.declaration, message: "the signal comes in here" }],
      fixes: stopInLoop(loop, signal),
    };
  },
});

/** The waits of a loop itself, those of loops inside of it included. */
function pausesIn(loop: Node): readonly NodeOf<"AwaitExpression">[] {
  const pauses: NodeOf<"AwaitExpression">[] = [];
  walkBody(loop, (node) => {
    if (is.AwaitExpression(node)) pauses.push(node);
    return undefined;
  });
  return pauses;
}

function hasRoom(pause: NodeOf<"AwaitExpression">, { model }: Signal, program: Program): boolean {
  const call = unwrapped(pause.expression);
  return is.CallExpression(call) && emptySlot(call, model, program) !== undefined;
}

/** `for (;;)`, `while (true)`, `while (!ready)`: how often it turns is not in sight. */
function isEndless(loop: Node): boolean {
  if (is.ForStatement(loop)) return loop.condition === undefined;
  return (is.WhileStatement(loop) || is.DoStatement(loop)) && !isCounting(loop.expression);
}

/** `attempts < 3`, `queue.length > 0`, `queue.length`. */
function isCounting(condition: Node): boolean {
  const test = unwrapped(condition);
  if (is.PropertyAccessExpression(test)) return SIZES.has(test.name.text);
  if (!is.BinaryExpression(test)) return false;
  const { left, right } = test;
  return [left, right].some(
    (it) =>
      is.NumericLiteral(unwrapped(it)) || /\b[A-Z_]{3,}$/.test(textOfName(it)) || isCounting(it),
  );
}

const SIZES: ReadonlySet<string> = new Set(["length", "size"]);

function textOfName(node: Node): string {
  const inner = unwrapped(node);
  return is.Identifier(inner) ? inner.text : "";
}
