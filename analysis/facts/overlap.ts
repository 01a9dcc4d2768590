import { EXCLUSIVE_DECORATORS, REGISTERS, RUN_ONCE } from "../primitives/owners.ts";
import { fact, type Program } from "../program.ts";
import type { Evidence } from "../rule.ts";
import {
  enclosingFunction,
  type FunctionLike,
  is,
  isAsync,
  isFunctionExpression,
  isFunctionLike,
  isLoop,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { isAnnotated } from "./annotations.ts";
import { callbackOf } from "./callbacks.ts";
import { exclusionsAtCall } from "./exclusion.ts";
import { isTestFile } from "./file-roles.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { isOpen, mentionsOfFunction, nameNode, nameOfFunction } from "./functions.ts";
import { type Location, variableOf } from "./locations.ts";
import { isLookedUp, isPutByCallers } from "./lookups.ts";
import { isServedInTurn, ofOpenness, type Overlap, seen } from "./openness.ts";
import { ownersOf, turnOf } from "./pauses.ts";
import { decoratorsOf, handlerDecorator } from "./sharing.ts";

// Why can two calls of a function run at the same time?
//
// No finding about a race without an answer, and the answer is shown. Strongest first: the code
// itself starts several calls without waiting (`Promise.all(ids.map(…))`, a call in a loop that
// nobody awaits); the function answers events, requests or timers, which do not wait for each other;
// it is a public method of an object that several parts of a program hold; it is exported and works
// on the state of its module. A function that nobody outside can call overlaps when one of its
// callers in the same file does; callers elsewhere are never asked, so that a file's findings rest
// on what it imports alone. What runs once does not overlap with itself: a module being loaded, a
// constructor, `main`, hooks and tests, migrations.
//
// *May*, and meant to be believed: `strength` says whether the overlap can be seen in the code, or
// is concluded from what such functions are for. Preferred mistake: silence.

export type { Overlap } from "./openness.ts";

/**
 * Why two runs of the piece of work that a node belongs to may overlap at a place; undefined:
 * nothing says so. Two calls of a function do not share its own variables.
 */
export function overlapAt(node: Node, place: Location, program: Program): Overlap | undefined {
  if (isTestFile(sourceFileOf(node), program)) return undefined;
  const { root } = place;
  const isOwn =
    root.kind === "variable" && !is.SourceFile(root.scope) && !isLookedUp(place, program);
  const scope = isOwn ? root.scope : undefined;
  for (const owner of ownersOf(node, program)) {
    if (owner === scope) return undefined;
    if (isPutByCallers(place, owner, program)) return undefined;
    const found = root.kind === "instance" ? onOneObject(owner, program) : inScope(owner);
    if (found !== undefined) return found;
  }
  return undefined;

  function inScope(owner: FlowOwner): Overlap | undefined {
    if (scope === undefined || !isFunctionLike(owner)) return overlapOf(owner, program);
    return search(owner, program, [], { scope, object: false });
  }
}

/** Why two calls of the function may overlap. */
export const overlapOf: (owner: FlowOwner, program: Program) => Overlap | undefined = fact(
  (owner, program) => (isFunctionLike(owner) ? search(owner, program, [], ANYTHING) : undefined),
);

/** Why two calls of the method may overlap on the same object. */
const onOneObject: (owner: FlowOwner, program: Program) => Overlap | undefined = fact(
  (owner, program) =>
    isFunctionLike(owner)
      ? search(owner, program, [], { scope: undefined, object: true })
      : undefined,
);

/** What the overlap is about: something of each call of a function, or something of each object. */
interface About {
  readonly scope: FlowOwner | undefined;
  readonly object: boolean;
}

const ANYTHING: About = { scope: undefined, object: false };

/**
 * Why one of the other functions may run while a piece of work is paused; the place that both look
 * at has to be one that others can see. What runs once may run just then.
 */
export function interruptionBy(
  others: readonly FlowOwner[],
  around: Node,
  program: Program,
): (Overlap & { readonly by: FunctionLike }) | undefined {
  if (isTestFile(sourceFileOf(around), program)) return undefined;
  let best: (Overlap & { readonly by: FunctionLike }) | undefined;
  for (const by of others) {
    if (!isFunctionLike(by) || is.Constructor(by)) continue;
    const found = overlapOf(by, program) ?? ofOpenFunction(by, program);
    if (found !== undefined && (best === undefined || rank(found) < rank(best))) {
      best = { ...found, by };
    }
  }
  return best;
}

function ofOpenFunction(fn: FunctionLike, program: Program): Overlap | undefined {
  const name = nameOfFunction(fn);
  if (name === undefined || !isOpen(fn, program) || isServedInTurn(fn, program)) return undefined;
  const message = `\`${name}\` can be called by others at any time.`;
  return { strength: "likely", evidence: { kind: "shared-instance", at: nameNode(fn), message } };
}

/** Callers of callers of callers: beyond this nobody would believe it. */
const FARTHEST = 4;

function search(
  fn: FunctionLike,
  program: Program,
  path: readonly FunctionLike[],
  about: About,
): Overlap | undefined {
  if (fn === about.scope || path.includes(fn) || FARTHEST < path.length || is.Constructor(fn))
    return undefined;
  if (isAnnotated(holderOf(fn), "reentrant", program) || isExclusiveByDecorator(fn))
    return undefined;
  return (
    ofItself(fn, program) ??
    ofMentions(fn, program, [...path, fn], about) ??
    ofOpenness(fn, program)
  );
}

/** `@gate()` and its like, on the method. */
function isExclusiveByDecorator(fn: FunctionLike): boolean {
  return (
    is.MethodDeclaration(fn) && decoratorsOf(fn).some((it) => EXCLUSIVE_DECORATORS.has(it.name))
  );
}

/** The declaration that carries the comment: the statement of `const f = async () => …`. */
export function holderOf(fn: FunctionLike): Node {
  if (!isFunctionExpression(fn)) return fn;
  const { parent } = wrapped(fn);
  return is.VariableDeclaration(parent) ? parent.parent.parent : parent;
}

/** Where the function is written says it: a callback, a handler of a component, a decorated method. */
function ofItself(fn: FunctionLike, program: Program): Overlap | undefined {
  const decorator = is.MethodDeclaration(fn) ? handlerDecorator(fn) : undefined;
  if (decorator !== undefined) {
    return seen(
      "handler",
      decorator,
      `${named(fn)} is called for every event, whether or not the last call is over.`,
    );
  }
  return isFunctionExpression(fn) ? ofCallback(fn, fn, program) : undefined;
}

/** A function value in the place where it is put: handed to somebody, or bound to an event. */
function ofCallback(value: Node, fn: FunctionLike, program: Program): Overlap | undefined {
  const node = wrapped(value);
  const { parent } = node;
  if (is.JsxExpression(parent) && is.JsxAttribute(parent.parent)) {
    const event = nameOf(parent.parent.name) ?? "";
    if (!/^on[A-Z]/.test(event)) return undefined;
    return seen(
      "handler",
      parent.parent,
      `\`${event}\` calls ${named(fn)} for every event, whether or not the last call is over.`,
    );
  }
  if (!is.CallExpression(parent) && !is.NewExpression(parent)) return undefined;
  if (is.CallExpression(parent) && parent.expression === node) return undefined;
  const use = callbackOf(value, program) ?? byName(parent, node);
  if (use === undefined || use === "never" || use.repeats !== true) return undefined;
  const called = calledName(parent);
  if (use.runs === "later") {
    if (use.result === "collected") return undefined;
    return seen(
      "handler",
      parent,
      `\`${called}\` calls ${named(fn)} each time, whether or not the last call is over.`,
    );
  }
  const startsAll =
    use.runs === "now" && isAsync(fn) && use.result !== "returned" && use.result !== "compared";
  if (!startsAll && !RUNS_SEVERAL.has(called)) return undefined;
  return seen(
    "parallel",
    parent,
    `\`${called}\` starts a call for each element without waiting for the one before.`,
  );
}

const RUNS_SEVERAL: ReadonlySet<string> = new Set(["pMap", "pFilter", "pTimes", "pAll"]);

/** `router.get(path, async (req, res) => …)`, where the types do not say whose method that is. */
function byName(call: Node, argument: Node) {
  const parts = methodCall(call);
  const name = parts?.method ?? (is.CallExpression(call) ? nameOf(unwrapped(call.expression)) : "");
  if (name === undefined || !REGISTERS.has(name)) return undefined;
  const [first] = parts?.args ?? [];
  const isKeyed = is.StringLiteral(first) && first !== argument;
  return isKeyed ? ({ runs: "later", result: "dropped", repeats: true } as const) : undefined;
}

function calledName(call: Node): string {
  if (!is.CallExpression(call) && !is.NewExpression(call)) return "it";
  const callee = unwrapped(call.expression);
  return nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee) ?? "it";
}

/** How the rest of the file uses the function: starts it without waiting, or hands it over. */
function ofMentions(
  fn: FunctionLike,
  program: Program,
  path: readonly FunctionLike[],
  about: About,
): Overlap | undefined {
  let best: Overlap | undefined;
  for (const mention of mentionsOfFunction(fn, program)) {
    const found = ofMention(mention, fn, program, path, about);
    if (found !== undefined && (best === undefined || rank(found) < rank(best))) best = found;
    if (best?.strength === "seen") break;
  }
  return best;
}

function ofMention(
  mention: Node,
  fn: FunctionLike,
  program: Program,
  path: readonly FunctionLike[],
  about: About,
): Overlap | undefined {
  const value = wrapped(mention);
  const { parent } = value;
  if (!is.CallExpression(parent) || parent.expression !== value) {
    const bound = methodCall(wrapped(value.parent).parent);
    const isBound = bound?.method === "bind" && unwrapped(bound.receiver) === unwrapped(mention);
    return ofCallback(isBound ? bound.call : mention, fn, program);
  }
  const caller = enclosingFunction(parent);
  // Begun under a flag or into a memo, it does not meet itself this way.
  if (exclusionsAtCall(parent, program).size > 0) return undefined;
  if (caller === undefined || caller === fn || is.Constructor(caller)) return undefined;
  // Whoever calls the caller again gets another object.
  const isElsewhere = about.object && isOnFreshObject(value, program);
  if (!isWaitedFor(parent) && isAsync(fn)) {
    if (isInLoop(parent)) {
      return seen(
        "parallel",
        parent,
        `${named(fn)} is started here again and again without waiting for the call before.`,
      );
    }
    if (isRepeatable(caller, program) && !isElsewhere) {
      return seen(
        "parallel",
        parent,
        `${sentence(caller)} starts ${named(fn)} without waiting for it, and can be called again before it is over.`,
      );
    }
  }
  if (isElsewhere) return undefined;
  for (const owner of ownersOf(parent, program)) {
    if (owner === about.scope) break;
    const found = isFunctionLike(owner) ? search(owner, program, path, about) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `new Job().run()`, and `job.run()` where this very function has made `job`. */
function isOnFreshObject(called: Node, program: Program): boolean {
  if (!is.PropertyAccessExpression(called)) return false;
  const object = unwrapped(called.expression);
  if (is.NewExpression(object)) return true;
  const declaration = is.Identifier(object) ? variableOf(object, program) : undefined;
  const { initializer } = is.VariableDeclaration(declaration) ? declaration : {};
  const isMade = initializer !== undefined && is.NewExpression(unwrapped(initializer));
  return isMade && flowOwner(initializer) === flowOwner(called);
}

/** A function that does not run just once: not the module, not a constructor, not `main`. */
function isRepeatable(fn: FunctionLike, program: Program): boolean {
  if (is.Constructor(fn)) return false;
  const name = nameOfFunction(fn);
  if (name !== undefined && (RUN_ONCE.test(name) || STARTS.test(name))) return false;
  if (name !== undefined) return true;
  const turn = turnOf(fn, program);
  return turn?.repeats === true || ofCallback(fn, fn, program) !== undefined;
}

/** What is called once in the life of an object. */
const STARTS =
  /^(?:init|initialize|initialise|start|open|connect|listen|mount|attach|on(?:Module)?Init|ngOnInit|connectedCallback|componentDidMount|close|stop|dispose|destroy|shutdown)/;

/** Whether somebody waits for the call, or hands its promise on. */
function isWaitedFor(call: Node): boolean {
  const { parent } = wrapped(call);
  if (is.ExpressionStatement(parent) || is.VoidExpression(parent)) return false;
  const chain = is.PropertyAccessExpression(parent) ? wrapped(parent).parent : undefined;
  if (
    chain !== undefined &&
    is.CallExpression(chain) &&
    /^(?:then|catch|finally)$/.test(calledName(chain))
  ) {
    return isWaitedFor(chain);
  }
  return true;
}

function isInLoop(node: Node): boolean {
  for (let at = node.parent; !is.SourceFile(at) && !isFunctionLike(at); at = at.parent) {
    if (isLoop(at)) return true;
  }
  return false;
}

function rank({ strength, evidence }: Overlap): number {
  return 10 * STRENGTHS.indexOf(strength) + KINDS.indexOf(evidence.kind);
}

const STRENGTHS: readonly Overlap["strength"][] = ["seen", "likely", "possible"];
const KINDS: readonly Evidence["kind"][] = ["parallel", "handler", "shared-instance", "exported"];

/** In the middle of a sentence: `\`flush\``, `the callback`. */
function named(fn: FunctionLike): string {
  const name = nameOfFunction(fn);
  return name === undefined ? "the function" : `\`${name}\``;
}

function sentence(fn: FunctionLike): string {
  const name = nameOfFunction(fn);
  return name === undefined ? "The function here" : `\`${name}\``;
}
