import type { Program } from "../program.ts";
import {
  ancestor,
  is,
  isAssignment,
  isInside,
  isShortCircuit,
  Kind,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { accessesIn, accessesTo } from "./accesses.ts";
import { isReadTooOften } from "./bounds.ts";
import { isCallAccess } from "./call-accesses.ts";
import { answersIn } from "./call-tests.ts";
import { isFoundWanting } from "./decisions.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { locationOf } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { ownersOf, type Stops, type Way, wayBetween } from "./pauses.ts";
import { conditionsOn } from "./place-tests.ts";
import { type Condition, isEmpty, type Outcome, sideOf } from "./tests.ts";

// Which writes rest on what was read or tested before a pause?
//
// A write rests on a read when the value that is written is made from the one that was read
// (`const n = this.n; await …; this.n = n + 1`), and on a test when it happens only where the test
// came out one way (`if (!this.conn) this.conn = await …`). If other code runs in between, what was
// read or tested may no longer hold: that is a window, and every race across a pause is one.
// A write may also be made by a function that is called (facts/call-accesses.ts), and a read or a test
// by one that answers (facts/call-tests.ts).
//
// *May*: one way with a pause is enough. What a value is made from is the business of
// facts/origins.ts, on which side of a test a write lies that of facts/tests.ts. The caller says
// what closes a window (`closes`): a second test, a comparison with a token. Whether anybody can
// come in between, and whether a lock keeps them out, are other questions.

export interface Window {
  /** The mention that reads. */
  readonly read: Node;
  readonly write: Access;
  /** Nearest first, and at least one. */
  readonly pauses: readonly Node[];
  /** The node in the flow of the read at which the write happens. */
  readonly at: Node;
}

export interface ValueWindow extends Window {
  /** The value went through a call of which nothing is known. */
  readonly opaque: boolean;
}

export interface TestWindow extends Window {
  readonly condition: Condition;
  /** How the test came out where the write happens. */
  readonly outcome: Outcome;
  /** What was there counts as nothing where it is of no use: `if (hit && !isStale(hit)) return hit`. */
  readonly orUseless?: boolean;
}

/** The read from before a pause that the written value is made from. */
export function valueWindow(
  write: Access,
  program: Program,
  closes: Stops = () => false,
): ValueWindow | undefined {
  const { at, reference, value } = write;
  if (value === undefined) return undefined;
  const found: ValueWindow[] = [];
  const add = (read: Node, opaque: boolean, replaced: ReadonlySet<Node>) => {
    const isReplaced = (it: Node) => replaced.has(it);
    const way =
      openWay(read, write, (it) => isReplaced(it) || closes(it), program) ??
      wayBehindLooks(read, write, isReplaced, closes, program);
    if (way !== undefined) found.push({ read, write, pauses: way.pauses, at: way.at, opaque });
  };
  // `x += await y` reads `x` first.
  if (isAssignment(at) && ARITHMETIC(at.operatorToken.kind)) add(reference, false, NOTHING);
  const reads = readsOf(write, program);
  if (reads.size > 0) {
    const origins = originsOf(value, program).filter(({ node }) => reads.has(node));
    // Made from what is there by then as well, it brings the two together, and nothing is lost.
    if (origins.some(({ node, opaque }) => !opaque && isReadLate(node, write, program))) {
      return undefined;
    }
    for (const { node, opaque, whole, replaced } of origins) {
      // What is put back as it was taken is no update.
      if (!whole) add(node, opaque, replaced);
    }
  }
  return found.find((it) => !it.opaque) ?? found[0];
}

/** Whether the place is read in the very statement that writes it, with no pause in between. */
function isReadLate(read: Node, { at }: Access, program: Program): boolean {
  return isInside(read, at) && wayBetween(read, at, program)?.pauses.length === 0;
}

const NOTHING: ReadonlySet<Node> = new Set();

function ARITHMETIC(operator: number): boolean {
  return operator !== Kind.EqualsToken && !LOGICAL.has(operator);
}

const LOGICAL: ReadonlySet<number> = new Set([
  Kind.AmpersandAmpersandEqualsToken,
  Kind.BarBarEqualsToken,
  Kind.QuestionQuestionEqualsToken,
]);

/** The mentions in the functions around the write that read its place. */
function readsOf(write: Access, program: Program): ReadonlySet<Node> {
  const owners = ownersOf(write.at, program);
  const reads = new Set<Node>();
  for (const owner of owners) {
    for (const it of accessesIn(write.location, owner, program)) {
      if (it.kind === "read") reads.add(it.reference);
    }
    for (const it of answersIn(write.location, owner, program)) if (it.isValue) reads.add(it.at);
  }
  const [first] = owners;
  const isTooOften = first && isReadTooOften(write.location, reads.size, first, program);
  return isTooOften === false ? reads : NOTHING;
}

/** The test from before a pause that decides whether the write happens. */
export function testWindow(
  write: Access,
  program: Program,
  closes: Stops = () => false,
): TestWindow | undefined {
  const owners = ownersOf(write.at, program);
  const own = logicalTest(write, program);
  if (own !== undefined) {
    const way = openWay(own.condition.read, write, closes, program);
    if (way !== undefined) return { ...own, read: own.condition.read, write, ...way };
  }
  for (const condition of conditionsOn(write.location, owners, program)) {
    // What reads the place behind the test is no use to look at: the read is what gets stale.
    const way = openWay(condition.read, write, closes, program);
    if (way === undefined) continue;
    const at = liftedTo(condition.node, way.at);
    const side = sideOf(condition.node, at, program);
    const orUseless = side === undefined && isFoundWanting(condition, at, program);
    if (side === undefined && !orUseless) continue;
    const outcome = orUseless ? "empty" : side ? condition.whenTrue : condition.whenFalse;
    const others = oppositesOf(outcome, write, owners, program);
    const open =
      others.size === 0
        ? way
        : openWay(condition.read, write, (it) => others.has(it) || closes(it), program);
    if (open !== undefined)
      return { condition, outcome, orUseless, read: condition.read, write, ...open };
  }
  return undefined;
}

/** Other writes of the same work behind which the test comes out differently: a promise that is kept first. */
function oppositesOf(
  outcome: Outcome,
  { at, location }: Access,
  owners: readonly FlowOwner[],
  program: Program,
): ReadonlySet<Node> {
  const nodes = new Set<Node>();
  if (outcome === "other") return nodes;
  for (const owner of owners) {
    for (const it of accessesIn(location, owner, program)) {
      if (it.kind !== "write" || it.at === at || it.value === undefined) continue;
      if (isEmpty(it.value) === (outcome === "set")) nodes.add(it.at);
    }
  }
  return nodes;
}

/**
 * Whether an earlier write of the same function to the same place rests on such a test as well, so
 * that one of the two says it all.
 */
export function isRepeated(window: TestWindow, program: Program): boolean {
  const { write, outcome } = window;
  const owner = flowOwner(write.at);
  return accessesTo(write.location, sourceFileOf(write.at), program).some((it) => {
    const isEarlier = it.kind === "write" && it.at.pos < write.at.pos && flowOwner(it.at) === owner;
    if (!isEarlier || it.value === undefined || isEmpty(it.value)) return false;
    return testWindow(it, program)?.outcome === outcome;
  });
}

/** Whether a condition compares by size: a limit, a count, a time. */
export function isLimit({ node }: Condition): boolean {
  return is.BinaryExpression(node) && BY_SIZE.has(node.operatorToken.kind);
}

const BY_SIZE: ReadonlySet<number> = new Set([
  Kind.LessThanToken,
  Kind.LessThanEqualsToken,
  Kind.GreaterThanToken,
  Kind.GreaterThanEqualsToken,
]);

/**
 * Whether the write leaves the state that was tested: `if (this.state !== "idle") return; …; this.state =
 * "open"`.
 */
export function isTransition({ condition: { node }, outcome, write }: TestWindow): boolean {
  if (!is.BinaryExpression(node) || outcome !== "other" || write.value === undefined) return false;
  if (!EQUALITY.has(node.operatorToken.kind)) return false;
  const from = stateIn(node.right) ?? stateIn(node.left);
  const to = stateIn(write.value);
  return from !== undefined && to !== undefined && from !== to;
}

const EQUALITY: ReadonlySet<number> = new Set([
  Kind.EqualsEqualsToken,
  Kind.EqualsEqualsEqualsToken,
  Kind.ExclamationEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
]);

/** A literal, or a member of an enumeration: `State.Open`. */
function stateIn(written: Node): string | undefined {
  const node = unwrapped(written);
  if (is.StringLiteral(node)) return node.text;
  if (!is.PropertyAccessExpression(node)) return undefined;
  const isConstant = /^[A-Z]/.test(node.name.text) && /^[A-Z]/.test(nameOf(node.expression) ?? "");
  return isConstant ? textOf(node) : undefined;
}

/** Whether the write puts down when something was done last: the time as it is then. */
export function isTimestamp({ value }: Access, program: Program): boolean {
  if (value === undefined) return false;
  return originsOf(value, program).some(({ node }) => isClock(node));
}

/** `Date.now()`, `performance.now()`, `new Date()`, `process.hrtime()`. */
function isClock(node: Node): boolean {
  if (is.NewExpression(node)) {
    return nameOf(unwrapped(node.expression)) === "Date" && (node.arguments ?? []).length === 0;
  }
  const call = methodCall(node);
  const owner = call === undefined ? undefined : nameOf(unwrapped(call.receiver));
  if (call === undefined || owner === undefined) return false;
  const isNow = call.method === "now" && (owner === "Date" || owner === "performance");
  return isNow || (owner === "process" && call.method === "hrtime");
}

/** The condition and the read can be in different functions; the flow of the condition counts. */
function liftedTo(condition: Node, at: Node): Node {
  const owner = flowOwner(condition);
  let node = at;
  for (let own = flowOwner(node); own !== owner && own !== undefined; own = flowOwner(node)) {
    if (own === node) break;
    node = own;
  }
  return node;
}

/** `x ??= await y`, and `x ?? (x = await y)`. */
function logicalTest(
  { at, location, reference }: Access,
  program: Program,
): { readonly condition: Condition; readonly outcome: Outcome } | undefined {
  const outer = isAssignment(at) ? at : undefined;
  if (outer === undefined) return undefined;
  const operator = outer.operatorToken.kind;
  if (LOGICAL.has(operator)) {
    const isAnd = operator === Kind.AmpersandAmpersandEqualsToken;
    const condition = {
      node: reference,
      read: reference,
      whenTrue: "set",
      whenFalse: "empty",
    } as const;
    return { condition, outcome: isAnd ? "set" : "empty" };
  }
  const { parent } = wrapped(outer);
  if (!isShortCircuit(parent) || parent.right !== wrapped(outer)) return undefined;
  if (parent.operatorToken.kind !== Kind.QuestionQuestionToken) return undefined;
  const left = unwrapped(parent.left);
  if (locationOf(left, program)?.key !== location.key) return undefined;
  const condition = { node: left, read: left, whenTrue: "set", whenFalse: "empty" } as const;
  return { condition, outcome: "empty" };
}

/** The way on which a look comes too early: there is a pause behind it. */
function wayBehindLooks(
  from: Node,
  to: Access,
  replaced: Stops,
  closes: Stops,
  program: Program,
): Way | undefined {
  const way = openWay(from, to, replaced, program);
  const late = way?.pauses.filter(
    (it) => wayBetween(it, to.at, program, (node) => replaced(node) || closes(node)) !== undefined,
  );
  return way === undefined || late === undefined || late.length === 0
    ? undefined
    : { ...way, pauses: late };
}

function openWay(from: Node, to: Access, closes: Stops, program: Program): Way | undefined {
  // A pattern reads where its whole declaration is evaluated.
  const start = is.BindingElement(from) ? (ancestor(from, is.VariableDeclaration) ?? from) : from;
  const way = wayBetween(start, to.at, program, closes);
  if (way === undefined) return undefined;
  // What is called writes behind a pause of its own.
  const last = isCallAccess(to) && to.pause !== undefined ? [to.pause] : [];
  const pauses = [...way.pauses, ...last.filter((it) => !way.pauses.includes(it))];
  return pauses.length === 0 ? undefined : { ...way, pauses };
}
