import type { Purpose } from "../primitives/verbs.ts";
import { purposeOf } from "../primitives/verbs.ts";
import { type Program, resolve } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  type FunctionLike,
  is,
  isAssignment,
  isFunctionExpression,
  isInside,
  methodCall,
  type NewExpression,
  type Node,
  type NodeOf,
  nameOf,
  textOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { startOfPath, targetOf } from "./access-kinds.ts";
import { calleeOf } from "./callees.ts";
import { reason } from "./reasons.ts";
import { timedWait } from "./timed-waits.ts";

// Does a call do anything but ask?
//
// Two pieces of work may run in any order, or at once, where neither does anything that the other
// could see: no write to what others can see, no request that changes something, no wait that is
// there to let time pass, no decision on which the rest depends. The question is whether a call *may*
// do such a thing, and the answer is the node because of which. "Nothing" is what a rule acts upon,
// so everything that is not known counts as doing something.
//
// Own functions are looked into: what they make themselves they may change, everything else not.
// What is out of sight, because it is declared only or belongs to a package, is known by a model
// (`asks`), or judged by its name (analysis/primitives/verbs.ts) and by whether it gives anything at
// all. Log output is nothing. Functions that are handed over are taken to be called. Overriding
// methods, getters, setters and proxies are not looked for; neither are limits on the far side, such
// as a connection that answers one query at a time (see facts/serial-work.ts for that).

/** What a call may do beside asking. */
export interface Effect {
  readonly at: Node;
  readonly does: Exclude<Purpose, "asks" | "names"> | "unknown";
}

/** The first thing in an expression or statement that may do more than ask; what is allowed left out. */
export function effectIn(
  node: Node,
  program: Program,
  isAllowed: (it: Node) => boolean = () => false,
): Effect | undefined {
  let found: Effect | undefined;
  const visit = (it: Node): "skip" | undefined => {
    if (!isAllowed(it)) found ??= effectAt(it, node, program);
    return found === undefined ? undefined : "skip";
  };
  visit(node);
  walk(node, visit);
  return found;
}

/** What calling the function may do beside asking. */
const effectOfFunction = reason<FunctionLike, Effect>((fn, program) => {
  let found: Effect | undefined;
  walk(fn, (it) => {
    found ??= effectAt(it, fn, program);
    return found === undefined ? undefined : "skip";
  });
  return found;
});

/** `own`: what is declared inside it is nobody else's business. */
function effectAt(node: Node, own: Node, program: Program): Effect | undefined {
  if (is.YieldExpression(node)) return { at: node, does: "unknown" };
  if (is.TaggedTemplateExpression(node)) return effectOfTemplate(node, program);
  if (is.NewExpression(node)) return effectOfNew(node, program);
  const target = isLookUp(node) ? undefined : targetOf(node);
  if (target !== undefined && !isOwn(target, own, program)) return { at: node, does: "changes" };
  if (isAssignment(node) && target === undefined && !isOwnPattern(node.left, own, program)) {
    return { at: node, does: "changes" };
  }
  if (!is.CallExpression(node) || target !== undefined) return undefined;
  return effectOfCall(node, program);
}

/** `map.get(key)`, which is no write though it reaches into something. */
function isLookUp(node: Node): boolean {
  return /^(?:get|has)$/.test(methodCall(node)?.method ?? "");
}

/** A variable that is declared inside, or a member of something that is made inside. */
function isOwn(target: Node, own: Node, program: Program): boolean {
  const root = startOfPath(target);
  if (!is.Identifier(root)) return isMade(root);
  const [place] = program.types.symbol(root)?.declarations ?? [];
  const declaration =
    place && program.types.isOwn(place.file) ? resolve(place, program) : undefined;
  if (declaration === undefined || !isInside(declaration, own)) return false;
  if (root === target && !isChanged(root)) return true;
  const value = is.VariableDeclaration(declaration) ? declaration.initializer : undefined;
  return value !== undefined && isMade(unwrapped(value));
}

/** Whether the mention stands for what the variable holds, not for the variable. */
function isChanged(root: Node): boolean {
  return is.PropertyAccessExpression(root.parent) && root.parent.expression === root;
}

function isMade(node: Node): boolean {
  return (
    is.ArrayLiteralExpression(node) ||
    is.ObjectLiteralExpression(node) ||
    is.NewExpression(node) ||
    is.CallExpression(node) ||
    is.AwaitExpression(node)
  );
}

/** `[a, b] = pair`, all of them declared inside. */
function isOwnPattern(pattern: Node, own: Node, program: Program): boolean {
  let all = true;
  walk(pattern, (it) => {
    if (is.Identifier(it) && !isOwn(it, own, program)) all = false;
    return all ? undefined : "skip";
  });
  return all;
}

/** What a query says itself: only what begins by asking does nothing else. */
function effectOfTemplate(
  node: NodeOf<"TaggedTemplateExpression">,
  program: Program,
): Effect | undefined {
  const { functions } = calleeOf(node, program);
  if (0 < functions.length) return effectOfAll(node, functions, program);
  return ASKS_IN_SQL.test(textOf(node.template)) ? undefined : { at: node, does: "unknown" };
}

const ASKS_IN_SQL = /^[`"']\s*(?:select|with|show|explain)\b(?![^;]*;\s*[^\s"'`])/i;

/** Own constructors are looked into; what comes from elsewhere is taken to be put together only. */
function effectOfNew(node: NewExpression, program: Program): Effect | undefined {
  return effectOfAll(node, calleeOf(node, program).functions, program);
}

function effectOfAll(
  at: Node,
  functions: readonly FunctionLike[],
  program: Program,
): Effect | undefined {
  for (const fn of functions) {
    const effect = effectOfFunction(fn, program);
    if (effect !== undefined) return { at, does: effect.does };
  }
  return undefined;
}

function effectOfCall(call: CallExpression, program: Program): Effect | undefined {
  if (isFunctionExpression(unwrapped(call.expression))) return undefined;
  const name = nameOf(calleeNameOf(call));
  const { symbol, model, functions } = calleeOf(call, program);
  if (name === undefined) {
    return functions.length === 0
      ? { at: call, does: "unknown" }
      : effectOfAll(call, functions, program);
  }
  if (isLog(call, name)) return undefined;
  if (model?.asks === true) return asksOnly(call) ? undefined : { at: call, does: "unknown" };
  if (timedWait(call, program) !== undefined || TIMERS.has(name))
    return { at: call, does: "waits" };
  if (0 < functions.length) return effectOfAll(call, functions, program);
  if (symbol?.module === "lib" && isOfLanguage(symbol.name, call)) return undefined;
  if (symbol !== undefined && PURE.has(symbol.module)) return undefined;
  return effectByName(call, name, symbol, program);
}

function effectByName(
  call: CallExpression,
  name: string,
  symbol: { readonly module: string; readonly kind: string } | undefined,
  program: Program,
): Effect | undefined {
  // Whoever hands over a function decides what it does.
  if (symbol !== undefined && VALUES.has(symbol.kind)) return { at: call, does: "unknown" };
  const purpose = purposeOf(name);
  const isMethod = methodCall(call) !== undefined;
  // `reader.read()` gives the next piece.
  if (name === "read" && isMethod && call.arguments.length === 0) {
    return { at: call, does: "consumes" };
  }
  if (isQuestion(call)) return undefined;
  if (purpose !== "asks" && purpose !== "names") return { at: call, does: purpose };
  // A word for a thing is a question only where somebody has declared it as a function of the project.
  if (purpose === "names" && symbol?.module !== "own") return { at: call, does: "unknown" };
  const { gives } = program.types.value(call);
  if (gives === "nothing") return { at: call, does: "changes" };
  return undefined;
}

/** What is called may be any function. */
const VALUES: ReadonlySet<string> = new Set(["variable", "parameter"]);

/** `query("select …")`, whatever the function is called. */
function isQuestion(call: CallExpression): boolean {
  const [text] = call.arguments;
  return text !== undefined && ASKS_IN_SQL.test(textOf(unwrapped(text)));
}

/** A request that says how it is to be made may change something. */
function asksOnly({ arguments: args }: CallExpression): boolean {
  return args.every((given) => {
    const options = unwrapped(given);
    if (!is.ObjectLiteralExpression(options)) return !isOptions(options);
    return options.properties.every((it) => {
      if (is.SpreadAssignment(it)) return false;
      const isNamed = is.PropertyAssignment(it) || is.ShorthandPropertyAssignment(it);
      const name = isNamed ? nameOf(it.name) : undefined;
      if (name !== "method") return name !== "body";
      const value = is.PropertyAssignment(it) ? unwrapped(it.initializer) : undefined;
      return is.StringLiteral(value) && /^(?:get|head)$/i.test(value.text);
    });
  });
}

function isOptions(node: Node): boolean {
  return /^(?:init|opts|options|config|request|req)$/i.test(nameOf(node) ?? "");
}

const TIMERS: ReadonlySet<string> = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "requestAnimationFrame",
  "requestIdleCallback",
]);

/** `console.log(…)`, `this.logger.info(…)`, `debug(…)`. */
function isLog(call: CallExpression, name: string): boolean {
  const receiver = methodCall(call)?.receiver;
  if (receiver === undefined) return /^(?:log|debug|trace)$/.test(name);
  const node = unwrapped(receiver);
  const holder = nameOf(is.PropertyAccessExpression(node) ? node.name : node) ?? "";
  return /^(?:console|_?log(?:ger|ging)?)$|Logger$/.test(holder);
}

/** Modules of Node that work something out from what they are given. */
const PURE: ReadonlySet<string> = new Set([
  "node:path",
  "node:url",
  "node:util",
  "node:os",
  "node:buffer",
  "node:querystring",
  "node:crypto",
]);

/** The language's own objects; whatever of theirs changes in place is seen before. */
function isOfLanguage(name: string, call: CallExpression): boolean {
  const owner = name.includes(".") ? name.slice(0, name.indexOf(".")) : "";
  if (owner === "ObjectConstructor" && /^(?:assign|define|setPrototypeOf)/.test(lastOf(name))) {
    const [first] = call.arguments;
    return first !== undefined && is.ObjectLiteralExpression(unwrapped(first));
  }
  return OF_LANGUAGE.test(owner === "" ? name : owner);
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

const OF_LANGUAGE =
  /^(?:(?:Readonly)?(?:Array|Map|Set)|Weak(?:Map|Set|Ref)|String|Number|Boolean|BigInt|Symbol|Object|Function|Math|JSON|Date|RegExp|Promise|PromiseLike|Error|Intl|Reflect|Iterator|AsyncIterator|Generator|\w*Array|URL|URLSearchParams|Headers|Body|Response|TextEncoder|TextDecoder|ArrayBuffer|DataView|DateTimeFormat|NumberFormat|Performance)(?:Constructor|Object|Of)?$|^(?:parseInt|parseFloat|isNaN|isFinite|encodeURI(?:Component)?|decodeURI(?:Component)?|structuredClone|atob|btoa|String|Number|Boolean|BigInt|Symbol|Array|Object|Date|Error)$/;
