import type { Program } from "../program.ts";
import {
  type CallExpression,
  enclosingFunction,
  type FunctionLike,
  is,
  isFunctionExpression,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { isRemoved, type Registration, registrationOf } from "./listeners.ts";
import { declarationOf, importedFrom, knownSymbol, requiredFrom } from "./references.ts";

// Does each call of a function add one more listener to something that all calls share?
//
// A listener that settles the promise of the call it was added for is of no use afterwards. Where it
// was added to something that lives on (what a file has at its top, what it imports, the process),
// and nothing removes it, there is one more of them after each call, and each new event calls all of
// them. *Must*: the target is known to be shared, the listener mentions what settles the promise, and no
// removal in the file may be meant for it. Listeners that are called once are left alone, since the
// event that ends the call most often removes them too.

export interface PiledListener {
  readonly registration: Registration;
  /** The function of which each call adds one. */
  readonly fn: FunctionLike;
}

export function piledListener(call: CallExpression, program: Program): PiledListener | undefined {
  const registration = registrationOf(call, program);
  if (registration === undefined || registration.once || registration.mayHaveSignal) {
    return undefined;
  }
  const executor = executorAround(call);
  const fn = executor && enclosingFunction(executor);
  if (executor === undefined || fn === undefined || !settles(registration, executor)) {
    return undefined;
  }
  if (!isShared(registration.target, program)) return undefined;
  return isRemoved(registration, sourceFileOf(call), program) ? undefined : { registration, fn };
}

/** The function that `new Promise` is given, around the call. */
function executorAround(call: Node): FunctionLike | undefined {
  for (let fn = enclosingFunction(call); fn !== undefined; fn = enclosingFunction(fn)) {
    const { parent } = wrapped(fn);
    const isPromise =
      is.NewExpression(parent) && nameOf(unwrapped(parent.expression)) === "Promise";
    if (isPromise && isFunctionExpression(fn)) return fn;
  }
  return undefined;
}

/** The listener mentions `resolve` or `reject`, or is one of them. */
function settles({ listener }: Registration, { parameters }: FunctionLike): boolean {
  const names = new Set(parameters.map((it) => nameOf(it.name)));
  const isOne = (it: Node) => is.Identifier(it) && names.has(it.text);
  let found = isOne(unwrapped(listener));
  walk(listener, (it) => {
    found ||= isOne(it);
    return found ? "skip" : undefined;
  });
  return found;
}

/** Whether every call of the function means the same target. */
function isShared(target: Node | undefined, program: Program): boolean {
  if (target === undefined) return true;
  let root = unwrapped(target);
  while (is.PropertyAccessExpression(root)) root = unwrapped(root.expression);
  if (!is.Identifier(root)) return false;
  const file = sourceFileOf(root);
  if ((importedFrom(root.text, file) ?? requiredFrom(root.text, file)) !== undefined) return true;
  const declaration = declarationOf(root, program);
  if (declaration === undefined) return knownSymbol(root, program) !== undefined;
  if (is.Parameter(declaration)) return false;
  return enclosingFunction(declaration) === undefined;
}
