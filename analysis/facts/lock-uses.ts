import type { SymbolAnswer } from "../engine/type-engine.ts";
import type { LockModel } from "../primitives/primitive.ts";
import { fact, type Program, resolve } from "../program.ts";
import {
  type CallExpression,
  hasModifier,
  is,
  isClassLike,
  isFunctionLike,
  isOneOf,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  textOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { keyed, type Lock, lockAt, LOCKISH, lockOfPackage } from "./lock-identity.ts";

// What does a call do to a lock?
//
// Models say so for packages. Everything else is told by its shape, since nearly every project has a
// mutex of its own: a method `acquire` or `lock` that gives a promise of a function, or of nothing
// where `release` or `unlock` stands beside it; `runExclusive` and its like, which take a callback;
// on a type that is called a mutex, a lock or a semaphore. A static `lock` that gives an object of its
// own class, which can be unlocked, takes what its argument names. A pool, whose `release` wants to have the
// thing back, is no lock, and neither is a screen with `lock` and `unlock`.

export interface LockUse extends LockModel {
  readonly call: CallExpression;
  readonly lock: Lock;
}

/** What the call itself does to a lock; own functions are not looked into. */
export const lockUseOf: (call: CallExpression, program: Program) => LockUse | undefined = fact(
  (call, program) => {
    const { symbol, model } = calleeOf(call, program);
    const how = model?.lock ?? shapeOf(call, symbol, program);
    const lock = how && lockOf(call, how, symbol, program);
    return lock && { ...how, call, lock };
  },
);

/** Cheap, and asked of every call of a function: whether its words speak of anything like a lock. */
export function mayConcernLock(call: CallExpression, program: Program): boolean {
  const callee = unwrapped(call.expression);
  if (is.Identifier(callee)) return WORDS.test(callee.text);
  if (!is.PropertyAccessExpression(callee)) return false;
  return program.models.speaksOfLock(callee.name.text) || WORDS.test(textOf(callee));
}

const WORDS =
  /lock|mutex|sema|limit|queue|exclusive|synchron|serial|acquire|release|guard|throttle/i;

function lockOf(
  call: CallExpression,
  { key: position, gives }: LockModel,
  symbol: SymbolAnswer | undefined,
  program: Program,
): Lock | undefined {
  const key = position === undefined ? undefined : call.arguments[position];
  if (symbol?.kind === "function") return lockOfPackage(symbol, key, program);
  const callee = unwrapped(call.expression);
  const isMethod = symbol === undefined || symbol.kind === "method" || isMember(callee, symbol);
  const holder =
    is.PropertyAccessExpression(callee) && isMethod ? callee.expression : call.expression;
  const found = lockAt(holder, program);
  if (found === undefined) return undefined;
  const lock = { ...found, permits: found.permits ?? permitsOfType(symbol, gives) };
  return key === undefined ? lock : keyed(lock, key, program);
}

/** A mutex is one by its name, wherever it was made, and so is what `lock` gives a guard of. */
function permitsOfType(
  symbol: SymbolAnswer | undefined,
  gives: LockModel["gives"],
): number | undefined {
  const [type = "", method] = (symbol?.name ?? "").split(".");
  if (gives === "guard" && method === "lock") return 1;
  return LOCKISH.test(type) && !COUNTING.test(type) ? 1 : undefined;
}

const COUNTING = /sema|limit|pool|queue/i;

/** `limit.map(…)` is a method, and `this.limit(…)` the call of a function in a field. */
function isMember(callee: Node, symbol: SymbolAnswer): boolean {
  return (
    symbol.kind === "property" && symbol.module !== "own" && is.PropertyAccessExpression(callee)
  );
}

const isOwner = isOneOf("InterfaceDeclaration", "TypeLiteral");

/** What a method does, by its name, its type and its siblings. */
function shapeOf(
  call: CallExpression,
  symbol: SymbolAnswer | undefined,
  program: Program,
): LockModel | undefined {
  const method = methodCall(call);
  if (method === undefined || symbol === undefined) return undefined;
  const [place] = symbol.declarations;
  const declaration = place && resolve(place, program);
  const owner = declaration?.parent;
  if (!isClassLike(owner) && !isOwner(owner)) return undefined;
  const type = symbol.name.slice(0, symbol.name.lastIndexOf("."));
  const name = method.method;
  const isLock = LOCKISH.test(type);
  if (RUNS.test(name) || (isLock && RUNS_IN_LOCK.has(name))) {
    const callback = method.args.find((it) => isCallback(it, program));
    if (callback !== undefined && (isLock || RUNS.test(name))) {
      const first = method.args[0];
      return first === undefined || first === callback || !isLock
        ? { does: "run" }
        : { does: "run", key: 0 };
    }
  }
  if (name === "wait" && CONDITION.test(type)) {
    const notifies = membersOf(owner).some((it) => NOTIFIES.test(nameOf(it.name) ?? ""));
    return notifies ? { does: "wait" } : undefined;
  }
  if (name === "lock" && isMaker(declaration) && givesItself(call, type, program)) {
    return membersOf(owner).some((it) => nameOf(it.name) === "unlock")
      ? { does: "acquire", gives: "guard", key: 0 }
      : undefined;
  }
  const pair = PAIRS.find(({ takes, gives }) => takes.has(name) || gives.has(name));
  if (pair === undefined || (!isLock && !LIMITING.test(type))) return undefined;
  if (pair.gives.has(name)) {
    const back = membersOf(owner).some((it) => pair.takes.has(nameOf(it.name) ?? ""));
    return back && !takesSomething(declaration) ? { does: "release" } : undefined;
  }
  const opposite = membersOf(owner).find((it) => pair.gives.has(nameOf(it.name) ?? ""));
  return acquiring(call, opposite, program);
}

function isMaker(declaration: Node | undefined): boolean {
  return is.MethodDeclaration(declaration) && hasModifier(declaration, Kind.StaticKeyword);
}

/** `const lock = await LockFile.lock(path)`, where `lock` is a `LockFile`. */
function givesItself(call: CallExpression, type: string, program: Program): boolean {
  const outer = wrapped(call).parent;
  return is.AwaitExpression(outer) && program.types.value(outer).type?.name === type;
}

function acquiring(
  call: CallExpression,
  opposite: Node | undefined,
  program: Program,
): LockModel | undefined {
  const outer = wrapped(call).parent;
  const awaited = is.AwaitExpression(outer) ? outer : undefined;
  const { gives, callResult } = program.types.value(awaited ?? call);
  const given = awaited === undefined ? program.types.promise(call).extent : "none";
  if (callResult !== undefined) return { does: "acquire", gives: "function" };
  if (opposite === undefined || takesSomething(opposite)) {
    return given === "all" && opposite === undefined
      ? undefined
      : guardShape(awaited ?? call, program);
  }
  if (awaited !== undefined || given === "all") return { does: "acquire" };
  return gives === "nothing" ? { does: "acquire" } : undefined;
}

/** A guard is disposable, and called so. */
function guardShape(value: Node, program: Program): LockModel | undefined {
  const { disposal, type } = program.types.value(value);
  const isGuard = disposal !== "none" || GUARDS.test(type?.name ?? "");
  return isGuard && type !== undefined ? { does: "acquire", gives: "guard" } : undefined;
}

const RUNS =
  /^(?:runExclusive|withLock|synchroni[sz]ed?|runLocked|runWithLock|runInLock|lockAndRun)$/;
const RUNS_IN_LOCK: ReadonlySet<string> = new Set([
  "run",
  "use",
  "with",
  "using",
  "acquire",
  "lock",
  "exec",
  "execute",
  "dispatch",
  "schedule",
  "enqueue",
  "protect",
  "guard",
]);
const CONDITION = /condvar|cond(?:ition)?(?:al)?(?:var(?:iable)?)?$/i;
const NOTIFIES = /^(?:notify|signal|broadcast|wake)/;
const LIMITING = /limit|gate|throttle|concurren|slot|permit|token/i;
const GUARDS = /guard|permit|lease|releas|lock/i;

const PAIRS: readonly {
  readonly takes: ReadonlySet<string>;
  readonly gives: ReadonlySet<string>;
}[] = [
  { takes: new Set(["acquire"]), gives: new Set(["release"]) },
  { takes: new Set(["lock"]), gives: new Set(["unlock", "release"]) },
  { takes: new Set(["enter"]), gives: new Set(["leave", "exit"]) },
  { takes: new Set(["down"]), gives: new Set(["up"]) },
];

/** Whether the lock's own type can give it back, without what the acquisition gave. */
export function hasOwnRelease(call: CallExpression, program: Program): boolean {
  const method = methodCall(call);
  const [place] = (method && program.types.symbol(method.name)?.declarations) ?? [];
  const owner = place && resolve(place, program)?.parent;
  const pair = PAIRS.find(({ takes }) => method !== undefined && takes.has(method.method));
  if (owner === undefined || pair === undefined) return false;
  return membersOf(owner).some((it) => pair.gives.has(nameOf(it.name) ?? ""));
}

function membersOf(owner: Node): readonly (Node & { readonly name?: Node | undefined })[] {
  const members: Node[] = [];
  owner.forEachChild((it) => {
    members.push(it);
    return undefined;
  });
  return members;
}

function takesSomething(declaration: Node | undefined): boolean {
  const signature = is.PropertyDeclaration(declaration) ? declaration.initializer : declaration;
  if (!isFunctionLike(signature) && !is.MethodSignature(signature)) return false;
  return signature.parameters.some((it) => isRequired(it) && !COUNTS.test(nameOf(it.name) ?? ""));
}

const COUNTS = /^(?:n|count|weight|permits?|amount|units?|key|name|id)$/i;

function isRequired(parameter: NodeOf<"Parameter">): boolean {
  const { questionToken, initializer, dotDotDotToken } = parameter;
  return questionToken === undefined && initializer === undefined && dotDotDotToken === undefined;
}

function isCallback(argument: Node, program: Program): boolean {
  const node = unwrapped(argument);
  if (isFunctionLike(node)) return true;
  const named = is.Identifier(node) || is.PropertyAccessExpression(node);
  return named && program.types.value(node).callResult !== undefined;
}
