import type { CallbackModel, CallModel } from "../primitives/primitive.ts";
import type { Program } from "../program.ts";
import {
  enclosingFunction,
  type FunctionLike,
  is,
  isAsync,
  isFunctionExpression,
  isFunctionLike,
  isGenerator,
  isLoop,
  isShortCircuit,
  type Node,
  type NodeOf,
  nameOf,
  wrapped,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { isDropped, isOnlyTested, mentionsOf } from "./mentions.ts";
import { reason } from "./reasons.ts";
import { segmentOf } from "./segments.ts";

// What does a function do with the functions and promises that it is given?
//
// For other people's functions the models say so; for own ones it is read off the body. A callback
// that is called at several places gets the worst of them: later before awaited before now, dropped
// before everything else. One that is stored, returned, or given to somebody unknown is not known
// about, and neither is a parameter that is taken apart. Functions that only hand a callback to
// each other in a circle never call it.
//
// A promise is observed when anything is done with it beyond dropping it or testing that it is
// there; what is stored or passed to somebody unknown has an owner. A *may* question that prefers
// "yes", since "no" is what gets reported.

/** What becomes of the function at this argument; `never` called, or undefined: unknown. */
export function callbackOf(argument: Node, program: Program): CallbackModel | "never" | undefined {
  const place = argumentPlace(argument);
  if (place === undefined) return undefined;
  const { model, functions } = calleeOf(place.call, program);
  const modelled = model && callbackIn(model, place.index);
  if (modelled !== undefined) return modelled;
  let worst: CallbackModel | undefined;
  for (const fn of functions) {
    const parameter = parameterAt(fn, place.index);
    if (parameter === undefined || nameOf(parameter.name) === undefined) return undefined;
    const use = callbackUse(parameter, program);
    if (use?.unknown === true) return undefined;
    if (use !== undefined) worst = worse(worst, use);
  }
  return worst ?? (functions.length === 0 ? undefined : "never");
}

/** Whether somebody looks at the promise that is passed here. */
export function observesArgument(argument: Node, program: Program): "yes" | "no" | "unknown" {
  const place = argumentPlace(argument);
  if (place === undefined) return "unknown";
  const { model, functions } = calleeOf(place.call, program);
  if (model?.observes !== undefined) return model.observes ? "yes" : "no";
  if (functions.length === 0) return "unknown";
  const observed = functions.some((fn) => {
    const parameter = parameterAt(fn, place.index);
    return parameter !== undefined && observation(parameter, program) !== undefined;
  });
  return observed ? "yes" : "no";
}

/** What a parameter's function is used for; undefined: it is never called. */
export function callbackParameter(
  parameter: NodeOf<"Parameter">,
  program: Program,
): CallbackModel | "never" | undefined {
  const use = callbackUse(parameter, program);
  if (use === undefined) return "never";
  return use.unknown === true ? undefined : use;
}

/** The first place in the body that looks at a promise passed for the parameter. */
export const observation = reason<NodeOf<"Parameter">, Node>((parameter, program) => {
  const { parent: fn } = parameter;
  const name = nameOf(parameter.name);
  if (name === undefined || !isFunctionLike(fn)) return parameter;
  return mentionsOf(name, fn).find((mention) => {
    if (isDropped(mention) || isOnlyTested(mention)) return false;
    return observesArgument(mention, program) !== "no";
  });
});

interface Use extends CallbackModel {
  /** It goes where its calls cannot be seen. */
  readonly unknown?: boolean;
}

const OUT_OF_SIGHT: Use = { runs: "later", result: "dropped", unknown: true };

const callbackUse = reason<NodeOf<"Parameter">, Use>((parameter, program) => {
  const { parent: fn } = parameter;
  const name = nameOf(parameter.name);
  if (name === undefined || parameter.dotDotDotToken !== undefined || !isFunctionLike(fn)) {
    return OUT_OF_SIGHT;
  }
  let worst: Use | undefined;
  for (const mention of mentionsOf(name, fn)) {
    if (isOnlyTested(mention)) continue;
    const use = useAt(mention, fn, program);
    if (use === undefined) continue;
    if (use.unknown === true) return use;
    worst = worse(worst, use);
  }
  return worst;
});

/** What one mention of a callback does with it; undefined: it does not call it. */
function useAt(mention: Node, fn: FunctionLike, program: Program): Use | undefined {
  const call = callOf(mention);
  if (call !== undefined) return within(fn, call, { runs: "now", result: resultOf(call) }, program);
  const passed = callbackOf(mention, program);
  if (passed === "never") return undefined;
  return passed === undefined ? OUT_OF_SIGHT : within(fn, mention, passed, program);
}

/** A use somewhere inside a function, as it looks from outside of that function. */
function within(fn: FunctionLike, at: Node, use: Use, program: Program): Use | undefined {
  const inner = enclosingFunction(at) ?? fn;
  const runs = latest(use.runs, turnOf(at, inner, program));
  const repeats = use.repeats === true || isRepeated(at);
  if (inner === fn) return { runs, result: use.result, repeats };
  const outer = useOfFunction(inner, program);
  if (outer === "never") return undefined;
  if (outer === undefined) return OUT_OF_SIGHT;
  const seen: Use = {
    // Behind an `await` in a function whose promise nobody looks at, it runs at any time.
    runs: runs === "awaited" && !isWaitedFor(outer) ? "later" : latest(runs, outer.runs),
    result: use.result === "returned" ? outer.result : use.result,
    repeats: repeats || outer.repeats === true,
  };
  return within(fn, inner, seen, program);
}

/** When an inner function runs, where it is called on the spot or handed to somebody known. */
function useOfFunction(inner: FunctionLike, program: Program): Use | "never" | undefined {
  if (!isFunctionExpression(inner)) return undefined;
  const call = callOf(inner);
  if (call !== undefined) return { runs: "now", result: resultOf(call) };
  return callbackOf(inner, program);
}

function isWaitedFor({ result }: Use): boolean {
  return result === "awaited" || result === "returned" || result === "collected";
}

/** When a node runs, seen from the call of its function: at once, or behind a pause. */
function turnOf(at: Node, fn: FunctionLike, program: Program): CallbackModel["runs"] {
  if (isGenerator(fn)) return "later";
  if (!isAsync(fn)) return "now";
  return segmentOf(at, program)?.startsAfter.length === 0 ? "now" : "awaited";
}

/** Inside a loop of its function. */
function isRepeated(at: Node): boolean {
  for (let node = at.parent; !is.SourceFile(node) && !isFunctionLike(node); node = node.parent) {
    if (isLoop(node)) return true;
  }
  return false;
}

/** The call of a function value: `f(…)`, `f?.(…)`, `f.call(…)`, `f.apply(…)`. */
function callOf(value: Node): Node | undefined {
  const node = wrapped(value);
  const { parent } = node;
  if (is.CallExpression(parent)) return parent.expression === node ? parent : undefined;
  const applies =
    is.PropertyAccessExpression(parent) &&
    parent.expression === node &&
    (parent.name.text === "call" || parent.name.text === "apply");
  return applies ? callOf(parent) : undefined;
}

/** What becomes of the value of a call of a callback. */
function resultOf(call: Node): CallbackModel["result"] {
  const node = wrapped(call);
  const { parent } = node;
  if (is.AwaitExpression(parent)) return "awaited";
  if (is.ReturnStatement(parent) || is.ArrowFunction(parent)) return "returned";
  if (isDropped(node)) return "dropped";
  if (isOnlyTested(node)) return "tested";
  if (is.ConditionalExpression(parent) || isShortCircuit(parent)) return resultOf(parent);
  if (is.PropertyAccessExpression(parent) && is.CallExpression(parent.parent)) {
    return resultOf(parent.parent);
  }
  return "collected";
}

const TURNS = ["now", "awaited", "later"] as const;
const RESULTS = ["awaited", "returned", "collected", "compared", "tested", "dropped"] as const;

function latest(a: CallbackModel["runs"], b: CallbackModel["runs"]): CallbackModel["runs"] {
  return TURNS.indexOf(a) < TURNS.indexOf(b) ? b : a;
}

function worse(a: CallbackModel | undefined, b: CallbackModel): CallbackModel {
  if (a === undefined) return b;
  return {
    runs: latest(a.runs, b.runs),
    result: RESULTS.indexOf(a.result) < RESULTS.indexOf(b.result) ? b.result : a.result,
    repeats: a.repeats === true || b.repeats === true,
  };
}

interface ArgumentPlace {
  readonly call: Node;
  readonly index: number;
}

function argumentPlace(argument: Node): ArgumentPlace | undefined {
  const node = wrapped(argument);
  const { parent } = node;
  if (!is.CallExpression(parent) && !is.NewExpression(parent)) return undefined;
  const index = parent.arguments?.indexOf(node) ?? -1;
  return index < 0 ? undefined : { call: parent, index };
}

function callbackIn({ callbacks }: CallModel, index: number): CallbackModel | undefined {
  return callbacks?.[index] ?? callbacks?.rest;
}

/** The parameter that takes an argument; a rest parameter takes all further ones. */
function parameterAt(fn: FunctionLike, index: number): NodeOf<"Parameter"> | undefined {
  const last = fn.parameters.at(-1);
  return fn.parameters[index] ?? (last?.dotDotDotToken === undefined ? undefined : last);
}
