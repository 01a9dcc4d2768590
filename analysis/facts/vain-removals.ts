import type { Program } from "../program.ts";
import {
  ancestor,
  type CallExpression,
  calleeNameOf,
  enclosingFunction,
  hasModifier,
  type Identifier,
  is,
  isAssignment,
  isFunctionExpression,
  isFunctionLike,
  isInside,
  isLoop,
  Kind,
  methodCall,
  type Node,
  nameOf,
  type SourceFile,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import {
  eventKey,
  isFresh,
  mayBeSameEvent,
  mayBeSameTarget,
  type Registration,
  registrationOf,
  registrationsIn,
  type Removal,
  removalOf,
  targetKey,
} from "./listeners.ts";
import { referenceKey, variableBehind } from "./references.ts";

// Does a call that is meant to remove a listener remove one?
//
// A *must not* question about one file: only where all that could have been added is in sight, and none
// of it is what is removed. The function is made on the spot, so that nobody can have added it. It has
// been added in a wrapper or bound, which is another function. It was added for another event, on the
// other one of `window` and `document`, or with another `capture`. Or it was never added anywhere, and
// never handed to anybody who might have; or the same call makes it, removes it, and adds it only then. Events that are computed, and targets of which one may be the
// other by another name, are taken to match.

export interface VainRemoval extends Removal {
  readonly because: "fresh" | "wrapped" | "event" | "target" | "capture" | "early" | "never";
  /** What was added instead. */
  readonly added: Registration | undefined;
}

/** The removal that a call is, where it removes nothing. */
export function removesNothing(call: CallExpression, program: Program): VainRemoval | undefined {
  const removal = removalOf(call, program);
  const listener = removal?.listener && unwrapped(removal.listener);
  if (removal === undefined || listener === undefined) return undefined;
  if (isFresh(listener)) return { ...removal, because: "fresh", added: undefined };
  const key = referenceKey(listener);
  if (key === undefined || removal.event === undefined) return undefined;
  const all = registrationsIn(sourceFileOf(call), program);
  const same = all.filter((it) => isSameFunction(it.listener, listener, program));
  const there = all.filter((it) => isSamePlace(it, removal));
  if (same.length === 0) {
    const wrapper = there.find((it) => isWrapperOf(it.listener, key));
    if (wrapper !== undefined && isOwnMethod(listener)) {
      return { ...removal, because: "wrapped", added: wrapper };
    }
    if (!isNeverHandedOn(listener, program)) return undefined;
    return { ...removal, because: "never", added: there.find((it) => !isFresh(it.listener)) };
  }
  const matching = same.filter((it) => isSamePlace(it, removal));
  if (matching.length > 0) {
    return ofOtherPhase(matching, removal) ?? tooEarly(matching, { ...removal, listener }, program);
  }
  if (same.some((it) => eventKey(it.event) === undefined)) return undefined;
  const elsewhere = same.find((it) => mayBeSameTarget(it.target, removal.target));
  if (elsewhere !== undefined) return { ...removal, because: "event", added: elsewhere };
  const other = same.find((it) => mayBeSameEvent(it.event, removal.event ?? it.event));
  const isClear = other !== undefined && isOfPage(other.target) && isOfPage(removal.target);
  return isClear ? { ...removal, because: "target", added: other } : undefined;
}

function isSamePlace(registration: Registration, { target, event }: Removal): boolean {
  return (
    mayBeSameTarget(registration.target, target) &&
    (event === undefined || mayBeSameEvent(registration.event, event))
  );
}

function isSameFunction(added: Node, removed: Node, program: Program): boolean {
  const node = unwrapped(added);
  const key = referenceKey(node);
  // What cannot be compared may be the same.
  if (key === undefined) return !isFresh(node);
  if (key !== referenceKey(removed)) return false;
  if (!is.Identifier(node) || !is.Identifier(removed)) return true;
  return program.types.symbol(node)?.id === program.types.symbol(removed)?.id;
}

/** `add("x", this.onX.bind(this))` or `add("x", () => this.onX())`. */
function isWrapperOf(added: Node, key: string): boolean {
  const node = unwrapped(added);
  const bound = methodCall(node);
  if (bound?.method === "bind") return referenceKey(bound.receiver) === key;
  if (!isFunctionExpression(node)) return false;
  const { body } = node;
  const [only, another] = is.Block(body) ? body.statements : [];
  const statement =
    is.ExpressionStatement(only) || is.ReturnStatement(only) ? only.expression : undefined;
  const call = is.Block(body) ? (another === undefined ? statement : undefined) : body;
  const inner = call && unwrapped(call);
  return is.CallExpression(inner) && referenceKey(inner.expression) === key;
}

/** `this.onX`, which the class itself would have to have added. */
function isOwnMethod(listener: Node): boolean {
  return is.PropertyAccessExpression(listener) && is.ThisKeyword(unwrapped(listener.expression));
}

/** The same listener, for the other phase of the event: a listener of its own. */
function ofOtherPhase(
  matching: readonly Registration[],
  removal: Removal,
): VainRemoval | undefined {
  const [first] = matching;
  const isDom = nameOf(calleeNameOf(removal.call)) === "removeEventListener";
  if (!isDom || first === undefined || removal.capture === undefined) return undefined;
  const differs = matching.every(
    (it) => it.capture !== undefined && it.capture !== removal.capture,
  );
  return differs ? { ...removal, because: "capture", added: first } : undefined;
}

/**
 * `target.off("x", run); target.on("x", run);` with a function that each call makes anew: by then nobody
 * has added it, and nobody removes it later.
 */
function tooEarly(
  matching: readonly Registration[],
  removal: Removal & { readonly listener: Node },
  program: Program,
): VainRemoval | undefined {
  const { call, listener } = removal;
  const variable = variableBehind(listener, program);
  const owner = enclosingFunction(call);
  if (variable === undefined || owner === undefined) return undefined;
  const { declaration, mentions } = variable;
  const made = is.VariableDeclaration(declaration) ? declaration.initializer : undefined;
  const isMadeHere = made !== undefined && isFunctionExpression(unwrapped(made));
  if (!isMadeHere || enclosingFunction(declaration) !== owner) return undefined;
  // Around again, what was added behind the removal stands in front of it.
  const loop = ancestor(call, isLoop);
  if (loop !== undefined && !isInside(declaration, loop) && isInside(loop, owner)) return undefined;
  const isLater = ({ call: it }: Registration) =>
    call.end <= it.pos && enclosingFunction(it) === owner;
  if (!matching.every(isLater)) return undefined;
  const [added] = matching;
  const isNoMatter = (it: Identifier) => {
    const { parent } = wrapped(it);
    const other = is.CallExpression(parent) ? removalOf(parent, program) : undefined;
    if (other === undefined) return isCalled(it) || isAdded(it, program);
    const isEarly = added !== undefined && other.call.pos < added.call.pos;
    const isSame = other.event === undefined || mayBeSameEvent(other.event, removal.event ?? call);
    return isEarly || !isSame;
  };
  return mentions.every(isNoMatter) ? { ...removal, because: "early", added } : undefined;
}

function isAdded(mention: Identifier, program: Program): boolean {
  const { parent } = wrapped(mention);
  const added = is.CallExpression(parent) ? registrationOf(parent, program) : undefined;
  return added !== undefined && unwrapped(added.listener) === mention;
}

/** A local function that is only called and removed, but never handed to anybody. */
function isNeverHandedOn(listener: Node, program: Program): boolean {
  const variable = variableBehind(listener, program);
  if (variable === undefined) return false;
  const { declaration } = variable;
  const value = is.VariableDeclaration(declaration) ? declaration.initializer : declaration;
  if (value === undefined || !isFunctionLike(unwrapped(value))) return false;
  if (isExported(declaration)) return false;
  const file = sourceFileOf(declaration);
  return variable.mentions.every(
    (it) => isCalled(it) || isRemoved(it, program) || isOnlyKept(it, file, program),
  );
}

/** `request.abort = cleanup`, where nobody listens with `request.abort`. */
function isOnlyKept(mention: Identifier, file: SourceFile, program: Program): boolean {
  const { parent } = wrapped(mention);
  if (!isAssignment(parent) || unwrapped(parent.right) !== mention) return false;
  const left = unwrapped(parent.left);
  if (!is.PropertyAccessExpression(left)) return false;
  const name = left.name.text;
  return !registrationsIn(file, program).some(({ listener }) => {
    const added = unwrapped(listener);
    return is.PropertyAccessExpression(added) && added.name.text === name;
  });
}

function isExported(declaration: Node): boolean {
  const statement = is.VariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return hasModifier(statement, Kind.ExportKeyword);
}

function isCalled(mention: Identifier): boolean {
  const callee = wrapped(mention);
  return is.CallExpression(callee.parent) && callee.parent.expression === callee;
}

function isRemoved(mention: Identifier, program: Program): boolean {
  const { parent } = wrapped(mention);
  const removal = is.CallExpression(parent) ? removalOf(parent, program) : undefined;
  return removal?.listener !== undefined && unwrapped(removal.listener) === mention;
}

function isOfPage(target: Node | undefined): boolean {
  const key = targetKey(target);
  return key === "globalThis" || key === "document";
}
