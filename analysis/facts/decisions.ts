import type { Program } from "../program.ts";
import {
  is,
  isShortCircuit,
  Kind,
  type Node,
  SHORT_CIRCUITS,
  textOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { flowOwner } from "./flow-graph.ts";
import { after, graphOf } from "./flow-walk.ts";
import type { Condition } from "./tests.ts";

// What does a test say that is only a part of what decides?
//
//     const hit = cache.get(id);
//     if (hit && !isStale(hit)) return hit.value;
//     cache.set(id, await load(id));
//
// The write is reached with a hit and without one, so by itself `hit` decides nothing. All of it does:
// whoever goes past has found nothing there, or nothing of use. So a decision, the conditions that `&&`,
// `||` and `!` put together, is taken as a whole here: on which of its sides does a node lie, and is the
// place known to be filled on the other one? *Must*, both. The other conditions have to be about the same
// thing: they mention it or what was read from it, other than to compare it with something, or they sound
// like its age, its state or an order to make it anew. `??` and comma make no decision of this kind.

/** On which side of the decision that a condition is a part of the node lies. */
export function sideOfDecision(condition: Node, node: Node, program: Program): boolean | undefined {
  const whole = decisionAround(condition);
  return whole === undefined ? undefined : sideOfWhole(whole, node, program);
}

/**
 * Whether the node lies where the place was found empty or of no use, and the other side means that it
 * is filled.
 */
export function isFoundWanting(condition: Condition, node: Node, program: Program): boolean {
  const whole = decisionAround(condition.node);
  if (whole === undefined) return false;
  const outcome = impliedBy(whole, true, condition.node);
  const negative = impliedBy(whole, false, condition.node);
  // The side on which the condition is known is where the place has to be filled.
  const filled = outcome === undefined ? negative : outcome;
  if (filled === undefined) return false;
  if ((filled ? condition.whenTrue : condition.whenFalse) !== "set") return false;
  const others = leavesOf(whole).filter((it) => it !== condition.node);
  if (!others.every((it) => isAboutSame(it, condition.read))) return false;
  return sideOfWhole(whole, node, program) === (outcome === undefined);
}

/** The outermost `&&`, `||` or `!` around a condition; undefined: it decides alone. */
function decisionAround(condition: Node): Node | undefined {
  let node = wrapped(condition);
  let isJoined = false;
  for (;;) {
    const { parent } = node;
    const isNegated = is.PrefixUnaryExpression(parent) && parent.operator === Kind.ExclamationToken;
    if (!isNegated && !isJoin(parent)) break;
    isJoined ||= isJoin(parent);
    node = wrapped(parent);
  }
  return isJoined ? unwrapped(node) : undefined;
}

function isJoin(node: Node): boolean {
  if (!isShortCircuit(node)) return false;
  const operator = node.operatorToken.kind;
  return SHORT_CIRCUITS.has(operator) && operator !== Kind.QuestionQuestionToken;
}

/** What the condition must have been where the whole came out this way. */
function impliedBy(whole: Node, outcome: boolean, condition: Node): boolean | undefined {
  const node = unwrapped(whole);
  if (node === condition) return outcome;
  if (is.PrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken) {
    return impliedBy(node.operand, !outcome, condition);
  }
  if (!isShortCircuit(node) || !isJoin(node) || isAnd(node) !== outcome) return undefined;
  return impliedBy(node.left, outcome, condition) ?? impliedBy(node.right, outcome, condition);
}

function isAnd(node: Node): boolean {
  return isShortCircuit(node) && node.operatorToken.kind === Kind.AmpersandAmpersandToken;
}

function leavesOf(whole: Node): readonly Node[] {
  const node = unwrapped(whole);
  if (is.PrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken) {
    return leavesOf(node.operand);
  }
  if (!isShortCircuit(node) || !isJoin(node)) return [node];
  return [...leavesOf(node.left), ...leavesOf(node.right)];
}

interface Outcome {
  readonly leaf: Node;
  readonly isTrue: boolean;
}

/** The outcomes of single conditions with which the whole is decided this way. */
function endsOf(whole: Node, outcome: boolean): readonly Outcome[] {
  const node = unwrapped(whole);
  if (is.PrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken) {
    return endsOf(node.operand, !outcome);
  }
  if (!isShortCircuit(node) || !isJoin(node)) return [{ leaf: node, isTrue: outcome }];
  const last = endsOf(node.right, outcome);
  return isAnd(node) === outcome ? last : [...endsOf(node.left, outcome), ...last];
}

function sideOfWhole(whole: Node, node: Node, program: Program): boolean | undefined {
  const owner = flowOwner(whole);
  if (owner === undefined || owner !== flowOwner(node)) return undefined;
  const graph = graphOf(owner, program);
  const wanted = new Set(graph.pointsOf(unwrapped(node)));
  const walls = new Set(leavesOf(whole).flatMap((it) => graph.pointsOf(it)));
  if (wanted.size === 0) return undefined;
  const reaches = (outcome: boolean) => {
    const seen = new Set(
      endsOf(whole, outcome).flatMap(({ leaf, isTrue }) =>
        graph
          .pointsOf(leaf)
          .filter((it) => it.role === "branch")
          .flatMap((it) => it.next[isTrue ? 0 : 1] ?? []),
      ),
    );
    for (const point of seen) {
      if (wanted.has(point)) return true;
      if (walls.has(point)) continue;
      for (const next of after(point, "awaited", program)) seen.add(next);
    }
    return false;
  };
  const yes = reaches(true);
  return yes === reaches(false) ? undefined : yes;
}

/** Whether a condition is about the place that is read, or about its age or state. */
function isAboutSame(leaf: Node, read: Node): boolean {
  if (SOUNDS_LIKE_USE.test(textOf(leaf))) return true;
  // Whether it is the same as another one says nothing of its use: what was sent last, the one of a key.
  if (COMPARES.test(textOf(leaf))) return false;
  const names = namesOf(read);
  let isMentioned = false;
  const visit = (it: Node): "skip" | undefined => {
    isMentioned ||= names.has(textOf(it));
    return isMentioned ? "skip" : undefined;
  };
  visit(leaf);
  walk(leaf, visit);
  return isMentioned;
}

/** How the place is written, and the variable that what was read goes into. */
function namesOf(read: Node): ReadonlySet<string> {
  const names = new Set([textOf(unwrapped(read))]);
  const holder = is.BindingElement(read) ? read : wrapped(read).parent;
  if ((is.VariableDeclaration(holder) || is.BindingElement(holder)) && is.Identifier(holder.name)) {
    names.add(holder.name.text);
  }
  return names;
}

const COMPARES = /[!=]==?|equal|same|match|compare|includes/i;

const SOUNDS_LIKE_USE =
  /expir|stale|fresh|valid|ttl|\bage|maxAge|timestamp|Date\b|\bnow\b|_?At\b|outdated|force|reload|noCache|skipCache|bypass|useCache|connected|ready|alive|healthy/i;
