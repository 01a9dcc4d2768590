import { type Collected, collectedTooEarly } from "../../analysis/facts/collected-promises.ts";
import { isServerEntry, isTestFile } from "../../analysis/facts/file-roles.ts";
import {
  type Held,
  type Late,
  heldBy,
  pauseBeforeLook,
  pauseInDirectLoop,
  pauseInLoopOverGiven,
  waitedOneByOne,
} from "../../analysis/facts/held-promises.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Fix } from "../../analysis/rule.ts";
import {
  calleeNameOf,
  is,
  isInside,
  nameOf,
  type Node,
  type NodeOf,
  sourceFileOf,
  statementOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { waitForAllFirst } from "../fixes/await-all-first.ts";
import { onlyDeclarationIn } from "../fixes/await-held.ts";
import { joinNextAwait } from "../fixes/join-awaits.ts";
import { markHandled } from "../fixes/mark-handled.ts";
import { startWhereAwaited } from "../fixes/start-late.ts";

// See late-rejection-handler.md for what this means to the user.
//
// That a handler comes at last is not enough: Node looks for one when the promise rejects. Where no
// handler comes on some way, the finding of unobserved-promise at the same place is covered by this
// one, for whoever repairs the window repairs that too. Promises that a parameter brings are left to
// the strict profile. In a test, the end of the process is a test
// that fails, which is what should happen, unless the test goes on to expect the rejection, and moves a clock meanwhile.
export const lateRejectionHandler = defineRule({
  id: "late-rejection-handler",
  summary: "A promise is started, and the code pauses before anybody would hear of its rejection.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  covers: ["unobserved-promise"],
  on: { kinds: ["VariableDeclaration", "ForOfStatement", "AwaitExpression", "CallExpression"] },

  *check(node, program) {
    if (is.VariableDeclaration(node)) {
      const held = heldBy(node, program);
      if (held?.rejects !== undefined) yield* heldTooLong(held, program);
    } else if (is.ForOfStatement(node)) {
      const pause = pauseInDirectLoop(node, program);
      if (pause === undefined) yield* overGiven(node, program);
      else {
        const { expression } = node;
        yield {
          ...oneByOne(expression, pause, waitForAllFirst(expression)),
          ...weightOf(node, program),
        };
      }
    } else if (is.AwaitExpression(node)) yield* overGiven(node, program);
    else if (is.CallExpression(node)) {
      const collected = collectedTooEarly(node, program);
      if (collected !== undefined) yield inList(collected, program);
    }
  },
});

/** Whoever has started what a parameter brings may listen to it as well. */
function* overGiven(
  node: NodeOf<"ForOfStatement"> | NodeOf<"AwaitExpression">,
  program: Program,
): Iterable<Finding> {
  const given = pauseInLoopOverGiven(node, program);
  if (given === undefined) return;
  const { promises, pause } = given;
  const fixes = waitForAllFirst(promises);
  yield { ...oneByOne(promises, pause, fixes, "all of them are under way"), profile: "strict" };
}

function* heldTooLong(held: Held, program: Program): Iterable<Finding> {
  const { declaration, promise, name, isArray } = held;
  const statement = onlyDeclarationIn(declaration);
  const mark = statement === undefined ? [] : markHandled(declaration.name, statement, program);
  const weight = weightOf(declaration, program);
  const late = pauseBeforeLook(held, program);
  if (late === undefined) {
    const loop = waitedOneByOne(held, program);
    if (loop === undefined) return;
    yield {
      ...oneByOne(promise, loop.pause, [...waitForAllFirst(loop.look), ...mark]),
      ...weight,
    };
    return;
  }
  const what = isArray ? `one of the promises in \`${name}\`` : `the promise in \`${name}\``;
  yield {
    at: promise,
    ...(isMovedByClock(late) && expectsRejection(late.look) ? { profile: undefined } : weight),
    message: `If ${what} rejects during the pause, nobody is there to hear it.`,
    why: WHY,
    notes: [
      { at: promise, message: "started here" },
      { at: late.pause, message: "pauses here" },
      { at: late.look, message: "first looked at here" },
    ],
    fixes: [...joinNextAwait(held), ...startWhereAwaited(held, late.look, program), ...mark],
  };
}

function inList({ promise, list, pause, look }: Collected, program: Program): Finding {
  return {
    at: promise,
    ...weightOf(promise, program),
    message: `If this promise in \`${list}\` rejects during the pause, nobody is there to hear it.`,
    why: WHY,
    notes: [
      { at: promise, message: "started here" },
      { at: pause, message: "pauses here" },
      { at: look, message: "first looked at here" },
    ],
  };
}

function oneByOne(
  promises: Node,
  pause: Node,
  fixes: readonly Fix[],
  since = "started here, all at once",
): Finding {
  return {
    at: promises,
    message: "If one of these promises rejects before its turn, nobody is there to hear it.",
    why: WHY,
    notes: [
      { at: promises, message: since },
      { at: pause, message: "waits for one at a time, with nobody listening to the others" },
    ],
    fixes,
  };
}

const WHY =
  "A promise that rejects before it has a handler ends the process in Node, though the handler comes later and a `catch` stands around it all.";

/**
 * `await vi.advanceTimersByTimeAsync(1000)`, and nothing else before the look: what waits for the time goes on in the
 * pause itself.
 */
function isMovedByClock({ pause, look }: Late): boolean {
  const awaited = is.AwaitExpression(pause) ? unwrapped(pause.expression) : pause;
  const name = is.CallExpression(awaited) ? nameOf(calleeNameOf(awaited)) : undefined;
  const moves = /^(?:(?:advance|run)\w*Timers?\w*|tick|next|run\w+)Async$/.test(name ?? "");
  const statement = statementOf(pause);
  const list = statement?.parent;
  const after = is.Block(list)
    ? list.statements[list.statements.findIndex((it) => it === statement) + 1]
    : undefined;
  return moves && after !== undefined && isInside(look, after);
}

/** `expect(promise).rejects` and `assert.rejects(promise)`: that it rejects is what should happen. */
function expectsRejection(look: Node): boolean {
  const { parent } = wrapped(look);
  if (!is.CallExpression(parent)) return false;
  const matcher = wrapped(parent).parent;
  const isRejects = (it: Node) => is.PropertyAccessExpression(it) && it.name.text === "rejects";
  return isRejects(matcher) || isRejects(unwrapped(parent.expression));
}

function weightOf(node: Node, program: Program): Pick<Finding, "severity" | "profile"> {
  const file = sourceFileOf(node);
  return {
    severity: isServerEntry(file, program) ? "error" : undefined,
    profile: isTestFile(file, program) ? "strict" : undefined,
  };
}
