import { type Access, targetOf, writeAt } from "../../analysis/facts/access-kinds.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import { closesOf } from "../../analysis/facts/guards.ts";
import { excludes, heldAt, heldThroughout } from "../../analysis/facts/locks.ts";
import { lateOpening } from "../../analysis/facts/late-openings.ts";
import { interruptionBy, type Overlap } from "../../analysis/facts/overlap.ts";
import { isSharedAt, mayBeInterrupted, raceIn } from "../../analysis/facts/races.ts";
import { reachedInto, staleUseOf } from "../../analysis/facts/stale-uses.ts";
import {
  isLimit,
  isRepeated,
  isTimestamp,
  isTransition,
  type TestWindow,
  testWindow,
} from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { is, Kind, type Node, unwrapped, wrapped } from "../../analysis/syntax.ts";
import { endWhenClosed } from "../fixes/end-when-closed.ts";
import { holdMutex } from "../fixes/hold-mutex.ts";
import { keepChecked, useIfThere } from "../fixes/keep-checked.ts";
import { lookAgain } from "../fixes/look-again.ts";
import { calledAt, calledBy, pausesAt, step, twice } from "../words/races.ts";

// See stale-guard.md for what this means to the user.
//
// A test holds until the next pause. Three things rely on one across it: a use of what was found there,
// where another function takes it away; a write that the test was to limit, where two calls of the
// same function pass the test before one of them writes; and what is opened unless all is closed,
// where another function closes all meanwhile.
export const staleGuard = defineRule({
  id: "stale-guard",
  summary: "The code tests something, pauses, and goes on as if the test still held.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: {
    kinds: [
      "PropertyAccessExpression",
      "BinaryExpression",
      "PrefixUnaryExpression",
      "PostfixUnaryExpression",
      "CallExpression",
    ],
  },

  *check(node, program) {
    if (is.PropertyAccessExpression(node)) {
      const object = reachedInto(node, program);
      if (object !== undefined && mayBeInterrupted(object, program))
        yield* staleUse(object, program);
      return;
    }
    if (targetOf(node) === undefined || !mayBeInterrupted(node, program)) return;
    const write = writeAt(node, program);
    if (write === undefined || write.location.cell !== undefined) return;
    yield* openedLate(write, program);
    const closes = closesOf(write, program);
    const window = testWindow(
      write,
      program,
      (it) => closes(it) || isOtherWrite(it, write, program),
    );
    if (window === undefined) return;
    if (!isLimit(window.condition) && !isTransition(window)) return;
    if (isOrEmpty(window.condition.node)) return;
    const overlap = raceIn(window, program);
    if (overlap !== undefined && !isRepeated(window, program))
      yield passedTwice(window, overlap, program);
  },
});

/** `!this.token || this.expires < now`: what is empty or out of date is made again, as racy-lazy-init says. */
function isOrEmpty(test: Node): boolean {
  const whole = wrapped(test).parent;
  if (!is.BinaryExpression(whole) || whole.operatorToken.kind !== Kind.BarBarToken) return false;
  const left = unwrapped(whole.left);
  return is.PrefixUnaryExpression(left) && left.operator === Kind.ExclamationToken;
}

/** What changes the place on the way has already done what the test was for. */
function isOtherWrite(node: Node, { at, location }: Access, program: Program): boolean {
  if (node === at || targetOf(node) === undefined) return false;
  const other = writeAt(node, program);
  return other !== undefined && other.kind !== "read" && other.location.key === location.key;
}

function* staleUse(object: Node, program: Program): Iterable<Finding> {
  const stale = staleUseOf(object, program);
  if (stale === undefined || !isSharedAt(stale.location, object, program)) return;
  const { condition, writers, pauses } = stale;
  const apart = writers.filter((it) => !isLockedOut(it.at, condition.read, object, program));
  const owners = apart.flatMap((it) => flowOwner(it.at) ?? []);
  const interruption = interruptionBy(owners, object, program);
  if (interruption === undefined) return;
  const writer = apart.find((it) => flowOwner(it.at) === interruption.by);
  if (writer === undefined) return;
  const name = stale.location.text;
  const by = calledBy(interruption.by);
  const [pause] = pauses;
  yield {
    at: object,
    profile: interruption.strength === "possible" ? "strict" : undefined,
    message: `${sentence(by)} can empty \`${name}\` while ${calledAt(object, program)} pauses after testing it.`,
    why: "TypeScript keeps what the test has told it, but a test holds only until the next pause. Then the value is gone, and this throws.",
    notes: [
      { at: condition.read, message: "tested here" },
      ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
      { at: writer.at, message: "emptied here" },
    ],
    interleaving: {
      evidence: interruption.evidence,
      steps: [
        step("A", "check", condition.read, `finds \`${name}\` there`),
        ...(pause === undefined ? [] : [step("A", "pause", pause, pausesAt(pause))]),
        step("B", "write", writer.at, `empties \`${name}\``),
        step("A", "read", object, `uses \`${name}\` though it is gone`),
      ],
    },
    fixes: [
      ...keepChecked(stale, program),
      ...lookAgain(stale, program),
      ...useIfThere(stale, program),
    ],
  };
}

/** Whether the writer takes a lock that is held from the test to the use. */
function isLockedOut(writer: Node, test: Node, use: Node, program: Program): boolean {
  const held = heldThroughout(test, use, program).filter(excludes);
  if (held.length === 0) return false;
  return heldAt(writer, program).some((it) => held.some(({ lock }) => lock.id === it.lock.id));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function* openedLate(write: Access, program: Program): Iterable<Finding> {
  const late = lateOpening(write, program);
  if (late === undefined || !isSharedAt(write.location, write.at, program)) return;
  const { condition, flag, pause, setter, ending } = late;
  const by = flowOwner(setter.at);
  if (isLockedOut(setter.at, condition.read, write.at, program)) return;
  const interruption = by && interruptionBy([by], write.at, program);
  if (interruption === undefined) return;
  const name = write.location.text;
  const closer = calledBy(interruption.by);
  yield {
    at: write.at,
    profile: interruption.strength === "possible" ? "strict" : undefined,
    message: `${sentence(closer)} can set \`${flag.text}\` while ${calledAt(write.at, program)} pauses after testing it: then nobody ends \`${name}\`.`,
    why: "A test holds only until the next pause. Whoever ends everything meanwhile finds nothing to end yet, and what is stored afterwards stays open.",
    notes: [
      { at: condition.read, message: "tested here" },
      { at: pause, message: "other code runs here" },
      { at: setter.at, message: "set here" },
      { at: ending, message: "ended here, if it is there already" },
    ],
    interleaving: {
      evidence: interruption.evidence,
      steps: [
        step("A", "check", condition.read, `finds \`${flag.text}\` unset`),
        step("A", "pause", pause, pausesAt(pause)),
        step("B", "write", setter.at, `sets \`${flag.text}\``),
        step("B", "read", ending, `finds no \`${name}\` to end`),
        step("A", "write", write.at, `stores \`${name}\`, which stays open`),
      ],
    },
    fixes: endWhenClosed(late),
  };
}

function passedTwice(window: TestWindow, overlap: Overlap, program: Program): Finding {
  const { read, write, pauses } = window;
  const name = write.location.text;
  const called = calledAt(write.at, program);
  const [pause] = pauses;
  return {
    at: write.at,
    // What has a rhythm is meant to be done once in it; of other limits it depends what they are for.
    profile: isTimestamp(write, program) ? undefined : "strict",
    message: `Two calls of ${called} can overlap: both pass the test of \`${name}\` before one of them changes it.`,
    why: "A test holds only until the next pause. Whoever comes in between finds the old value and passes too, so that the limit is exceeded or the work done twice.",
    notes: [
      { at: read, message: "tested here" },
      ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
    ],
    interleaving: twice(window, overlap, {
      look: ["check", `tests \`${name}\``],
      between: ["write", `changes \`${name}\``],
      last: ["write", `changes \`${name}\`, which it would not do any more`],
    }),
    fixes: holdMutex(write.at, write.location, program),
  };
}
