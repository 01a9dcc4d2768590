import type { ScopeModel } from "../primitives/primitive.ts";
import { fact, type Program } from "../program.ts";
import {
  bodyHas,
  type CallExpression,
  calleeNameOf,
  enclosingFunction,
  type FunctionLike,
  is,
  isFunctionExpression,
  isFunctionLike,
  type Node,
  nameOf,
  type NodeOf,
  textOf,
  unwrapped,
  walk,
  walkBody,
} from "../syntax.ts";
import { functionsIn } from "./callees.ts";
import { cleanupsOf, scopeOf } from "./lives.ts";
import { declarationOf } from "./references.ts";

// Which function does a framework run again, because of what, and how does it end the run before?
//
// `useEffect` and its like, hooks that are called `use…Effect` and take a function and a list, Vue's
// watchers, Solid's and Svelte's effects. What an effect runs again for is its *triggers*: the values
// in its list, or, where there is no list, whatever it reads of its component. Values that never
// change in practice are left out: setters, refs, what a router, a translator or a client is called
// by. A function in the list that `useCallback` keeps stands for what is in its own list. An effect
// whose list is empty, or is made elsewhere, runs once for all that is known.
//
// *May*: a trigger need not ever change. The name of a hook counts, since libraries that bring such
// hooks are many; so does an import that leads to no declaration.

export interface Effect {
  readonly call: CallExpression;
  readonly fn: FunctionLike;
  readonly model: ScopeModel;
  /** What it runs again for; `anything`: whatever it reads. */
  readonly triggers: readonly Node[] | "anything";
  /** The functions that run before it runs again. */
  readonly cleanups: readonly FunctionLike[];
  /** What is run before it runs again is made elsewhere. */
  readonly cleanedElsewhere: boolean;
}

/** The effect that a call sets up, where it may run again. */
export const effectBy: (call: CallExpression, program: Program) => Effect | undefined = fact(
  (call, program) => {
    const name = nameOf(calleeNameOf(call));
    if (name === undefined || !NAMES.test(name)) return undefined;
    const model = scopeOf(call, program) ?? byName(name, call);
    const argument = model && call.arguments[model.runs];
    const fn = argument && functionAt(argument, program);
    if (model?.repeats === undefined || fn === undefined) return undefined;
    const triggers = triggersOf(call, model, program);
    if (triggers !== "anything" && triggers.length === 0) return undefined;
    const cleanups = cleanupsOf({ kind: "effect", fn, call, model, scope: fn });
    return { call, fn, model, triggers, cleanups, cleanedElsewhere: cleansElsewhere(fn, model) };
  },
);

const NAMES = /^(?:use\w*Effect\w*|watch\w*|createEffect|\$effect)$/;

function byName(name: string, call: CallExpression): ScopeModel | undefined {
  const [run, list] = call.arguments;
  if (!/^use\w*Effect$/.test(name) || !isFunctionExpression(run && unwrapped(run)))
    return undefined;
  return list !== undefined && is.ArrayLiteralExpression(unwrapped(list)) ? BY_NAME : undefined;
}

const BY_NAME: ScopeModel = {
  reason: "A hook with this name, a function and a list is an effect like those of React.",
  runs: 0,
  cleanup: "returned",
  repeats: 1,
};

function functionAt(argument: Node, program: Program): FunctionLike | undefined {
  const node = unwrapped(argument);
  if (isFunctionExpression(node)) return node;
  const [fn, another] = functionsIn(node, program);
  return another === undefined ? fn : undefined;
}

function triggersOf(
  call: CallExpression,
  { repeats }: ScopeModel,
  program: Program,
): Effect["triggers"] {
  if (typeof repeats !== "number") return "anything";
  const list = call.arguments[repeats];
  if (list === undefined) return "anything";
  const array = unwrapped(list);
  if (!is.ArrayLiteralExpression(array)) return [];
  return [...array.elements].flatMap((it) => triggersIn(it, program, 0));
}

/** A value that changes; a function that a hook keeps changes when what is in its own list does. */
function triggersIn(value: Node, program: Program, depth: number): readonly Node[] {
  if (is.SpreadElement(value)) return [];
  const inner = depth < DEEPEST ? listOfHook(value, program) : undefined;
  const kept = inner?.flatMap((it) => triggersIn(it, program, depth + 1)) ?? [];
  return isSteady(value, program) ? kept : [value, ...kept];
}

const DEEPEST = 2;

/** The list of the `useCallback` or `useMemo` that a constant was made by. */
function listOfHook(value: Node, program: Program): readonly Node[] | undefined {
  const name = unwrapped(value);
  const declaration = is.Identifier(name) ? declarationOf(name, program) : undefined;
  const made = declaration && creationOf(declaration);
  const call = made && unwrapped(made);
  if (!is.CallExpression(call)) return undefined;
  if (!/^use(?:Callback|Memo)$/.test(nameOf(calleeNameOf(call)) ?? "")) return undefined;
  const list = call.arguments[1];
  const array = list && unwrapped(list);
  return is.ArrayLiteralExpression(array) ? array.elements : undefined;
}

/** Whether a value stays the same from run to run, for all practical purposes. */
export function isSteady(value: Node, program: Program): boolean {
  const node = unwrapped(value);
  if (is.PropertyAccessExpression(node)) return node.name.text === "current";
  if (!is.Identifier(node)) return false;
  if (SERVES.test(node.text)) return true;
  const declaration = declarationOf(node, program);
  if (declaration === undefined || is.ImportSpecifier(declaration)) return true;
  if (enclosingFunction(declaration) === undefined) return true;
  const made = creationOf(declaration);
  const call = made && unwrapped(made);
  const hook = is.CallExpression(call) ? nameOf(calleeNameOf(call)) : undefined;
  if (hook === undefined) return false;
  if (is.CallExpression(call) && /^use(?:Callback|Memo)$/.test(hook)) {
    const list = call.arguments[1];
    const array = list && unwrapped(list);
    return is.ArrayLiteralExpression(array) && array.elements.every((it) => isSteady(it, program));
  }
  return STEADY_HOOKS.test(hook) || (isSecond(declaration) && PAIR_HOOKS.test(hook));
}

/** What serves requests, and does not say what is requested. */
const SERVES =
  /^(?:\w+(?:Client|Service|Store|Api|Manager|Provider|Repository|Router|Ref|Context)|client|config|api|router|navigate|navigation|dispatch|stores?|logger|t|i18n|intl|toast|agent|db|sdk|fetcher|service|history|location)$/;
const STEADY_HOOKS =
  /^use(?:Ref|Dispatch|Navigate|Navigation|Router|Translation|Intl|Theme|QueryClient|Stores?|\w*Client|Toast\w*|Snackbar|Logger|\w*Api|Event\w*|\w*Callback|Id)$/;
const PAIR_HOOKS = /^(?:use\w*(?:State|Reducer|Atom)|createSignal|createStore)$/;

function creationOf(declaration: Node): Node | undefined {
  let at = declaration;
  while (is.BindingElement(at)) at = at.parent.parent;
  return is.VariableDeclaration(at) ? at.initializer : undefined;
}

/** `setUser` in `const [user, setUser] = useState()`. */
function isSecond(declaration: Node): boolean {
  const pattern = declaration.parent;
  return (
    is.BindingElement(declaration) &&
    is.ArrayBindingPattern(pattern) &&
    pattern.elements[1] === declaration
  );
}

/** Whether the effect gives back something that is not written there and then. */
function cleansElsewhere({ body }: FunctionLike, { cleanup }: ScopeModel): boolean {
  if (cleanup !== "returned" || !is.Block(body)) return false;
  return bodyHas(body, (it) => {
    const value = is.ReturnStatement(it) && it.expression ? unwrapped(it.expression) : undefined;
    if (value === undefined || isFunctionLike(value)) return false;
    return nameOf(value) !== "undefined" && !is.NullKeyword(value);
  });
}

/** The setter of a component's state that an identifier is: from `useState` and its like. */
export function isSetter(name: NodeOf<"Identifier">, program: Program): boolean {
  if (!/^(?:set|update|dispatch|change|on)/i.test(name.text)) return false;
  const declaration = declarationOf(name, program);
  const made = declaration && isSecond(declaration) ? creationOf(declaration) : undefined;
  const call = made && unwrapped(made);
  if (is.CallExpression(call)) return PAIR_HOOKS.test(nameOf(calleeNameOf(call)) ?? "");
  const type = program.types.value(name).type;
  return type?.name === "Dispatch" && type.module === "react";
}

/** `user.value` of a reference made by `ref()`: writing to it renders. */
export function isReactiveCell(target: Node, program: Program): boolean {
  const node = unwrapped(target);
  if (!is.PropertyAccessExpression(node) || node.name.text !== "value") return false;
  const holder = unwrapped(node.expression);
  const declaration = is.Identifier(holder) ? declarationOf(holder, program) : undefined;
  const made = declaration && creationOf(declaration);
  const call = made && unwrapped(made);
  return (
    is.CallExpression(call) &&
    /^(?:shallowRef|ref|customRef)$/.test(nameOf(calleeNameOf(call)) ?? "")
  );
}

/** Whether an expression mentions what the effect runs again for; the trigger as it is called. */
export function triggerIn(
  expression: Node,
  { triggers, fn, call }: Effect,
  program: Program,
): string | undefined {
  let found: string | undefined;
  const visit = (node: Node): "skip" | undefined => {
    if (found !== undefined) return "skip";
    if (!is.Identifier(node) && !is.PropertyAccessExpression(node)) return undefined;
    if (triggers === "anything") {
      if (is.Identifier(node) && isRead(node) && isOfComponent(node, fn, call, program)) {
        found = node.text;
      }
      return undefined;
    }
    const text = textOf(node);
    found = triggers.map(textOf).find((it) => it === text || isRootOf(node, it));
    return undefined;
  };
  visit(expression);
  walk(expression, visit);
  return found;
}

function isRead(node: Node): boolean {
  const { parent } = node;
  if (is.PropertyAccessExpression(parent)) return parent.expression === node;
  return !(is.PropertyAssignment(parent) && parent.name === node);
}

/** `user` is asked about as a whole, where `user.id` is a trigger. */
function isRootOf(node: Node, trigger: string): boolean {
  if (!is.Identifier(node) || is.PropertyAccessExpression(node.parent)) return false;
  const [root, ...path] = trigger.split(/\??\./);
  return path.length > 0 && root === node.text && isRead(node);
}

/** A variable of the component, or a parameter of the effect itself: Vue hands over the new value. */
function isOfComponent(
  name: NodeOf<"Identifier">,
  fn: FunctionLike,
  call: CallExpression,
  program: Program,
): boolean {
  const declaration = declarationOf(name, program);
  if (declaration === undefined || isSteady(name, program)) return false;
  if (is.Parameter(declaration) && declaration.parent === fn) return true;
  const outer = enclosingFunction(call);
  const owner = enclosingFunction(declaration);
  return owner !== undefined && owner === outer && !is.FunctionDeclaration(declaration);
}

/** The constants of a function that hold values, by name. */
export function constantsIn(fn: FunctionLike): ReadonlyMap<string, Node> {
  const constants = new Map<string, Node>();
  if (fn.body === undefined) return constants;
  walkBody(fn.body, (it) => {
    if (is.VariableDeclaration(it) && it.initializer !== undefined) {
      const name = nameOf(it.name);
      if (name !== undefined) constants.set(name, it.initializer);
    }
    return undefined;
  });
  return constants;
}
