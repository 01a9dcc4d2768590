import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  type ClassLike,
  enclosingClass,
  type FunctionLike,
  is,
  isAsync,
  isFunctionLike,
  isGenerator,
  isInside,
  isShortCircuit,
  Kind,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { accessesByOwner } from "./accesses.ts";
import { callsOf, passagesOf, placeAtCall } from "./call-places.ts";
import type { FlowOwner } from "./flow-graph.ts";
import { after, graphOf } from "./flow-walk.ts";
import { baseClass, type Location, locationOf } from "./locations.ts";
import { returnedBy } from "./returns.ts";
import { conditionAt, conditionsIn, type Outcome, sideOf } from "./tests.ts";

// What does the answer of a function say about a place of its caller?
//
// `if (!this.isOpen()) return` tests `this.conn` where `isOpen` gives `this.conn !== undefined` back, or
// gives `true` on one side of such a test only; `this.conn` is read where `getConn()` returns it; and
// behind `this.assertOpen()` it has been tested, where that one throws otherwise. Getters of the class
// count like calls. Only functions that answer at once are looked into: what an async function has
// found is some pauses old. Through `&&` and `||` one outcome says something and the other nothing
// (`other`). *May* be asked of any call; an answer is *must* for what the function returns, as far as
// places are (facts/locations.ts). Not seen: answers through more than two functions, and `switch`.

export interface Answer {
  /** The call, or the mention of the getter. */
  readonly at: Node;
  /** What is known of the place where the answer is truthy. */
  readonly whenTrue: Outcome;
  readonly whenFalse: Outcome;
  /** The answer is what is in the place, or made from it. */
  readonly isValue: boolean;
}

/** What the calls of a function's own body tell of the place. */
export function answersIn(
  location: Location,
  owner: FlowOwner,
  program: Program,
): readonly Answer[] {
  return answersWithin(location, owner, program, 0);
}

const DEEPEST = 2;

function answersWithin(
  location: Location,
  owner: FlowOwner,
  program: Program,
  depth: number,
): readonly Answer[] {
  if (DEEPEST <= depth) return [];
  const asked: { readonly at: Node; readonly fn: FunctionLike; readonly inside: Location }[] = [];
  for (const { call, fn, location: inside } of passagesOf(location, owner, program)) {
    asked.push({ at: call, fn, inside });
  }
  for (const { at, fn } of gettersIn(owner, program)) asked.push({ at, fn, inside: location });
  return asked.flatMap(({ at, fn, inside }) => {
    const told = toldBy(fn, inside, program, depth);
    return told === undefined ? [] : { at, ...told };
  });
}

type Told = Omit<Answer, "at">;

function toldBy(
  fn: FunctionLike,
  location: Location,
  program: Program,
  depth: number,
): Told | undefined {
  if (isAsync(fn) || isGenerator(fn)) return undefined;
  const returned = returnedBy(fn, program);
  const [only, another] = returned;
  if (only === undefined) return undefined;
  if (another === undefined && !isTruth(only))
    return toldByValue(only, fn, location, program, depth);
  if (!returned.every(isTruth)) return undefined;
  return toldByTruths(returned, fn, location, program);
}

function isTruth(node: Node): boolean {
  return is.TrueKeyword(unwrapped(node)) || is.FalseKeyword(unwrapped(node));
}

/** `return this.conn !== undefined && this.open`. */
function toldByValue(
  returned: Node,
  fn: FunctionLike,
  location: Location,
  program: Program,
  depth: number,
): Told | undefined {
  const whole = unwrapped(returned);
  const reads = accessesByOwner(location, sourceFileOf(fn), program).get(fn) ?? [];
  for (const { kind, reference } of reads) {
    if (kind !== "read" || (reference !== whole && !isInside(reference, whole))) continue;
    const tested = conditionAt(reference, reference, (it) => isPartOfTest(it, whole));
    const isValue = tested === undefined || unwrapped(tested.node) === reference;
    if (tested === undefined) return { whenTrue: "other", whenFalse: "other", isValue };
    return { ...throughTo(whole, tested.node, tested), isValue };
  }
  for (const inner of answersWithin(location, fn, program, depth + 1)) {
    if (inner.at !== whole && !isInside(inner.at, whole)) continue;
    return { ...throughTo(whole, inner.at, inner), isValue: inner.isValue && inner.at === whole };
  }
  return undefined;
}

/** Whether the truth of the node is a part of the truth of the whole. */
function isPartOfTest(node: Node, whole: Node): boolean {
  let at = wrapped(node);
  while (unwrapped(at) !== whole) {
    const { parent } = at;
    const isNot = is.PrefixUnaryExpression(parent) && parent.operator === Kind.ExclamationToken;
    const isChoice =
      isShortCircuit(parent) && parent.operatorToken.kind !== Kind.QuestionQuestionToken;
    if (!isNot && !isChoice) return false;
    at = wrapped(parent);
  }
  return true;
}

interface Outcomes {
  readonly whenTrue: Outcome;
  readonly whenFalse: Outcome;
}

/** What a part tells, seen from the whole expression around it. */
function throughTo(whole: Node, part: Node, { whenTrue, whenFalse }: Outcomes): Outcomes {
  let told: Outcomes = { whenTrue, whenFalse };
  let at = wrapped(part);
  while (unwrapped(at) !== whole) {
    const { parent } = at;
    if (is.PrefixUnaryExpression(parent)) {
      told = { whenTrue: told.whenFalse, whenFalse: told.whenTrue };
    } else if (isShortCircuit(parent)) {
      const isAnd = parent.operatorToken.kind === Kind.AmpersandAmpersandToken;
      told = isAnd ? { ...told, whenFalse: "other" } : { ...told, whenTrue: "other" };
    } else if (is.BinaryExpression(parent) || is.CallExpression(parent)) {
      return { whenTrue: "other", whenFalse: "other" };
    }
    at = wrapped(parent);
  }
  return told;
}

/** `if (this.conn) return true; return false`. */
function toldByTruths(
  returned: readonly Node[],
  fn: FunctionLike,
  location: Location,
  program: Program,
): Told | undefined {
  for (const condition of conditionsIn(location, fn, program)) {
    const on = (wanted: boolean): Outcome | undefined => {
      const sides = new Set(
        returned
          .filter((it) => is.TrueKeyword(unwrapped(it)) === wanted)
          .map((it) => sideOf(condition.node, it, program)),
      );
      const [side] = sides;
      if (sides.size !== 1 || side === undefined) return undefined;
      return side ? condition.whenTrue : condition.whenFalse;
    };
    const whenTrue = on(true);
    const whenFalse = on(false);
    if (whenTrue === undefined && whenFalse === undefined) continue;
    return { whenTrue: whenTrue ?? "other", whenFalse: whenFalse ?? "other", isValue: false };
  }
  return undefined;
}

/** The calls of a function's own body behind which the place has been tested, because they throw otherwise. */
export function assertionsIn(
  location: Location,
  owner: FlowOwner,
  program: Program,
): readonly CallExpression[] {
  return passagesOf(location, owner, program).flatMap(({ call, fn, location: inside }) =>
    asserts(fn, inside, program) ? call : [],
  );
}

function asserts(fn: FunctionLike, location: Location, program: Program): boolean {
  if (isAsync(fn) || isGenerator(fn)) return false;
  return conditionsIn(location, fn, program).some(({ node }) => {
    const graph = graphOf(fn, program);
    const branches = graph.pointsOf(node).filter((it) => it.role === "branch");
    const leadsOut = (index: 0 | 1) => {
      const seen = new Set(branches.flatMap((it) => it.next[index] ?? []));
      for (const point of seen) {
        if (point === graph.returned || point === graph.ended) return true;
        for (const next of after(point, "thrown", program)) seen.add(next);
      }
      return false;
    };
    return branches.length > 0 && leadsOut(0) !== leadsOut(1);
  });
}

/** `this.isOpen`, where the class has a getter of that name. */
const gettersIn: (
  owner: FlowOwner,
  program: Program,
) => readonly { readonly at: Node; readonly fn: FunctionLike }[] = fact((owner) => {
  const found: { readonly at: Node; readonly fn: FunctionLike }[] = [];
  walkBody(owner, (node) => {
    if (isFunctionLike(node)) return "skip";
    if (!is.PropertyAccessExpression(node) || !is.ThisKeyword(unwrapped(node.expression))) {
      return undefined;
    }
    const fn = getterNamed(node.name.text, enclosingClass(node));
    if (fn !== undefined) found.push({ at: node, fn });
    return undefined;
  });
  return found;
});

function getterNamed(name: string, owner: ClassLike | undefined): FunctionLike | undefined {
  for (let at = owner; at !== undefined; at = baseClass(at)) {
    for (const member of at.members) {
      if (is.GetAccessor(member) && nameOf(member.name) === name) return member;
    }
  }
  return undefined;
}

/** What a call compares with one of its arguments: `this.turn` in `this.isCurrent(turn)`. */
export function comparedBy(
  call: CallExpression,
  owner: FlowOwner,
  program: Program,
): readonly { readonly argument: Node; readonly place: Location }[] {
  return callsOf(owner, program).flatMap(({ call: it, fn }) => {
    const [only, another] = it === call && !isAsync(fn) ? returnedBy(fn, program) : [];
    const test = only && another === undefined ? unwrapped(only) : undefined;
    if (!is.BinaryExpression(test) || !EQUALITY.has(test.operatorToken.kind)) return [];
    const sides = [unwrapped(test.left), unwrapped(test.right)] as const;
    return [sides, [sides[1], sides[0]] as const].flatMap(([own, shared]) => {
      const at = fn.parameters.findIndex(({ name }) => nameOf(name) === nameOf(own));
      const argument = is.Identifier(own) ? call.arguments[at] : undefined;
      const inner = locationOf(shared, program);
      const place = inner && placeAtCall(inner, call, fn, program);
      return argument === undefined || place === undefined ? [] : { argument, place };
    });
  });
}

const EQUALITY: ReadonlySet<number> = new Set([
  Kind.EqualsEqualsToken,
  Kind.EqualsEqualsEqualsToken,
  Kind.ExclamationEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
]);
