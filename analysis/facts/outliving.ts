import type { Program } from "../program.ts";
import {
  type CallExpression,
  enclosingFunction,
  is,
  isFunctionExpression,
  isInside,
  lastNameOf,
  methodCall,
  nameOf,
  type NewExpression,
  type Node,
  sourceFileOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { constantBehind } from "./callees.ts";
import { valuesOfField } from "./field-values.ts";
import {
  isRemoved,
  type Registration,
  registrationOf,
  removalsIn,
  targetKey,
} from "./listeners.ts";
import { type Life, lifeOf } from "./lives.ts";
import { type Begun, begunBy, type Holder, holderOf, mayEnd, mentionsOfMember } from "./pairs.ts";
import { isEmpty } from "./tests.ts";
import { declarationOf, knownSymbol, variableBehind } from "./references.ts";

// What goes on when the life that it is a part of is over?
//
// Things that last until somebody ends them (intervals, listeners, observers, connections, workers),
// begun in an effect, a class or a closure that comes to an end, where nothing in sight ends them. In
// sight is the component around an effect, the class, the closure; mentions anywhere in there count,
// also in methods that the end does not call, for who writes `stop()` has thought of it.
//
// A listener outlives its owner where its target does: the global object, the page, the process,
// whatever is declared at the top of a file or imported; in an effect, which runs again and again,
// any target that the effect did not make itself. A target that a class was given counts only where
// the class removes other listeners from it. What is left: a target that the owner has made dies with
// it, listeners and all.

export interface Outliving {
  readonly life: Life;
  readonly call: CallExpression | NewExpression;
  /** What was begun, as messages call it. */
  readonly begins: string;
  readonly holder: Holder;
  readonly begun: Begun | undefined;
  readonly registration: Registration | undefined;
  /** The removal of another listener from the same target, which shows that this one was forgotten. */
  readonly sibling: Node | undefined;
}

/** What a call begins, where it goes on after the life that it belongs to. */
export function outlivingBy(
  call: CallExpression | NewExpression,
  program: Program,
): Outliving | undefined {
  const registration = is.CallExpression(call) ? registrationOf(call, program) : undefined;
  if (registration !== undefined) return outlivingListener(registration, program);
  const begun = begunBy(call, program);
  if (begun === undefined || begun.pair.passes === true) return undefined;
  const life = lifeOf(call, program);
  if (life === undefined) return undefined;
  // A component that says nothing of its end matters only for what is going to go on for sure.
  const isEndless = life.kind === "class" && life.teardown === undefined;
  if (isEndless && begun.pair.functions.size === 0) return undefined;
  const holder = holderOf(call, program);
  const { begins } = begun.pair;
  const found = { life, call, begins, holder, begun, registration: undefined, sibling: undefined };
  if (holder.kind === "nowhere") return found;
  const mentions = mentionsOf(holder, life, program);
  return mentions === undefined || mentions.some((it) => mayEnd(it, begun.pair))
    ? undefined
    : found;
}

/** Where else the handle is mentioned; undefined: that is out of sight. */
export function mentionsOf(
  holder: Holder,
  life: Life,
  program: Program,
): readonly Node[] | undefined {
  if (holder.kind === "variable") {
    const variable = variableBehind(holder.name, program);
    return variable?.mentions.filter((it) => it !== holder.name);
  }
  if (holder.kind !== "member") return undefined;
  const isField = is.ThisKeyword(unwrapped(holder.access.expression)) && life.kind === "class";
  if (isField) return mentionsOfMember(holder.access, life.scope, program);
  return mentionsOfProperty(holder.access, program);
}

/** Where the file uses the same property, of whatever object: `entry.timer` where entries are gone through. */
function mentionsOfProperty(access: Node, program: Program): readonly Node[] {
  const name = is.PropertyAccessExpression(access) ? access.name : undefined;
  const symbol = name && program.types.symbol(name);
  const file = sourceFileOf(access);
  // `ref.current` is each reference's own.
  if (name === undefined || symbol?.module !== "own")
    return mentionsOfMember(access, file, program);
  const found: Node[] = [];
  walk(file, (it) => {
    const isSame = is.PropertyAccessExpression(it) && it !== access && it.name.text === name.text;
    if (isSame && program.types.symbol(it.name)?.id === symbol.id) found.push(it);
    return undefined;
  });
  return found;
}

function outlivingListener(registration: Registration, program: Program): Outliving | undefined {
  const { call, pair, once, mayHaveSignal } = registration;
  if (mayHaveSignal || isHandedOn(call) || doesNothing(registration)) return undefined;
  if (once && !isOfProcess(registration)) return undefined;
  const life = lifeOf(call, program);
  if (life === undefined) return undefined;
  const kind = targetKind(registration, life, program);
  if (kind === "own") return undefined;
  const sibling = kind === "given" ? siblingRemoval(registration, life, program) : undefined;
  if (kind === "given" && (sibling === undefined || isEnded(registration, life))) return undefined;
  const scope = life.kind === "effect" ? sourceFileOf(call) : life.scope;
  if (isRemoved(registration, scope, program)) return undefined;
  return {
    life,
    call,
    begins: pair.begins,
    holder: { kind: "nowhere" },
    begun: undefined,
    registration,
    sibling,
  };
}

/** `on("error", noop)` keeps a late error from being thrown, and holds on to nothing. */
function doesNothing({ listener }: Registration): boolean {
  const fn = unwrapped(listener);
  if (/noop$/i.test(nameOf(fn) ?? "")) return true;
  return isFunctionExpression(fn) && is.Block(fn.body) && fn.body.statements.length === 0;
}

/** `const dispose = target.on(…)`: some give back a function that removes the listener. */
function isHandedOn(call: CallExpression): boolean {
  const { parent } = call;
  const isChained = is.PropertyAccessExpression(parent);
  return !is.ExpressionStatement(parent) && !isChained && !is.ArrowFunction(parent);
}

function isOfProcess({ target }: Registration): boolean {
  return target !== undefined && /^process\b/.test(targetKey(target) ?? "");
}

/** Whether the target lives on, is the owner's own, or was given to it by somebody. */
function targetKind({ target }: Registration, life: Life, program: Program): TargetKind {
  return target === undefined ? "lasting" : kindOf(target, life, program, 0);
}

type TargetKind = "lasting" | "own" | "given";

function kindOf(target: Node, life: Life, program: Program, steps: number): TargetKind {
  const root = rootOf(target);
  if (is.ThisKeyword(root)) {
    return root === unwrapped(target) || isMadeByOwner(target, program) ? "own" : "given";
  }
  if (is.CallExpression(root)) return isOfPage(root, life) ? "lasting" : "own";
  if (!is.Identifier(root)) return "own";
  const symbol = knownSymbol(root, program);
  if (symbol === undefined) return GLOBALS.has(root.text) ? "lasting" : "given";
  if (symbol.module !== "own") return "lasting";
  const declaration = declarationOf(root, program);
  if (declaration === undefined) return "given";
  if (sourceFileOf(declaration) !== sourceFileOf(target)) return "lasting";
  if (enclosingFunction(declaration) === undefined && !is.Parameter(declaration)) return "lasting";
  if (life.kind === "effect" && !isInside(declaration, life.fn)) return "lasting";
  const bound = steps < MOST_STEPS ? constantBehind(root, program) : undefined;
  if (bound !== undefined) return kindOf(bound, life, program, steps + 1);
  if (life.kind === "closure" && isGivenBack(life) && declaration.parent === life.fn) {
    return "lasting";
  }
  return is.Parameter(declaration) || is.BindingElement(declaration) ? "given" : "own";
}

/** A field that never holds anything but what its own class has made. */
function isMadeByOwner(target: Node, program: Program): boolean {
  const access = unwrapped(target);
  if (!is.PropertyAccessExpression(access) || !is.ThisKeyword(unwrapped(access.expression)))
    return false;
  const values = valuesOfField(access, program)?.map(unwrapped) ?? [];
  return values.some(is.NewExpression) && values.every((it) => is.NewExpression(it) || isEmpty(it));
}

/** A function that is given something, and gives back how to undo what it does to it. */
function isGivenBack({ teardown }: Life & { kind: "closure" }): boolean {
  return is.ReturnStatement(wrapped(teardown).parent);
}

const MOST_STEPS = 3;

/** Names that stand for the platform, where nothing is known of types. */
const GLOBALS: ReadonlySet<string> = new Set([
  "window",
  "document",
  "globalThis",
  "self",
  "process",
  "navigator",
  "screen",
]);

/** `matchMedia(…)`, whose result the page keeps; in an effect also what is found in the page. */
function isOfPage(call: CallExpression, life: Life): boolean {
  const callee = unwrapped(call.expression);
  if (lastNameOf(callee) === "matchMedia") return true;
  return life.kind === "effect" && nameOf(rootOf(callee)) === "document";
}

/** The start of a chain of members: `window` in `window.screen.orientation`. */
function rootOf(target: Node): Node {
  let node = unwrapped(target);
  while (is.PropertyAccessExpression(node) || is.ElementAccessExpression(node)) {
    node = unwrapped(node.expression);
  }
  return node;
}

/** Whether the owner ends the target itself somewhere, and with it all that listens to it. */
function isEnded({ target }: Registration, { scope }: Life): boolean {
  const key = targetKey(target);
  let isIt = false;
  walk(scope, (it) => {
    const call = methodCall(it);
    isIt ||= call !== undefined && ENDS.test(call.method) && targetKey(call.receiver) === key;
    return isIt ? "skip" : undefined;
  });
  return key !== undefined && isIt;
}

const ENDS =
  /^(?:destroy|destroySoon|close|end|terminate|disconnect|dispose|kill|removeAllListeners)$/;

/** Another listener that the owner does remove from the same target. */
function siblingRemoval({ target }: Registration, life: Life, program: Program): Node | undefined {
  const key = targetKey(target);
  if (target === undefined || key === undefined) return undefined;
  const root = rootOf(target);
  const id = is.Identifier(root) ? program.types.symbol(root)?.id : undefined;
  return removalsIn(sourceFileOf(life.scope), program).find((it) => {
    // Who removes all listeners of an event at once does so for a purpose of its own.
    if (it.listener === undefined || !isInside(it.call, life.scope)) return false;
    if (targetKey(it.target) !== key) return false;
    const other = it.target && rootOf(it.target);
    return !is.Identifier(other) || program.types.symbol(other)?.id === id;
  })?.call;
}
