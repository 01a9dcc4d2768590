import type { Program } from "../program.ts";
import type { Evidence } from "../rule.ts";
import {
  type CallExpression,
  calleeNameOf,
  enclosingFunction,
  type FunctionLike,
  type Identifier,
  is,
  isFunctionExpression,
  isFunctionLike,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { mentionsOfName } from "./accesses.ts";
import { isSetter } from "./effects.ts";
import { isTestFile } from "./file-roles.ts";
import { flowOwner } from "./flow-graph.ts";
import { variableOf, type VariableLike } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { overlapOf } from "./overlap.ts";
import { turnOf } from "./pauses.ts";
import { pausesOnWay } from "./segments.ts";

// Which sets of a component's state are made from what the state was some renders ago?
//
// `const [items, setItems] = useState([])` gives a function of the component the items of the render
// that has made the function. `setItems([...items, item])` behind a pause, or for a second time in a
// row, starts from these, and what was set meanwhile is lost. Two shapes are seen: a value made from
// the state and set behind a pause, and an updater that a caller has handed in
// (`setItem((old) => …)`) and that is applied to the state of the closure. What a function that is
// handed to the setter does starts from what is there, and is left alone; so is a value that does
// not build on the state but turns it over (`!open`).
//
// *May*: one way with a pause is enough; and somebody has to be able to call the function again
// meanwhile, as a handler or because it is handed out. Not seen: state of class components, and
// states that are passed as properties. Nothing is said of a function that first sets a state to
// `true`, which as a rule disables what calls it. Preferred mistake: silence.

export interface StateUpdate {
  /** The call of the setter. */
  readonly call: CallExpression;
  /** `setItems`. */
  readonly setter: Identifier;
  /** The mention of the state that the value is made from. */
  readonly read: Identifier;
  /** Where other code runs before the set; undefined for an updater, which needs none. */
  readonly pause: Node | undefined;
  /** The call of the updater that a caller has handed in: `value(stored)`. */
  readonly updater: CallExpression | undefined;
  readonly evidence: Evidence;
}

/** The stale state that a call of a setter builds on; undefined: none, as far as can be seen. */
export function staleStateIn(call: CallExpression, program: Program): StateUpdate | undefined {
  const setter = unwrapped(call.expression);
  const [value, another] = call.arguments;
  if (!is.Identifier(setter) || value === undefined || another !== undefined) return undefined;
  if (isFunctionLike(unwrapped(value)) || !isSetter(setter, program)) return undefined;
  if (isTestFile(sourceFileOf(call), program)) return undefined;
  const state = stateBeside(setter, program);
  const component = state && enclosingFunction(state);
  if (state === undefined || component === undefined) return undefined;
  const fn = outermostIn(component, call);
  if (fn === undefined) return undefined;
  for (const { node, opaque, whole } of originsOf(value, program)) {
    const updater = updaterIn(node, state, program);
    const read = updater?.read ?? node;
    if (!is.Identifier(read) || variableOf(read, program) !== state) continue;
    if (updater === undefined && (opaque || whole || isTurnedOver(read))) continue;
    const pause = updater === undefined ? pauseBefore(call, fn, program) : undefined;
    if (updater === undefined && (pause === undefined || saysBusy(fn, pause, program))) continue;
    const evidence = evidenceFor(fn, component, program);
    if (evidence === undefined) return undefined;
    return { call, setter, read, pause, updater: updater?.call, evidence };
  }
  return undefined;
}

/** `items` beside `setItems`. */
export function stateBeside(setter: Identifier, program: Program): VariableLike | undefined {
  const declaration = variableOf(setter, program);
  const pattern = declaration?.parent;
  if (!is.ArrayBindingPattern(pattern)) return undefined;
  const [first, second] = pattern.elements;
  return is.BindingElement(first) && second === declaration ? first : undefined;
}

/** The function of the component that the call is part of: a handler, what `useCallback` is given. */
function outermostIn(component: FunctionLike, call: Node): FunctionLike | undefined {
  let outermost: FunctionLike | undefined;
  for (let at = enclosingFunction(call); at !== component; at = enclosingFunction(at)) {
    if (at === undefined) return undefined;
    outermost = at;
  }
  return outermost;
}

/** The first pause between the call of the function, whose state it is, and the set. */
function pauseBefore(set: Node, fn: FunctionLike, program: Program): Node | undefined {
  for (let at = set; ; ) {
    const owner = flowOwner(at);
    if (!isFunctionLike(owner)) return undefined;
    const [pause] = pausesOnWay(owner, at, undefined, program) ?? [];
    if (pause !== undefined || owner === fn) return pause;
    const turn = turnOf(owner, program);
    if (turn === undefined || turn.repeats) return undefined;
    // What is given to `startTransition` and its like runs at once, though it may go on later.
    if (turn.runs !== "now" && isLater(turn.at)) return turn.at;
    at = owner;
  }
}

/** `load().then(…)`, `setTimeout(…)`. */
function isLater(call: Node): boolean {
  const method = methodCall(call)?.method;
  if (method !== undefined) return /^(?:then|catch|finally|setTimeout)$/.test(method);
  return is.CallExpression(call) && nameOf(unwrapped(call.expression)) === "setTimeout";
}

/** `setSaving(true)` in front of the pause: the component shows that it is busy, and calls nobody. */
function saysBusy(fn: FunctionLike, pause: Node, program: Program): boolean {
  let says = false;
  if (fn.body === undefined) return false;
  walk(fn.body, (node) => {
    const callee = is.CallExpression(node) ? unwrapped(node.expression) : undefined;
    const value = is.CallExpression(node) ? node.arguments[0] : undefined;
    says ||=
      node.pos < pause.pos &&
      is.Identifier(callee) &&
      is.TrueKeyword(value && unwrapped(value)) &&
      isSetter(callee, program);
    return undefined;
  });
  return says;
}

/** `value(stored)`, where `value` is a parameter of the function around. */
function updaterIn(node: Node, state: VariableLike, program: Program) {
  if (!is.CallExpression(node)) return undefined;
  const callee = unwrapped(node.expression);
  const [first, another] = node.arguments;
  if (!is.Identifier(callee) || first === undefined || another !== undefined) return undefined;
  const read = unwrapped(first);
  if (!is.Identifier(read) || variableOf(read, program) !== state) return undefined;
  return is.Parameter(variableOf(callee, program)) ? { call: node, read } : undefined;
}

/** `!open`, `open === id ? null : id`: nothing is added to what was there. */
function isTurnedOver(read: Node): boolean {
  const { parent } = wrapped(read);
  return is.PrefixUnaryExpression(parent) || is.ConditionalExpression(parent);
}

/** Why the function can be called again meanwhile. */
function evidenceFor(
  fn: FunctionLike,
  component: FunctionLike,
  program: Program,
): Evidence | undefined {
  const own = overlapOf(fn, program)?.evidence;
  if (own !== undefined) return own;
  const holder = is.FunctionDeclaration(fn) ? fn : holderOfCallback(fn);
  const name = holder && nameOf(holder.name);
  if (holder?.name === undefined || name === undefined) return undefined;
  if (enclosingFunction(holder) !== component) return undefined;
  for (const mention of mentionsOfName(name, sourceFileOf(fn), program)) {
    const { parent } = wrapped(mention);
    const attribute = is.JsxExpression(parent) ? parent.parent : undefined;
    if (is.JsxAttribute(attribute) && /^on[A-Z]/.test(nameOf(attribute.name) ?? "")) {
      const message = `\`${nameOf(attribute.name) ?? "it"}\` calls \`${name}\` for every event, whether or not the last call is over.`;
      return { kind: "handler", at: attribute, message };
    }
    if (isGivenBack(mention)) {
      const message = `\`${name}\` is handed out, so it can be called again before the component has rendered.`;
      return { kind: "shared-instance", at: holder.name, message };
    }
  }
  return undefined;
}

/** The constant that holds the function, as it is or through `useCallback`. */
function holderOfCallback(fn: FunctionLike) {
  if (!isFunctionExpression(fn)) return undefined;
  const { parent } = wrapped(fn);
  const isHook =
    is.CallExpression(parent) &&
    parent.arguments[0] === wrapped(fn) &&
    /^use\w*(?:Callback|Event)$/.test(nameOf(calleeNameOf(parent)) ?? "");
  const outer = isHook ? wrapped(parent).parent : parent;
  return is.VariableDeclaration(outer) ? outer : undefined;
}

/** `return [value, set]`, `return { value, set }`, `return set`. */
function isGivenBack(mention: Node): boolean {
  let at = wrapped(mention);
  for (;;) {
    const { parent } = at;
    if (is.ReturnStatement(parent)) return true;
    const isPart =
      is.ArrayLiteralExpression(parent) ||
      is.ObjectLiteralExpression(parent) ||
      is.ShorthandPropertyAssignment(parent) ||
      (is.PropertyAssignment(parent) && parent.initializer === at);
    if (!isPart) return false;
    at = wrapped(parent);
  }
}
