import { fact, type Program } from "../program.ts";
import {
  is,
  isAssignment,
  Kind,
  type Node,
  type NodeOf,
  textOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import type { FlowOwner, Point } from "./flow-graph.ts";
import { after, graphOf } from "./flow-walk.ts";

// Which conditions are tested twice, and what is known of them?
//
//     let saving: Promise<void> | undefined;
//     if (dirty) saving = save();
//     if (dirty) await saving;
//
// A path that takes the first branch and not the second does not exist. So a path remembers the
// outcome of conditions that its flow tests more than once, by their text: names, property paths,
// `typeof` and comparisons with a literal. What is remembered is forgotten when a name in the
// condition is written to, and for property paths also when other code runs (a suspension). Nested
// functions that write to a variable are ignored: fewer paths are found, which is the mistake we
// prefer. Calls are taken to leave properties alone, for the same reason.

/** What is known of conditions: their text, and whether they held. */
export type Known = ReadonlyMap<string, boolean>;

export const NOTHING_KNOWN: Known = new Map();

interface Test {
  readonly text: string;
  readonly holds: boolean;
  /** The variables that it reads. */
  readonly names: ReadonlySet<string>;
  readonly readsProperty: boolean;
}

/** The conditions that a flow tests at more than one place. */
const testsIn: (owner: FlowOwner, program: Program) => ReadonlyMap<Node, Test> = fact(
  (owner, program) => {
    const places = new Map<string, Node[]>();
    const tests = new Map<Node, Test>();
    for (const { role, node } of graphOf(owner, program).points) {
      if (role !== "branch" || node === undefined || tests.has(node)) continue;
      const test = testOf(node);
      if (test === undefined) continue;
      tests.set(node, test);
      places.set(test.text, [...(places.get(test.text) ?? []), node]);
    }
    for (const nodes of places.values()) {
      const [only, second] = nodes;
      if (only !== undefined && second === undefined) tests.delete(only);
    }
    return tests;
  },
);

/** The points right after this one that agree with what is known, with what is known there. */
export function* consistent(
  point: Point,
  known: Known,
  owner: FlowOwner,
  nexts: readonly Point[],
  program: Program,
): Generator<readonly [Point, Known], void> {
  const tests = testsIn(owner, program);
  if (tests.size === 0) {
    for (const next of nexts) yield [next, NOTHING_KNOWN];
    return;
  }
  const test = point.role === "branch" && point.node ? tests.get(point.node) : undefined;
  if (test === undefined) {
    const left = forgetting(known, point, tests);
    for (const next of nexts) yield [next, left];
    return;
  }
  const [yes, no] = point.next;
  const outcome = known.get(test.text);
  for (const next of nexts) {
    const truth = (next === yes) === test.holds;
    if (yes === no || (next !== yes && next !== no)) yield [next, known];
    else if (outcome === undefined) yield [next, new Map(known).set(test.text, truth)];
    else if (outcome === truth) yield [next, known];
  }
}

/** What is known for certain wherever this node has just been evaluated. */
export function knownAfter(node: Node, owner: FlowOwner, program: Program): Known {
  if (testsIn(owner, program).size === 0) return NOTHING_KNOWN;
  const states = knownEverywhere(owner, program);
  const [first, ...others] = graphOf(owner, program).pointsOf(unwrapped(node));
  let known = (first && states.get(first)) ?? NOTHING_KNOWN;
  for (const it of others) known = common(known, states.get(it) ?? known);
  return first === undefined ? known : forgetting(known, first, testsIn(owner, program));
}

/** Forward must-analysis: what every path to a point has in common. */
const knownEverywhere: (owner: FlowOwner, program: Program) => ReadonlyMap<Point, Known> = fact(
  (owner, program) => {
    const states = new Map<Point, Known>([[graphOf(owner, program).entry, NOTHING_KNOWN]]);
    const queue = [...states.keys()];
    for (let point = queue.pop(); point !== undefined; point = queue.pop()) {
      const state = states.get(point) ?? NOTHING_KNOWN;
      const nexts = after(point, "any", program);
      for (const [next, known] of consistent(point, state, owner, nexts, program)) {
        const before = states.get(next);
        const joined = before === undefined ? known : common(before, known);
        if (before !== undefined && joined.size === before.size) continue;
        states.set(next, joined);
        queue.push(next);
      }
    }
    return states;
  },
);

/** A name for a state of knowledge, so that a search visits a point once per state. */
export function keyOf(known: Known): string {
  return [...known]
    .map(([text, truth]) => `${truth ? "" : "!"}${text}`)
    .toSorted()
    .join(";");
}

function common(a: Known, b: Known): Known {
  return new Map([...a].filter(([text, truth]) => b.get(text) === truth));
}

function forgetting(known: Known, point: Point, tests: ReadonlyMap<Node, Test>): Known {
  if (known.size === 0 || point.node === undefined) return known;
  const written = namesWritten(point.node);
  if (written.length === 0 && !point.suspends) return known;
  const stale = new Set<string>();
  for (const test of tests.values()) {
    const changed = written.some((it) => test.names.has(it));
    if (changed || (point.suspends && test.readsProperty)) stale.add(test.text);
  }
  return new Map([...known].filter(([text]) => !stale.has(text)));
}

/** The names that evaluating this node itself, not its operands, writes to. */
function namesWritten(node: Node): string[] {
  if (isAssignment(node)) return namesIn(node.left);
  if (is.VariableDeclaration(node)) return namesIn(node.name);
  if (is.PostfixUnaryExpression(node)) return namesIn(node.operand);
  const steps =
    is.PrefixUnaryExpression(node) &&
    (node.operator === Kind.PlusPlusToken || node.operator === Kind.MinusMinusToken);
  return steps ? namesIn(node.operand) : [];
}

function namesIn(node: Node): string[] {
  if (is.Identifier(node)) return [node.text];
  const names: string[] = [];
  walk(node, (it) => {
    if (is.Identifier(it)) names.push(it.text);
    return undefined;
  });
  return names;
}

const OPPOSITE: ReadonlyMap<number, string> = new Map([
  [Kind.ExclamationEqualsEqualsToken, "==="],
  [Kind.ExclamationEqualsToken, "=="],
]);
const EQUALITY: ReadonlySet<number> = new Set([
  Kind.EqualsEqualsEqualsToken,
  Kind.EqualsEqualsToken,
]);

/** The test that a condition is, where it is one whose outcome lasts. */
function testOf(condition: Node): Test | undefined {
  if (is.BinaryExpression(condition)) return comparison(condition);
  return isLasting(condition) ? testNamed(textOf(condition), true, condition) : undefined;
}

function comparison(node: NodeOf<"BinaryExpression">): Test | undefined {
  const { left, right, operatorToken } = node;
  const opposite = OPPOSITE.get(operatorToken.kind);
  if (opposite === undefined && !EQUALITY.has(operatorToken.kind)) return undefined;
  if (!isLasting(left) || !isConstant(right)) return undefined;
  const operator = opposite ?? textOf(operatorToken);
  return testNamed(`${textOf(left)} ${operator} ${textOf(right)}`, opposite === undefined, left);
}

function testNamed(text: string, holds: boolean, read: Node): Test {
  return { text, holds, names: new Set(namesIn(read)), readsProperty: !is.Identifier(read) };
}

function isLasting(written: Node): boolean {
  const node = unwrapped(written);
  if (is.Identifier(node) || is.ThisKeyword(node)) return true;
  if (is.TypeOfExpression(node)) return isLasting(node.expression);
  return is.PropertyAccessExpression(node) && isLasting(node.expression);
}

function isConstant(node: Node): boolean {
  return (
    is.StringLiteral(node) ||
    is.NumericLiteral(node) ||
    is.NullKeyword(node) ||
    is.TrueKeyword(node) ||
    is.FalseKeyword(node) ||
    (is.Identifier(node) && node.text === "undefined")
  );
}
