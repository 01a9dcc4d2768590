import type { Program } from "../program.ts";
import {
  enclosingFunction,
  type FunctionLike,
  is,
  isFunctionExpression,
  isFunctionLike,
  isOneOf,
  lastNameOf,
  methodCall,
  nameOf,
  type Node,
  sourceFileOf,
  textOf,
  unwrapped,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { accessesTo } from "./accesses.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { isOpen, mentionsOfFunction } from "./functions.ts";
import { type Location, locationOf } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { conditionsOn } from "./place-tests.ts";
import { sideOf } from "./tests.ts";

// Was an object looked up, so that whoever looks with the same key holds the same one?
//
// `const room = this.rooms.get(id)` gives every caller the same room, and so does a `find` in a list
// that outlives the call. `const entry = await graph.ensureEntry(url)` may give a new object each
// time, for all that can be seen; but a function that gives back what is there already
// (`if (entry.code) return entry.code`) and fills it otherwise shows that the object outlives the
// call. Records of a database do not count: each query makes objects of its own, whatever they stand
// for. *May*, from names and syntax. Preferred mistake: not counting one.

/** Whether the place is a property of an object that others find as well. */
export function isLookedUp(location: Location, program: Program): boolean {
  return lookupOf(location, program) !== undefined;
}

/** Whether the place is filled there and then for all who find the object. */
export function isMemoOnLookup(location: Location, at: Node, program: Program): boolean {
  const lookup = lookupOf(location, program);
  if (lookup === undefined) return false;
  const owner = flowOwner(at);
  if (owner === undefined) return false;
  if (lookup === "kept") {
    const reads = accessesTo(location, sourceFileOf(at), program).filter(
      (it) => it.kind === "read",
    );
    return reads.length > 1;
  }
  let isGivenBack = false;
  const conditions = conditionsOn(location, [owner], program);
  walkBody(owner, (node) => {
    if (!is.ReturnStatement(node) || node.expression === undefined) return undefined;
    if (locationOf(node.expression, program)?.key !== location.key) return undefined;
    isGivenBack ||= conditions.some((it) => {
      const side = sideOf(it.node, node, program);
      return side !== undefined && (side ? it.whenTrue : it.whenFalse) === "set";
    });
    return undefined;
  });
  return isGivenBack;
}

/**
 * Whether everybody who calls the function has put an object of its own under the key just before, so
 * that no two calls find the same one: `jobs.set(id, { done: false }); void run(id);`.
 */
export function isPutByCallers(location: Location, fn: FlowOwner, program: Program): boolean {
  const looked = lookedUpWith(location);
  if (looked === undefined || looked.method !== "get" || !isFunctionLike(fn)) return false;
  const index = fn.parameters.findIndex((it) => nameOf(it.name) === nameOf(looked.key));
  const map = locationOf(looked.object, program);
  const mentions = mentionsOfFunction(fn, program);
  if (index < 0 || map === undefined || mentions.length === 0 || isOpen(fn, program)) return false;
  return mentions.every((mention) => {
    const value = wrapped(mention);
    const call = value.parent;
    const caller = enclosingFunction(call);
    if (!is.CallExpression(call) || call.expression !== value || caller === undefined) return false;
    const key = call.arguments[index];
    return key !== undefined && putsFresh(caller, map, textOf(key), program);
  });
}

/** Whether the function puts an object that it has made under a key with this text. */
function putsFresh(fn: FunctionLike, map: Location, key: string, program: Program): boolean {
  let puts = false;
  walkBody(fn, (node) => {
    const call = methodCall(node);
    const [at, value] = call?.args ?? [];
    if (call?.method !== "set" || at === undefined || value === undefined) return undefined;
    if (textOf(at) !== key || locationOf(call.receiver, program)?.key !== map.key) return undefined;
    puts ||= originsOf(value, program).some((it) => it.whole && isMade(it.node));
    return undefined;
  });
  return puts;
}

const isMade = isOneOf("ObjectLiteralExpression", "NewExpression");

/** `kept`: found in a collection that outlives the call. `given`: by a call named for looking up. */
function lookupOf(location: Location, program: Program): "kept" | "given" | undefined {
  const looked = lookedUpWith(location);
  if (looked === undefined) return undefined;
  const { method, object, key, isAwaited } = looked;
  const from = lastNameOf(object) ?? "";
  // By convention, what begins with a capital is a class, as the models of a database are.
  if (/^[A-Z]/.test(from) || RECORDS.test(from)) return undefined;
  if (!isAwaited && (method === "get" || (method === "find" && isFunctionExpression(key)))) {
    const place = locationOf(object, program);
    return place !== undefined && outlives(place) ? "kept" : undefined;
  }
  return LOOKS.test(method) && !is.ThisKeyword(object) ? "given" : undefined;
}

/** The call that gave the object, where the place is a property of what a variable was bound to. */
function lookedUpWith({ root, path }: Location) {
  if (root.kind !== "variable" || path.length === 0 || is.SourceFile(root.scope)) return undefined;
  const { declaration } = root;
  const { initializer } = is.VariableDeclaration(declaration)
    ? declaration
    : { initializer: undefined };
  const written = initializer && unwrapped(initializer);
  const isAwaited = is.AwaitExpression(written);
  const call = written && methodCall(isAwaited ? unwrapped(written.expression) : written);
  const [first] = call?.args ?? [];
  const key = first && unwrapped(first);
  if (call === undefined || key === undefined || is.ObjectLiteralExpression(key)) return undefined;
  return { method: call.method, object: unwrapped(call.receiver), key, isAwaited };
}

function outlives({ root }: Location): boolean {
  return root.kind !== "variable" || is.SourceFile(root.scope);
}

const LOOKS =
  /^(?:ensure[A-Z]\w*|getOrCreate\w*|getOrInsert\w*|(?:get|find|lookup)\w*(?:By|For|From)[A-Z]\w*)$/;

/** Where records come from, and what belongs to one request. */
const RECORDS =
  /(?:repo|repository|model|db|database|prisma|knex|collection|trx|tx|manager|em|api|client|ctx|context|req|request|res|response|headers|params|form|formData|query|searchParams|cookies|document)$/i;
