import type { Program } from "../program.ts";
import {
  ancestor,
  type CallExpression,
  enclosingFunction,
  type Identifier,
  is,
  isFunctionLike,
  isShortCircuit,
  type Node,
  nameOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { isSetter } from "./effects.ts";
import { EXITS, flowOwner, type Path, pathFrom } from "./flow.ts";
import { variableBehind } from "./references.ts";
import { stateBeside } from "./state-updates.ts";
import { mayReject } from "./summaries.ts";

// Which state of a component says that it is busy, and goes on saying so when the work fails?
//
// `setBusy(true); await save(); setBusy(false);` leaves the state at `true` when `save` rejects, and
// what the component has disabled, or hidden behind a spinner, stays so. Asked of setters of a hook
// that are given `true` and, by the same function, `false`. The state has to keep somebody out: a
// function leaves at once where it is set, or something shown depends on it. *May*: one way out on
// which an awaited call fails is enough. Preferred mistake: silence, so a setter that another function
// gives `false` as well is left alone, and so is what cannot reject as far as is known.

export interface BusyState {
  /** `setBusy(true)`. */
  readonly call: CallExpression;
  readonly state: Identifier;
  readonly resets: readonly CallExpression[];
  /** What fails. */
  readonly culprit: Node;
  /** Whether the failure is caught on the way out. */
  readonly isCaught: boolean;
  /** What depends on the state. */
  readonly keepsOut: Node;
}

/** The state that stays `true` when what follows this call fails. */
export function busyStateAt(call: CallExpression, program: Program): BusyState | undefined {
  const setter = unwrapped(call.expression);
  if (!is.Identifier(setter) || !gives(call, is.TrueKeyword)) return undefined;
  const owner = flowOwner(call);
  if (!isFunctionLike(owner) || !isSetter(setter, program)) return undefined;
  const state = stateBeside(setter, program);
  if (state === undefined || !is.Identifier(state.name)) return undefined;
  if (enclosingFunction(state) === owner) return undefined;
  const resets = resetsOf(setter, program);
  if (resets.length === 0 || resets.some((it) => flowOwner(it) !== owner)) return undefined;
  const keepsOut = dependentOn(state.name, program);
  if (keepsOut === undefined) return undefined;
  const stops = new Set<Node>(resets);
  const path = pathFrom(
    call,
    { until: EXITS, stops: (it) => stops.has(it), exceptions: "awaited" },
    program,
  );
  const culprit = path && failureOn(path, program);
  if (path === undefined || culprit === undefined) return undefined;
  if (resets.some((it) => isSetBackAfterFailure(it, culprit))) return undefined;
  return { call, state: state.name, resets, culprit, isCaught: path.to !== "throw", keepsOut };
}

function gives(call: CallExpression, isValue: (it: Node | undefined) => boolean): boolean {
  const [value, another] = call.arguments;
  return value !== undefined && another === undefined && isValue(unwrapped(value));
}

/** All calls that give the setter something else than `true`. */
function resetsOf(setter: Identifier, program: Program): readonly CallExpression[] {
  return (variableBehind(setter, program)?.mentions ?? []).flatMap((it) => {
    const { parent } = wrapped(it);
    const isCall = is.CallExpression(parent) && unwrapped(parent.expression) === it;
    return isCall && !gives(parent, is.TrueKeyword) ? [parent] : [];
  });
}

/** What is kept out, or hidden, while the state is `true`. */
function dependentOn(state: Identifier, program: Program): Node | undefined {
  return variableBehind(state, program)?.mentions.find((it) => {
    if (isTestedToLeave(it)) return true;
    const attribute = ancestor(it, (at): at is Node => is.JsxAttribute(at) || isFunctionLike(at));
    if (is.JsxAttribute(attribute)) return SHOWS.test(nameOf(attribute.name) ?? "");
    const { parent } = wrapped(it);
    return (is.ConditionalExpression(parent) || isShortCircuit(parent)) && isInJsx(parent);
  });
}

const SHOWS = /disabled|loading|busy|pending|submitting|saving|inert|readOnly/i;

/** `if (busy) return;` */
function isTestedToLeave(mention: Node): boolean {
  const statement = ancestor(mention, (at): at is Node => is.IfStatement(at) || isFunctionLike(at));
  if (!is.IfStatement(statement) || statement.elseStatement !== undefined) return false;
  const isTested =
    statement.expression.pos <= mention.pos && mention.end <= statement.expression.end;
  const then = statement.thenStatement;
  const [only, another] = is.Block(then) ? then.statements : [then];
  return isTested && another === undefined && is.ReturnStatement(only);
}

function isInJsx(node: Node): boolean {
  const around = ancestor(node, (at): at is Node => is.JsxExpression(at) || isFunctionLike(at));
  return is.JsxExpression(around);
}

/** The call that fails on the way; undefined where it cannot, or where nothing fails. */
function failureOn({ to, nodes }: Path, program: Program): Node | undefined {
  const last = nodes.findLast((it) => is.AwaitExpression(it));
  if (!is.AwaitExpression(last) || !mayReject(last.expression, program)) return undefined;
  if (to === "throw") return last;
  // Caught: what follows on the path is in the `catch` of a `try` that holds the call.
  const clause = ancestor(last, is.TryStatement)?.catchClause;
  const next = nodes[nodes.indexOf(last) + 1];
  const isHandler = clause !== undefined && next !== undefined && isWithin(next, clause);
  return isHandler ? last : undefined;
}

/** In the `catch` or `finally` of the `try` around the call: under a condition, and so on purpose. */
function isSetBackAfterFailure(reset: Node, culprit: Node): boolean {
  for (let at = ancestor(culprit, is.TryStatement); at; at = ancestor(at, is.TryStatement)) {
    const { catchClause, finallyBlock } = at;
    if ([catchClause, finallyBlock].some((it) => it !== undefined && isWithin(reset, it)))
      return true;
  }
  return false;
}

function isWithin(node: Node, around: Node): boolean {
  return around.pos <= node.pos && node.end <= around.end;
}
