import {
  LOADS,
  LOCKS_RECORD,
  SAVES,
  TRANSACTION_NAMES,
  TRANSACTS,
  VERSIONS,
} from "../primitives/records.ts";
import type { Program } from "../program.ts";
import {
  type CallExpression,
  enclosingFunction,
  type FunctionLike,
  type Identifier,
  is,
  isAssignment,
  isFunctionLike,
  Kind,
  methodCall,
  type Node,
  nameOf,
  textOf,
  unwrapped,
  walk,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { isExclusive } from "./exclusion.ts";
import { flowOwner } from "./flow-graph.ts";
import { variableOf } from "./locations.ts";
import { excludes, heldThroughout } from "./locks.ts";
import { originsOf } from "./origins.ts";
import { type Overlap, overlapOf } from "./overlap.ts";
import { ownersOf, wayBetween } from "./pauses.ts";

// Is a record written back with a field that was computed from what had been loaded?
//
// `const user = await repo.findOne(id); user.balance -= amount; await repo.save(user);`: what another
// request has written to that field in between is lost. Three shapes: the field of a loaded record is
// changed and the record saved; a field is given to an update that is computed from the same field of
// the loaded record; a store is given under a key what was made from what it gave for the same key.
// A field that is only set does not depend on what was loaded, and is left alone.
//
// Names say what loads and what saves (primitives/records.ts). Silent in a transaction, with a lock
// on the record or in the process, with a version that is compared, and where nothing says that two
// calls overlap. *May*: whether the database would refuse the second write is its own affair.

export interface RecordRace {
  /** The call that saves. */
  readonly save: CallExpression;
  /** The `await` of the call that loads. */
  readonly load: Node;
  /** Where the new value is computed. */
  readonly computed: Node;
  /** `user.balance`, or what is kept under the key. */
  readonly name: string;
  readonly overlap: Overlap;
}

/** What a call that saves puts over newer values; undefined: nothing, for all that can be seen. */
export function recordRace(call: CallExpression, program: Program): RecordRace | undefined {
  const name = methodCall(call)?.method;
  if (name === undefined || !SAVES.names.test(name)) return undefined;
  const found = changedRecord(call, program) ?? givenField(call, program) ?? sameKey(call, program);
  if (found === undefined || isSafe(call, found.load, program)) return undefined;
  for (const owner of ownersOf(call, program)) {
    const overlap = isFunctionLike(owner) ? overlapOf(owner, program) : undefined;
    if (overlap !== undefined) return { save: call, ...found, overlap };
  }
  return undefined;
}

type Found = Pick<RecordRace, "load" | "computed" | "name">;

/** `user.balance -= amount; await repo.save(user)`, `await user.save()`, `await em.flush()`. */
function changedRecord(call: CallExpression, program: Program): Found | undefined {
  const method = methodCall(call);
  const owner = enclosingFunction(call);
  if (method === undefined || owner?.body === undefined) return undefined;
  const given = [method.receiver, ...method.args].map(unwrapped).filter(is.Identifier);
  const isUnitOfWork = method.method === "flush" && method.args.length === 0;
  let found: Found | undefined;
  walkBody(owner.body, (node) => {
    const field = found === undefined ? changedField(node, program) : undefined;
    if (field === undefined) return undefined;
    const { record, computed } = field;
    const isSaved = isUnitOfWork || given.some((it) => isSameVariable(it, record, program));
    const load = isSaved ? loadOf(record, program) : undefined;
    if (load === undefined || wayBetween(computed, call, program) === undefined) return undefined;
    if (hasVersion(record, program)) return undefined;
    found = { load, computed, name: field.name };
    return undefined;
  });
  return found;
}

interface Changed {
  readonly record: Identifier;
  readonly computed: Node;
  readonly name: string;
}

/** `user.balance -= amount`, `user.balance = user.balance - amount`, `user.visits++`. */
function changedField(node: Node, program: Program): Changed | undefined {
  const target =
    is.PrefixUnaryExpression(node) || is.PostfixUnaryExpression(node)
      ? isStep(node.operator)
        ? unwrapped(node.operand)
        : undefined
      : isAssignment(node)
        ? unwrapped(node.left)
        : undefined;
  if (!is.PropertyAccessExpression(target)) return undefined;
  const record = unwrapped(target.expression);
  if (!is.Identifier(record)) return undefined;
  const changed = { record, computed: node, name: textOf(target) };
  if (!isAssignment(node)) return changed;
  if (node.operatorToken.kind !== Kind.EqualsToken)
    return COMPUTES(node.operatorToken.kind) ? changed : undefined;
  return readsField(node.right, record, target.name.text, program) ? changed : undefined;
}

function isStep(operator: number): boolean {
  return operator === Kind.PlusPlusToken || operator === Kind.MinusMinusToken;
}

function COMPUTES(operator: number): boolean {
  return (
    operator !== Kind.BarBarEqualsToken &&
    operator !== Kind.QuestionQuestionEqualsToken &&
    operator !== Kind.AmpersandAmpersandEqualsToken
  );
}

/** Whether a value is computed from this field of the record, and not just the field itself. */
function readsField(value: Node, record: Identifier, field: string, program: Program): boolean {
  return originsOf(value, program).some(({ node, whole }) => {
    if (whole || !is.PropertyAccessExpression(node) || node.name.text !== field) return false;
    const object = unwrapped(node.expression);
    return is.Identifier(object) && isSameVariable(object, record, program);
  });
}

function isSameVariable(a: Identifier, b: Identifier, program: Program): boolean {
  if (a.text !== b.text) return false;
  const declaration = variableOf(a, program);
  return declaration !== undefined && declaration === variableOf(b, program);
}

/** The `await` of the call that a variable's record was loaded by. */
function loadOf(record: Identifier, program: Program): Node | undefined {
  const declaration = variableOf(record, program);
  if (!is.VariableDeclaration(declaration) || declaration.initializer === undefined)
    return undefined;
  if (flowOwner(declaration) !== flowOwner(record)) return undefined;
  return loadIn(declaration.initializer);
}

function loadIn(written: Node): Node | undefined {
  const node = unwrapped(written);
  if (is.BinaryExpression(node)) return loadIn(node.left);
  if (!is.AwaitExpression(node)) return undefined;
  const call = methodCall(unwrapped(node.expression));
  if (call === undefined) return undefined;
  return chainOf(node.expression).some((it) => LOADS.names.test(it)) ? node : undefined;
}

/** The names of the methods of a chain of calls: `where`, `forUpdate`, `first`. */
function chainOf(written: Node): readonly string[] {
  const names: string[] = [];
  for (
    let at = methodCall(unwrapped(written));
    at !== undefined;
    at = methodCall(unwrapped(at.receiver))
  ) {
    names.push(at.method);
  }
  return names;
}

/** `update({ where: …, data: { balance: user.balance - amount } })`. */
function givenField(call: CallExpression, program: Program): Found | undefined {
  let found: Found | undefined;
  for (const argument of call.arguments) {
    const object = unwrapped(argument);
    if (!is.ObjectLiteralExpression(object)) continue;
    walk(object, (it) => {
      if (isFunctionLike(it)) return "skip";
      const isField = is.PropertyAssignment(it) || is.ShorthandPropertyAssignment(it);
      if (found !== undefined || !isField) return undefined;
      found = computedFrom(is.PropertyAssignment(it) ? it.initializer : it.name, it.name, program);
      return undefined;
    });
    // A comparison with the old value lets only one of the two writes happen.
    if (found !== undefined && comparesOld(object, found, program)) return undefined;
  }
  return found;
}

function computedFrom(value: Node, field: Node, program: Program): Found | undefined {
  for (const { node, whole } of originsOf(value, program)) {
    if (whole || !is.PropertyAccessExpression(node) || node.name.text !== nameOf(field)) continue;
    const record = unwrapped(node.expression);
    const load = is.Identifier(record) ? loadOf(record, program) : undefined;
    if (load === undefined || !is.Identifier(record) || hasVersion(record, program)) continue;
    return { load, computed: value, name: textOf(node) };
  }
  return undefined;
}

/** `where: { id, balance: user.balance }`. */
function comparesOld(object: Node, { name, computed }: Found, _program: Program): boolean {
  let compares = false;
  walk(object, (it) => {
    if (is.PropertyAssignment(it) && it.initializer !== computed) {
      compares ||= textOf(unwrapped(it.initializer)) === name;
    }
    return undefined;
  });
  return compares;
}

/** `store.set(key, (await store.get(key)) + 1)`. */
function sameKey(call: CallExpression, program: Program): Found | undefined {
  const method = methodCall(call);
  const [key, value] = call.arguments;
  if (method === undefined || key === undefined || value === undefined) return undefined;
  if (!PUTS.test(method.method)) return undefined;
  for (const { node, whole } of originsOf(value, program)) {
    if (whole || !is.AwaitExpression(node)) continue;
    const read = methodCall(unwrapped(node.expression));
    const [asked] = read?.args ?? [];
    if (read === undefined || asked === undefined || !GETS.test(read.method)) continue;
    if (textOf(read.receiver) !== textOf(method.receiver) || textOf(asked) !== textOf(key))
      continue;
    return { load: node, computed: value, name: textOf(unwrapped(node.expression)) };
  }
  return undefined;
}

/** Words of stores that know keys and no fields. */
const PUTS = /^(?:set|put|write)(?:Item|Key|Value|Json)?$/i;
const GETS = /^(?:get|read|load)(?:Item|Key|Value|Json)?$/i;

function hasVersion(record: Identifier, program: Program): boolean {
  return program.types.members(record, VERSIONS).length > 0;
}

/** Whether a transaction, a lock or a version keeps the two apart. */
function isSafe(save: CallExpression, load: Node, program: Program): boolean {
  const from = is.AwaitExpression(load) ? load.expression : load;
  if (isExclusive(load, save, program)) return true;
  if (heldThroughout(load, save, program).some(excludes)) return true;
  if ([from, save].some((it) => mentionsLock(it))) return true;
  for (let fn = enclosingFunction(save); fn !== undefined; fn = enclosingFunction(fn)) {
    if (isInTransaction(fn)) return true;
  }
  return false;
}

/** Options and chained methods that lock, compare a version, or belong to a transaction. */
function mentionsLock(written: Node): boolean {
  if (chainOf(written).some((it) => LOCKS_RECORD.test(it))) return true;
  let locks = false;
  walk(written, (it) => {
    if (isFunctionLike(it)) return "skip";
    const isOption = is.PropertyAssignment(it) || is.ShorthandPropertyAssignment(it);
    if (isOption) locks ||= LOCKS_RECORD.test(nameOf(it.name) ?? "");
    if (is.Identifier(it)) locks ||= TRANSACTION_NAMES.test(it.text) && it.text.length > 1;
    return undefined;
  });
  return locks;
}

/** A callback of `transaction(…)`, or a function that is given one. */
function isInTransaction(fn: FunctionLike): boolean {
  if (fn.parameters.some((it) => TRANSACTION_NAMES.test(nameOf(it.name) ?? ""))) return true;
  const decorators = "modifiers" in fn && Array.isArray(fn.modifiers) ? fn.modifiers : [];
  if (decorators.some((it: Node) => is.Decorator(it) && /transaction/i.test(textOf(it))))
    return true;
  const call = wrapped(fn).parent;
  if (!is.CallExpression(call)) return false;
  const callee = unwrapped(call.expression);
  const name = nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee);
  return name !== undefined && TRANSACTS.names.test(name);
}
