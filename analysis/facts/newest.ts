import type { Program } from "../program.ts";
import {
  type Identifier,
  is,
  isAssignment,
  isFunctionLike,
  Kind,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { accessesTo } from "./accesses.ts";
import { isTooLarge } from "./bounds.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { graphOf } from "./flow-walk.ts";
import { locationOf, type VariableLike, variableOf } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { ownersOf, wayBetween } from "./pauses.ts";
import { sideOf } from "./tests.ts";

// Does a piece of work make sure, after a pause, that no newer one has begun?
//
// By a look that decides whether the write happens: something of its own is compared with something
// that others see too (`turn === this.turn`, `q !== this.query`, `id === selected.current`), a signal
// is asked whether it is aborted, or a function is asked about something of its own
// (`this.isCurrent(turn)`), or a variable of its own that others turn. Or by taking back the request of
// the one before: it passes on the signal of a controller that the next call aborts.
//
// A look is *must*: on every way from the pause, and the write on one side of it. Which things of
// its own are told apart by syntax: parameters and variables of the work, made before the pause. What
// is looked at may be anything that is no constant, since there are too many ways to keep the newest.
// A controller of its own has to be put where the next call aborts it; with one that comes from
// elsewhere the caller is trusted. Preferred mistake: seeing a guard where there is none.

/** Whether every way from the pause to the node passes a look that tells older work from the newest. */
export function isNewestAfter(pause: Node, node: Node, program: Program): boolean {
  const looks = new Set<Node>();
  let at = node;
  for (const owner of ownersOf(node, program)) {
    for (const condition of branchesIn(owner, program)) {
      if (!isLook(condition, owner, program) || sideOf(condition, at, program) === undefined)
        continue;
      looks.add(condition);
      walk(condition, (it) => {
        looks.add(it);
        return undefined;
      });
    }
    at = owner;
  }
  const throwing = checksOf(pause, node, program);
  const closes = (it: Node) => looks.has(it) || throwing.has(it);
  return wayBetween(pause, node, program, closes) === undefined;
}

function branchesIn(owner: FlowOwner, program: Program): ReadonlySet<Node> {
  const conditions = new Set<Node>();
  if (isTooLarge(owner, program)) return conditions;
  for (const { role, node } of graphOf(owner, program).points) {
    if (role === "branch" && node !== undefined) conditions.add(node);
  }
  return conditions;
}

function isLook(condition: Node, owner: FlowOwner, program: Program): boolean {
  const node = unwrapped(condition);
  if (is.BinaryExpression(node) && COMPARISONS.has(node.operatorToken.kind)) {
    const [left, right] = [unwrapped(node.left), unwrapped(node.right)];
    return (
      (isOwn(left, program) && isElsewhere(right, program)) ||
      (isOwn(right, program) && isElsewhere(left, program))
    );
  }
  if (is.PropertyAccessExpression(node) && node.name.text === "aborted") {
    return isAbortedByNext(node.expression, program) !== false;
  }
  if (is.CallExpression(node)) {
    return node.arguments.some((it) => isOwn(unwrapped(it), program, pausedIn(owner, program)));
  }
  return is.Identifier(node) && isTurnedByOthers(node, program);
}

const COMPARISONS: ReadonlySet<number> = new Set([
  Kind.EqualsEqualsToken,
  Kind.EqualsEqualsEqualsToken,
  Kind.ExclamationEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
  Kind.LessThanToken,
  Kind.LessThanEqualsToken,
  Kind.GreaterThanToken,
  Kind.GreaterThanEqualsToken,
]);

/** The awaits of a function: what comes out of them is an answer, and tells nothing of the newest. */
function pausedIn(owner: FlowOwner, program: Program): ReadonlySet<Node> {
  const awaits = new Set<Node>();
  for (const { suspends, node } of graphOf(owner, program).points) {
    if (suspends && node !== undefined) awaits.add(node);
  }
  return awaits;
}

/** A parameter or variable of this very work, or a property of one; not made from `answers`. */
function isOwn(written: Node, program: Program, answers?: ReadonlySet<Node>): boolean {
  let node = written;
  while (is.PropertyAccessExpression(node)) node = unwrapped(node.expression);
  const declaration = is.Identifier(node) ? variableOf(node, program) : undefined;
  if (declaration === undefined || !isOfWork(declaration, written, program)) return false;
  if (answers === undefined) return true;
  return !originsOf(node, program).some(
    (it) => answers.has(it.node) || isCallbackParameter(it.node, program),
  );
}

function isCallbackParameter(node: Node, program: Program): boolean {
  const declaration = is.Identifier(node) ? variableOf(node, program) : undefined;
  const fn = declaration?.parent;
  const chain = isFunctionLike(fn) ? methodCall(fn.parent) : undefined;
  return chain?.method === "then";
}

function isOfWork(declaration: VariableLike, near: Node, program: Program): boolean {
  const owner = flowOwner(declaration);
  if (owner === undefined || is.SourceFile(owner)) return false;
  const owners = ownersOf(near, program);
  const fn = is.Parameter(declaration) ? declaration.parent : owner;
  return owners.some((it) => it === owner || it === fn);
}

/** What others see too, and may have changed: fields, references, variables around, what a call gives. */
function isElsewhere(written: Node, program: Program): boolean {
  const node = unwrapped(written);
  if (is.CallExpression(node)) return true;
  const place = locationOf(node, program);
  if (place === undefined) {
    return (
      is.PropertyAccessExpression(node) && !/^[A-Z]/.test(nameOf(unwrapped(node.expression)) ?? "")
    );
  }
  const { root, path } = place;
  if (root.kind === "instance") return true;
  if (root.kind === "static") return !/^[A-Z][A-Z0-9_]*$/.test(path.at(-1) ?? "");
  if (isOfWork(root.declaration, node, program)) return false;
  if (path.length > 0) return true;
  return accessesTo(place, sourceFileOf(node), program).some((it) => it.kind === "write");
}

/** `cancelled`, which is the work's own, and which somebody else sets. */
function isTurnedByOthers(name: Identifier, program: Program): boolean {
  const declaration = variableOf(name, program);
  if (declaration === undefined || !isOfWork(declaration, name, program)) return false;
  const place = locationOf(name, program);
  const owners = ownersOf(name, program);
  return (
    place !== undefined &&
    accessesTo(place, sourceFileOf(name), program).some((it) => {
      const owner = flowOwner(it.at);
      return it.kind === "write" && owner !== undefined && !owners.includes(owner);
    })
  );
}

/** `signal.throwIfAborted()` on the way. */
function checksOf(pause: Node, node: Node, program: Program): ReadonlySet<Node> {
  const checks = new Set<Node>();
  for (const owner of new Set([...ownersOf(pause, program), ...ownersOf(node, program)])) {
    for (const { node: it } of graphOf(owner, program).points) {
      const call = it && methodCall(it);
      if (it === undefined || call?.method !== "throwIfAborted") continue;
      if (isAbortedByNext(call.receiver, program) !== false) checks.add(it);
    }
  }
  return checks;
}

/** Whether the next call takes back the request, or the caller does, by a signal that goes with it. */
export function isWithdrawn(request: Node, node: Node, program: Program): boolean {
  let withdrawn = false;
  for (const { node: origin } of originsOf(request, program)) {
    if (!is.CallExpression(origin) && !is.NewExpression(origin)) continue;
    for (const argument of origin.arguments ?? []) {
      for (const signal of signalsIn(argument, program, 0)) {
        withdrawn ||= isAbortedByNext(signal, program) !== false;
      }
    }
  }
  return withdrawn || isEndedByNext(request, node, program);
}

/** `this.request?.cancel()` in front of `this.request = ask(q)`: what was asked before is taken back. */
function isEndedByNext(request: Node, node: Node, program: Program): boolean {
  const place = locationOf(unwrapped(request), program);
  if (place === undefined || (place.root.kind === "variable" && place.path.length === 0))
    return false;
  return accessesTo(place, sourceFileOf(node), program).some((it) => {
    const { parent } = it.reference;
    const isEnded = is.PropertyAccessExpression(parent) && ENDS.test(parent.name.text);
    return isEnded && parent.expression === it.reference;
  });
}

const ENDS = /^(?:abort|cancel|unsubscribe|close|dispose|stop)$/;

/** The signals among what a call is given, as far as they are written out. */
function signalsIn(written: Node, program: Program, depth: number): readonly Node[] {
  const node = unwrapped(written);
  if (is.ObjectLiteralExpression(node)) {
    return node.properties.flatMap((it): readonly Node[] => {
      const isSignal = /signal|token|controller|abort/i.test(
        nameOf("name" in it ? asNode(it.name) : undefined) ?? "",
      );
      if (is.ShorthandPropertyAssignment(it)) return isSignal ? [it.name] : [];
      if (is.SpreadAssignment(it)) return signalsIn(it.expression, program, depth + 1);
      return is.PropertyAssignment(it) && isSignal ? [it.initializer] : [];
    });
  }
  const name = is.PropertyAccessExpression(node) ? node.name.text : nameOf(node);
  if (name !== undefined && /signal|abort|controller|cancel/i.test(name)) return [node];
  const declaration = is.Identifier(node) && depth < 3 ? variableOf(node, program) : undefined;
  const value = is.VariableDeclaration(declaration) ? declaration.initializer : undefined;
  return value === undefined ? [] : signalsIn(value, program, depth + 1);
}

function asNode(value: unknown): Node | undefined {
  // Sound: the `name` of a property of an object is a node, where it has one.
  return value as Node | undefined;
}

/**
 * Whether the next call of the work aborts the signal; undefined: that is somebody else's business.
 * `AbortSignal.timeout` and a controller that nobody else can reach do not tell of newer work.
 */
function isAbortedByNext(written: Node, program: Program): boolean | undefined {
  const node = unwrapped(written);
  if (is.CallExpression(node)) {
    const call = methodCall(node);
    if (call?.method === "timeout") return false;
    if (call?.method !== "any") return undefined;
    const [list] = call.args;
    const all = list && unwrapped(list);
    if (!is.ArrayLiteralExpression(all)) return undefined;
    return all.elements.some((it) => isAbortedByNext(it, program) !== false);
  }
  const holder =
    is.PropertyAccessExpression(node) && node.name.text === "signal"
      ? unwrapped(node.expression)
      : node;
  if (!is.Identifier(holder)) return isAbortedSomewhere(holder, program);
  const declaration = variableOf(holder, program);
  const made = madeBy(declaration);
  if (made === undefined) return undefined;
  const value = unwrapped(made);
  if (isAssignment(value)) return isAbortedSomewhere(unwrapped(value.left), program);
  if (is.NewExpression(value)) {
    return nameOf(value.expression) === "AbortController" ? isPutAway(holder, program) : undefined;
  }
  return isAbortedByNext(value, program);
}

/** What a variable was made with; what `const { signal } = controller` was taken from. */
function madeBy(declaration: VariableLike | undefined): Node | undefined {
  let at: Node | undefined = declaration;
  while (is.BindingElement(at)) at = at.parent.parent;
  return is.VariableDeclaration(at) ? at.initializer : undefined;
}

/** `this.controller.abort()`, wherever it is in the file. */
function isAbortedSomewhere(holder: Node, program: Program): boolean | undefined {
  const place = locationOf(holder, program);
  if (place === undefined) return undefined;
  return accessesTo(place, sourceFileOf(holder), program).some(({ reference }) => {
    const { parent } = reference;
    return (
      is.PropertyAccessExpression(parent) &&
      parent.expression === reference &&
      parent.name.text === "abort"
    );
  });
}

/** `this.controller = controller`, and `this.controller?.abort()` somewhere. */
function isPutAway(holder: Identifier, program: Program): boolean {
  const place = locationOf(holder, program);
  if (place === undefined) return false;
  return accessesTo(place, sourceFileOf(holder), program).some(({ reference }) => {
    const { parent } = reference;
    if (isAssignment(parent) && parent.right === reference) {
      return isAbortedSomewhere(unwrapped(parent.left), program) !== false;
    }
    // Handed to somebody, or captured by a function that may abort it later.
    return is.CallExpression(parent) || is.ReturnStatement(parent) || is.PropertyAssignment(parent);
  });
}
