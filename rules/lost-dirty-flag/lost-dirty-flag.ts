import { type Access, writeAt } from "../../analysis/facts/access-kinds.ts";
import { writesTo } from "../../analysis/facts/accesses.ts";
import { isCallAccess } from "../../analysis/facts/call-accesses.ts";
import { writesByCall } from "../../analysis/facts/call-writes.ts";
import { callAccessesTo } from "../../analysis/facts/calls-in-file.ts";
import { isGuardedInside } from "../../analysis/facts/call-guards.ts";
import { addersElsewhere, type Drain, drainAt, emptiedBy } from "../../analysis/facts/drains.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import { nameOfFunction } from "../../analysis/facts/functions.ts";
import { closesOf } from "../../analysis/facts/guards.ts";
import { interruptionBy } from "../../analysis/facts/overlap.ts";
import type { Location } from "../../analysis/facts/locations.ts";
import { ownersOf } from "../../analysis/facts/pauses.ts";
import { isKeptOut, isSharedAt, mayBeInterrupted } from "../../analysis/facts/races.ts";
import { conditionsOn } from "../../analysis/facts/place-tests.ts";
import { sideOf } from "../../analysis/facts/tests.ts";
import { testWindow } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import {
  is,
  isAssignment,
  type Node,
  sourceFileOf,
  statementOf,
  unwrapped,
  isFunctionLike,
} from "../../analysis/syntax.ts";
import { clearFirst } from "../fixes/clear-first.ts";
import { takeFirst } from "../fixes/take-first.ts";
import { calledAt, calledBy, pausesAt, step } from "../words/races.ts";

// See lost-dirty-flag.md for what this means to the user.
//
// A flag says that there is work. It is found set, the work is done with pauses, and then it is
// cleared, though somebody may have set it again meanwhile. A flag that the same function sets is
// one that keeps others out, and leaky-busy-flag's.
export const lostDirtyFlag = defineRule({
  id: "lost-dirty-flag",
  summary:
    "A flag, or a list of work, is cleared after a pause, and forgets what has come in meanwhile.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["BinaryExpression", "CallExpression"] },

  *check(node, program) {
    if (emptiedBy(node) !== undefined) {
      const drain = mayBeInterrupted(node, program) ? drainAt(node, program) : undefined;
      if (drain !== undefined) yield* thrownAway(drain, program);
      return;
    }
    const write = clearedBy(node, program);
    if (write === undefined) return;
    const window = testWindow(write, program, closesOf(write, program));
    if (window?.outcome !== "set" || !isSharedAt(write.location, node, program)) return;
    if (isBeforeWork(node, window) || isGuardedInside(write, program)) return;
    const setters = settersElsewhere(write, program);
    const owners = setters?.flatMap((it) => flowOwner(it.at) ?? []) ?? [];
    const interruption = interruptionBy(owners, node, program);
    const setter = setters?.find((it) => flowOwner(it.at) === interruption?.by);
    if (interruption === undefined || setter === undefined) return;
    if (isKeptOut(window.read, setter.at, program)) return;
    const name = write.location.text;
    const by = calledBy(interruption.by);
    const called = calledAt(node, program);
    const [pause] = window.pauses;
    yield {
      at: node,
      profile: interruption.strength === "possible" ? "strict" : undefined,
      message: `If ${by} sets \`${name}\` while ${called} pauses, this clears it, and the work is never done.`,
      why: "What was set during the pause stands for changes that the work did not see. Cleared behind it, the flag says that nothing is left to do.",
      notes: [
        { at: window.read, message: "found set here" },
        ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
        { at: setter.at, message: "set again here" },
      ],
      interleaving: {
        evidence: interruption.evidence,
        steps: [
          step("A", "check", window.read, `finds \`${name}\` set`),
          ...(pause === undefined ? [] : [step("A", "pause", pause, pausesAt(pause))]),
          step("B", "write", setter.at, `sets \`${name}\` again`),
          step("A", "write", node, `clears \`${name}\``),
        ],
      },
      fixes: isCallAccess(write) ? [] : clearFirst(window),
    };
  },
});

function* thrownAway(drain: Drain, program: Program): Iterable<Finding> {
  const { at, read, location } = drain;
  if (!isSharedAt(location, at, program) || isBeforeWork(at, drain)) return;
  const adders = addersElsewhere(drain, program);
  const owners = adders.flatMap((it) => flowOwner(it.at) ?? []);
  const interruption = interruptionBy(owners, at, program);
  const adder = adders.find((it) => flowOwner(it.at) === interruption?.by);
  if (interruption === undefined || adder === undefined) return;
  if (isKeptOut(read, adder.at, program)) return;
  const name = location.text;
  const by = calledBy(interruption.by);
  const called = calledAt(at, program);
  const [pause] = drain.pauses;
  yield {
    at,
    profile: interruption.strength === "possible" || isAtEnd(at, program) ? "strict" : undefined,
    message: `What ${by} adds to \`${name}\` while ${called} pauses is thrown away here.`,
    why: "The work was done for what was there before the pause. What has come in since is removed with it, and nobody will do it.",
    notes: [
      { at: read, message: "looked at here" },
      ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
      { at: adder.at, message: "added here meanwhile" },
    ],
    interleaving: {
      evidence: interruption.evidence,
      steps: [
        step("A", "read", read, `looks at \`${name}\``),
        ...(pause === undefined ? [] : [step("A", "pause", pause, pausesAt(pause))]),
        step("B", "write", adder.at, `adds to \`${name}\``),
        step("A", "write", at, `empties \`${name}\``),
      ],
    },
    fixes: takeFirst(drain),
  };
}

/** `this.dirty = false`, or the call of a function that does it. */
function clearedBy(node: Node, program: Program): Access | undefined {
  if (isAssignment(node)) {
    const isFalse = is.FalseKeyword(unwrapped(node.right));
    return isFalse && mayBeInterrupted(node, program) ? writeAt(node, program) : undefined;
  }
  const isStatement = is.CallExpression(node) && statementOf(node) !== undefined;
  if (!isStatement || !mayBeInterrupted(node, program)) return undefined;
  return writesByCall(node, program).find(
    (it) => it.pause === undefined && is.FalseKeyword(it.value && unwrapped(it.value)),
  );
}

/** At the head of a turn of a loop, with the look and the pauses in the turn before: the work comes behind it. */
function isBeforeWork(at: Node, { read, pauses }: Pick<Drain, "read" | "pauses">): boolean {
  return [read, ...pauses].every((it) => at.end <= it.pos);
}

/** What is emptied for good: whoever adds to it then is late anyway. */
function isAtEnd(at: Node, program: Program): boolean {
  return ownersOf(at, program).some((it) => {
    const name = isFunctionLike(it) ? nameOfFunction(it) : undefined;
    return name !== undefined && ENDS.test(name);
  });
}

const ENDS =
  /^_?(?:close|stop|dispose|destroy|shutdown|teardown|reset|clear|disconnect|unload|unmount|end|kill|abort|cleanup|on\w*Destroy)/i;

/** Where others set the flag; undefined: the same piece of work sets it too. */
function settersElsewhere(write: Access, program: Program): readonly Access[] | undefined {
  const owners = ownersOf(write.at, program);
  const file = sourceFileOf(write.at);
  const all = [
    ...writesTo(write.location, file, program),
    ...callAccessesTo(write.location, file, program),
  ];
  const setters = all.filter(
    ({ at, value }) =>
      value !== undefined &&
      is.TrueKeyword(unwrapped(value)) &&
      !(isState(write.location) && isFoundUnset(at, write.location, program)),
  );
  const own = setters.filter((it) => owners.some((owner) => owner === flowOwner(it.at)));
  // Set back in a `catch` it is still a sign of work.
  return own.length === 0 ? setters : undefined;
}

/** `initialized`, `isOpen`, `connected`: what state things are in, and not that there is work to do. */
function isState({ text }: Location): boolean {
  return /(?:init|start|connect|open|run|activ|regist|enabl|mount|load|ready|listen|subscri|attach|set_?up|install|alive|online)/i.test(
    text,
  );
}

/** Who sets it only where it is not set does nothing while it is. */
function isFoundUnset(setter: Node, location: Location, program: Program): boolean {
  return conditionsOn(location, ownersOf(setter, program), program).some((it) => {
    const side = sideOf(it.node, setter, program);
    return side !== undefined && (side ? it.whenTrue : it.whenFalse) === "empty";
  });
}
