import type { Access } from "../../analysis/facts/access-kinds.ts";
import { accessesTo } from "../../analysis/facts/accesses.ts";
import { isCallAccess } from "../../analysis/facts/call-accesses.ts";
import { callAccessesTo } from "../../analysis/facts/calls-in-file.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import { locationOf } from "../../analysis/facts/locations.ts";
import { interruptionBy } from "../../analysis/facts/overlap.ts";
import { ownersOf } from "../../analysis/facts/pauses.ts";
import { isKeptOut, isSharedAt } from "../../analysis/facts/races.ts";
import { isSuspension } from "../../analysis/facts/segments.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  bodyHas,
  is,
  methodCall,
  type Node,
  sourceFileOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { iterateCopy } from "../fixes/iterate-copy.ts";
import { calledAt, calledBy, pausesAt, step } from "../words/races.ts";

// See live-iteration.md for what this means to the user.
//
// A loop over a shared collection pauses between two elements, and another function changes the
// collection in place. Adding at the end of an array or a map is what a loop can live with, and often
// what it is written for; taking something away, or putting it in front, moves elements under the
// loop's feet.
export const liveIteration = defineRule({
  id: "live-iteration",
  summary: "A loop pauses between elements, and the collection is changed under it meanwhile.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["ForOfStatement", "ForStatement"] },

  *check(node, program) {
    const iterated = iteratedBy(node);
    const pause = iterated && pauseIn(node.statement, program);
    const location = iterated && locationOf(iterated, program);
    if (iterated === undefined || pause === undefined || location === undefined) return;
    if (!isSharedAt(location, iterated, program)) return;
    const changes = changesElsewhere(iterated, program);
    const owners = changes.flatMap((it) => flowOwner(it.at) ?? []);
    const interruption = interruptionBy(owners, iterated, program);
    const change = changes.find((it) => flowOwner(it.at) === interruption?.by);
    if (interruption === undefined || change === undefined) return;
    if (isKeptOut(pause, change.at, program)) return;
    const name = textOf(iterated);
    yield {
      at: pause,
      profile: interruption.strength === "possible" ? "strict" : undefined,
      message: `While ${calledAt(pause, program)} pauses here, ${calledBy(interruption.by)} can change \`${name}\`, which it is going through.`,
      why: "What is taken out moves the elements behind it, so that the loop leaves one out or handles one twice.",
      notes: [
        { at: iterated, message: "goes through it here" },
        { at: change.at, message: "changed here" },
      ],
      interleaving: {
        evidence: interruption.evidence,
        steps: [
          step("A", "iterate", iterated, `takes an element of \`${name}\``),
          step("A", "pause", pause, pausesAt(pause)),
          step("B", "write", change.at, `changes \`${name}\``),
          step("A", "iterate", iterated, "goes on where another element is now"),
        ],
      },
      fixes: is.ForOfStatement(node) ? iterateCopy(node, program) : [],
    };
  },
});

/** The array of `for (let i = 0; i < jobs.length; …)`, or what `for … of` goes through. */
function iteratedBy(node: Parameters<typeof liveIteration.check>[0]): Node | undefined {
  if (is.ForOfStatement(node)) {
    const call = methodCall(unwrapped(node.expression));
    const isView = call !== undefined && /^(?:entries|keys|values)$/.test(call.method);
    return unwrapped(isView ? call.receiver : node.expression);
  }
  if (!is.ForStatement(node)) return undefined;
  const { condition } = node;
  const test = condition && unwrapped(condition);
  const bound = is.BinaryExpression(test) ? unwrapped(test.right) : undefined;
  if (!is.PropertyAccessExpression(bound) || bound.name.text !== "length") return undefined;
  return unwrapped(bound.expression);
}

function pauseIn(body: Node, program: Program): Node | undefined {
  let found: Node | undefined;
  bodyHas(body, (it) => {
    if (found === undefined && is.AwaitExpression(it) && isSuspension(it, program)) found = it;
    return found !== undefined;
  });
  return found;
}

const REMOVING: ReadonlySet<string> = new Set([
  "splice",
  "shift",
  "pop",
  "unshift",
  "sort",
  "reverse",
  "delete",
  "clear",
]);

/** Where other pieces of work take something out of it, or move what is in it. */
function changesElsewhere(iterated: Node, program: Program): readonly Access[] {
  const location = locationOf(iterated, program);
  if (location === undefined) return [];
  const owners = ownersOf(iterated, program);
  const isArray = !isKeyed(iterated, program);
  const file = sourceFileOf(iterated);
  const all = [...accessesTo(location, file, program), ...callAccessesTo(location, file, program)];
  return all.filter((it) => {
    const owner = flowOwner(it.at);
    if (it.kind !== "mutate" || owner === undefined || owners.includes(owner)) return false;
    const call = methodCall(isCallAccess(it) ? it.inner.at : it.at);
    // A map or a set goes on behind what is deleted: only an array moves.
    return isArray && call !== undefined && REMOVING.has(call.method);
  });
}

function isKeyed(iterated: Node, program: Program): boolean {
  return /^(?:Readonly)?(?:Weak)?(?:Map|Set)$/.test(program.types.value(iterated).type?.name ?? "");
}
