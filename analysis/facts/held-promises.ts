import { fact, type Program } from "../program.ts";
import {
  ancestor,
  enclosingFunction,
  is,
  isAsync,
  isGenerator,
  isLoop,
  isOneOf,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { lastJump, partOf, passesSwitch } from "./paths.ts";
import { type Mentions, mentionsOfBinding, stopsAtReads } from "./bindings.ts";
import { calleeOf } from "./callees.ts";
import { type Exceptions, pathFrom } from "./flow.ts";
import {
  branchesOf,
  isAlwaysPromise,
  isArrayOfPromises,
  isHandled,
  isLazy,
  isPromise,
  mayFloat,
} from "./promises.ts";
import { variableBehind } from "./references.ts";
import { startedBy } from "./returns.ts";
import { elementsReject, mayReject } from "./summaries.ts";

// Is a promise that was put into a variable ever looked at, on every way, and in time?
//
// `const p = save(doc)` starts the work, whatever happens to `p`. Two things go wrong then. A path
// leaves the function without looking at `p`: nobody waits, and nobody hears of a rejection. Or a
// path pauses before it looks: a rejection that comes during the pause has no handler yet, which
// ends the process in Node, although a handler would have come.
//
// *May* questions on the flow graph, about variables that are declared with the promise in them and
// that no nested function and no other file sees; any mention in the flow counts as looking (see
// facts/bindings.ts). Ways out of a function count only where the variable holds a promise for
// certain, since `const p = cond ? save() : undefined` is often skipped for the same `cond`. Left
// out, and silent: paths on which a call happens to throw, a `switch` whose cases may be all there
// are, loops that may run not even once, promises that were there before and are only given a name.

export interface Held {
  readonly declaration: NodeOf<"VariableDeclaration">;
  readonly name: string;
  /** The initializer. */
  readonly promise: Node;
  readonly isArray: boolean;
  readonly mentions: Mentions;
  /** The node because of which it may reject. */
  readonly rejects: Node | undefined;
}

/** The promise that a variable is declared with, if nobody has taken care of it by then. */
export const heldBy: (
  declaration: NodeOf<"VariableDeclaration">,
  program: Program,
) => Held | undefined = fact((declaration, program) => {
  const name = nameOf(declaration.name);
  const { initializer } = declaration;
  if (name === undefined || initializer === undefined) return undefined;
  const promise = unwrapped(initializer);
  // Most variables hold something else, and the type engine need not be asked about them.
  const parts = is.ArrayLiteralExpression(promise) ? promise.elements : branchesOf(promise);
  if (!parts.some(isCall)) return undefined;
  const isArray = isArrayOfPromises(promise, program);
  if (!isArray && !isStarted(promise, program)) return undefined;
  const mentions = mentionsOfBinding(declaration, program);
  if (mentions.captured) return undefined;
  const rejects = isArray ? elementsReject(promise, program) : mayReject(promise, program);
  return { declaration, name, promise, isArray, mentions, rejects };
});

const isCall = isOneOf("CallExpression", "NewExpression");

/** Whether the expression starts something that somebody has to wait for. */
export function isStarted(promise: Node, program: Program): boolean {
  if (!isPromise(promise, program) || isHandled(promise, program)) return false;
  if (mayFloat(promise, program) || isLazy(promise, program)) return false;
  return branchesOf(promise).every((it) => {
    if (!isCall(it)) return !isPromise(it, program);
    if (is.NewExpression(it)) return true;
    const { functions } = calleeOf(it, program);
    return functions.length === 0 || functions.some((fn) => startedBy(fn, program) !== undefined);
  });
}

export interface Exit {
  /** `again`: the variable gets another value. */
  readonly to: "return" | "end" | "throw" | "again";
  readonly at: Node;
}

/** The ways out of the function on which nobody looks at the promise; those by `throw` come alone. */
export function exitsUnseen(held: Held, program: Program): readonly Exit[] {
  const { declaration, promise, mentions } = held;
  if (!held.isArray && (!isAlwaysPromise(promise, program) || isMissing(promise, program)))
    return [];
  const stops = stopsAtReads(mentions, declaration);
  const writes = new Set<Node>([declaration, ...mentions.writes]);
  const found = new Map<Node, Exit>();
  const again = (node: Node) => writes.has(node);
  const search = (until: readonly ("return" | "end" | "throw")[], exceptions: Exceptions) => {
    while (found.size < MOST_EXITS) {
      const path = pathFrom(
        declaration,
        {
          until: [...until, again],
          stops: (node) => found.has(node) || stops(node),
          exceptions,
        },
        program,
      );
      if (path === undefined || passesSwitch(path)) return;
      const at = lastJump(path);
      const known = found.size;
      found.set(at, { to: path.to === "node" || path.to === "suspension" ? "again" : path.to, at });
      if (found.size === known) return;
    }
  };
  search(["return", "end"], "awaited");
  if (found.size === 0) search(["throw"], "thrown");
  return [...found.values()];
}

const MOST_EXITS = 5;

export interface Late {
  /** Where other code runs, with nobody listening to the promise. */
  readonly pause: Node;
  /** Where somebody looks at it at last. */
  readonly look: Node;
}

/** A pause between the start of the promise and the first look at it. */
export function pauseBeforeLook(held: Held, program: Program): Late | undefined {
  const { declaration, mentions } = held;
  const owner = enclosingFunction(declaration);
  if (owner !== undefined && isGenerator(owner) && !isAsync(owner)) return undefined;
  const reads = new Set<Node>(mentions.reads);
  const isLook = (node: Node) => reads.has(node);
  const path = pathFrom(declaration, { until: "suspension", stops: isLook }, program);
  if (path === undefined) return undefined;
  const on = pathFrom(
    path.at,
    { until: isLook, stops: (it) => it === declaration, exceptions: "awaited" },
    program,
  );
  return on === undefined ? undefined : { pause: partOf(path.at), look: on.at };
}

/** The loop that waits for the elements of an array of promises one after the other. */
export function waitedOneByOne(held: Held, program: Program): Late | undefined {
  if (!held.isArray) return undefined;
  const { declaration, mentions } = held;
  for (const read of mentions.reads) {
    const pause = pauseInLoop(read);
    if (pause === undefined) continue;
    const others = new Set<Node>(mentions.reads.filter((it) => it !== read));
    const path = pathFrom(
      declaration,
      { until: (it) => it === read, stops: (it) => others.has(it) },
      program,
    );
    if (path !== undefined) return { pause, look: read };
  }
  return undefined;
}

/** The same for a loop over promises that are started in its head, where they may reject. */
export function pauseInDirectLoop(
  loop: NodeOf<"ForOfStatement">,
  program: Program,
): Node | undefined {
  const promises = unwrapped(loop.expression);
  // Names of promises may have been looked at before.
  const starts = is.ArrayLiteralExpression(promises)
    ? promises.elements.slice(1).some((it) => is.CallExpression(it))
    : is.CallExpression(promises);
  const pause = starts ? pauseInLoop(promises) : undefined;
  if (pause === undefined || !isArrayOfPromises(promises, program)) return undefined;
  return elementsReject(promises, program) === undefined ? undefined : pause;
}

/**
 * The pause in which a loop waits for one of the promises that a parameter brings, where the function
 * does nothing else with them: who has started them hands them on to be looked after here.
 */
export function pauseInLoopOverGiven(
  node: NodeOf<"ForOfStatement"> | NodeOf<"AwaitExpression">,
  program: Program,
): { readonly promises: Node; readonly pause: Node } | undefined {
  const inner = unwrapped(node.expression);
  const promises = is.ElementAccessExpression(inner) ? unwrapped(inner.expression) : inner;
  if (!is.Identifier(promises)) return undefined;
  if (is.AwaitExpression(node) && !is.ElementAccessExpression(inner)) return undefined;
  const pause = pauseInLoop(promises);
  const given = pause && variableBehind(promises, program);
  if (pause === undefined || given === undefined || !is.Parameter(given.declaration)) {
    return undefined;
  }
  if (given.mentions.some((it) => it !== promises && !isOfElements(it))) return undefined;
  const { elements } = program.types.value(promises);
  return elements === "all" || elements === "some" ? { promises, pause } : undefined;
}

/** `promises[index]` and `promises.length`. */
function isOfElements(mention: Node): boolean {
  const { parent } = wrapped(mention);
  if (is.ElementAccessExpression(parent)) return parent.expression === wrapped(mention);
  return is.PropertyAccessExpression(parent) && parent.name.text === "length";
}

/** The pause in which `for (const p of promises)` waits for one, with the others unobserved. */
function pauseInLoop(promises: Node): Node | undefined {
  const outer = wrapped(promises).parent;
  if (is.ForOfStatement(outer) && unwrapped(outer.expression) === promises) {
    return outer.awaitModifier === undefined ? awaitOfElement(outer) : outer.expression;
  }
  // `await promises[index]`, where the index is what a loop counts.
  if (!is.ElementAccessExpression(outer) || !is.Identifier(outer.argumentExpression)) {
    return undefined;
  }
  const awaited = wrapped(outer).parent;
  return is.AwaitExpression(awaited) && ancestor(awaited, isLoop) ? awaited : undefined;
}

function awaitOfElement(loop: NodeOf<"ForOfStatement">): Node | undefined {
  const { initializer, statement } = loop;
  const [element] = is.VariableDeclarationList(initializer) ? initializer.declarations : [];
  const name = nameOf(element?.name);
  let found: Node | undefined;
  walkBody(statement, (it) => {
    if (is.AwaitExpression(it) && name !== undefined && nameOf(unwrapped(it.expression)) === name) {
      found ??= it;
    }
    return undefined;
  });
  return found;
}

function isMissing(promise: Node, program: Program): boolean {
  return program.types.promise(promise).nullable;
}
