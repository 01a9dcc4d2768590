import { hiddenHolder } from "../../analysis/facts/bindings.ts";
import {
  type Exit,
  exitsUnseen,
  type Held,
  heldBy,
  isStarted,
} from "../../analysis/facts/held-promises.ts";
import { mayReject } from "../../analysis/facts/summaries.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import {
  is,
  isAssignment,
  type Node,
  nameOf,
  statementOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { awaitBeforeExits, awaitInsteadOfKeeping } from "../fixes/await-held.ts";
import { catchRejection } from "../fixes/catch-rejection.ts";
import { joinNextAwait } from "../fixes/join-awaits.ts";
import { waitInMethod } from "../fixes/wait-in-method.ts";

// See unobserved-promise.md for what this means to the user.
//
// The mirror image of floating-promise: here the promise is kept, in a variable or in a place that
// its class or file keeps to itself, and still nobody looks at it. One that never rejects is work
// that nobody waits for all the same, which only the strict profile takes for a mistake.
export const unobservedPromise = defineRule({
  id: "unobserved-promise",
  summary: "A promise is stored, and on some way nobody ever looks at it.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["VariableDeclaration", "CallExpression", "BinaryExpression"] },

  *check(node, program) {
    if (is.VariableDeclaration(node)) {
      const held = heldBy(node, program);
      if (held !== undefined && !held.name.startsWith("_")) yield* inVariable(held, program);
    } else if (is.CallExpression(node)) {
      for (const it of node.arguments) yield* putAway(it, program);
    } else if (isAssignment(node) && statementOf(node) !== undefined) {
      yield* putAway(node.right, program);
    }
  },
});

function* inVariable(held: Held, program: Program): Iterable<Finding> {
  const { promise, name, isArray, mentions, rejects } = held;
  const profile = rejects === undefined ? ("strict" as const) : undefined;
  const holds = isArray ? "the promises" : "the promise";
  if (mentions.reads.length === 0) {
    yield {
      at: promise,
      profile,
      message: `Nothing ever looks at ${holds} in \`${name}\`.`,
      why: "The code goes on before the work is done, and if it fails the error is lost.",
      notes: mentions.blind.map((at) => ({ at, message: "nobody looks at it here" })),
      fixes: [
        ...awaitInsteadOfKeeping(held, program),
        ...joinNextAwait(held),
        ...(isArray ? [] : catchRejection(promise, program)),
      ],
    };
    return;
  }
  const exits = exitsUnseen(held, program);
  const [first] = exits;
  if (first === undefined) return;
  yield {
    at: promise,
    profile: first.to === "throw" ? "strict" : profile,
    message: `Not every way on from here looks at ${holds} in \`${name}\`.`,
    why: "On the way that does not, nobody waits for the work, and if it fails the error is lost.",
    notes: exits.map((it) => ({ at: it.at, message: NOTES[it.to] })),
    fixes: awaitBeforeExits(held, exits),
  };
}

const NOTES: Readonly<Record<Exit["to"], string>> = {
  return: "returns here without waiting",
  end: "ends from here without waiting",
  throw: "throws here without waiting",
  again: "replaced here before anybody has looked",
};

/** A promise that goes into a collection or field that nobody reads. */
function* putAway(value: Node, program: Program): Iterable<Finding> {
  const promise = unwrapped(value);
  if (!is.CallExpression(promise) && !is.NewExpression(promise)) return;
  const hidden = hiddenHolder(promise, program);
  if (hidden === undefined || !isStarted(promise, program)) return;
  const { holder, declaration } = hidden;
  yield {
    at: promise,
    profile: mayReject(promise, program) === undefined ? "strict" : undefined,
    message: `Nothing ever looks at the promise that is put into \`${textOf(holder)}\`.`,
    why: "Nobody waits for the work, and if it fails the error is lost.",
    notes: [
      { at: declaration.name, message: `\`${nameOf(declaration.name) ?? "it"}\` is never read` },
    ],
    fixes: waitInMethod(promise, hidden),
  };
}
