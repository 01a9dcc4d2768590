import { type Program } from "../program.ts";
import {
  type CallExpression,
  childrenOf,
  declarationKeyword,
  enclosingFunction,
  type FunctionLike,
  type Identifier,
  is,
  isAssignment,
  isInside,
  isOneOf,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  statementOf,
  unwrapped,
  walk,
  walkBody,
} from "../syntax.ts";
import { isPromise } from "./promises.ts";
import { calleeOf } from "./callees.ts";
import { effectIn } from "./call-effects.ts";
import { type Variable, variableBehind } from "./references.ts";

// Which pieces of work wait for each other though neither needs the other?
//
// Two shapes. *Steps*: declarations directly behind each other, each of which waits for a call that
// only asks (facts/call-effects.ts) and mentions nothing that an earlier one has declared. *Loops*:
// `for … of` whose body waits for calls that only ask, and does nothing else than put what they give
// into a collection that the loop does not look at. *Must* on both counts: whatever is not known,
// keeps its order, as do statements between which there is another one, whatever it does.
//
// Order can matter though nobody sees it in the code: a database connection, a browser's page or a
// reader answers one question after the other, so nothing is said where such a thing takes part, by
// its name. That the first call may fail and the second would then never have been made is taken to
// be harmless, since it only asks.

export interface Step {
  readonly statement: NodeOf<"VariableStatement">;
  readonly name: Node;
  readonly awaited: NodeOf<"AwaitExpression">;
  readonly call: CallExpression;
}

/** The steps of which this statement is the second one; undefined: it has to wait for the one before. */
export function stepsBefore(
  statement: NodeOf<"VariableStatement">,
  program: Program,
): readonly Step[] | undefined {
  const second = stepOf(statement);
  if (second === undefined) return undefined;
  const siblings = childrenOf(statement.parent);
  const at = siblings.indexOf(statement);
  const first = stepOf(siblings[at - 1]);
  if (first === undefined || !follows(second, [first])) return undefined;
  // A run begins where the step before the first one is no part of it.
  const before = runUpTo(siblings, at - 1, program);
  if (before.length > 1 || !isQuestion(first, program) || !isQuestion(second, program)) {
    return undefined;
  }
  const steps = [first, second];
  for (const next of siblings.slice(at + 1)) {
    const step = stepOf(next);
    if (step === undefined || !follows(step, steps) || !isQuestion(step, program)) break;
    steps.push(step);
  }
  return steps;
}

/** The run that ends with the statement at this position. */
function runUpTo(siblings: readonly Node[], last: number, program: Program): readonly Step[] {
  let run: Step[] = [];
  const start = firstOfRow(siblings, last);
  for (const it of siblings.slice(start, last + 1)) {
    const step = stepOf(it);
    if (step === undefined || !isQuestion(step, program)) run = [];
    else if (follows(step, run)) run.push(step);
    else run = [step];
  }
  return run;
}

function firstOfRow(siblings: readonly Node[], last: number): number {
  let first = last;
  while (0 < first && stepOf(siblings[first - 1]) !== undefined) first -= 1;
  return first;
}

/** `const user = await load(id);` and nothing else. */
function stepOf(statement: Node | undefined): Step | undefined {
  if (!is.VariableStatement(statement)) return undefined;
  const { declarationList: list } = statement;
  const [only, another] = list.declarations;
  if (only?.initializer === undefined || another !== undefined) return undefined;
  if (declarationKeyword(list) !== "const") return undefined;
  const awaited = unwrapped(only.initializer);
  const call = is.AwaitExpression(awaited) ? unwrapped(awaited.expression) : undefined;
  if (!is.AwaitExpression(awaited) || !is.CallExpression(call)) return undefined;
  return { statement, name: only.name, awaited, call };
}

/** Whether the step mentions nothing that one of the others declares. */
function follows({ call, name }: Step, others: readonly Step[]): boolean {
  const declared = new Set(others.flatMap((it) => [...namesIn(it.name)]));
  return [...namesIn(call), ...namesIn(name)].every((it) => !declared.has(it));
}

function namesIn(node: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (it: Node): undefined => {
    if (is.Identifier(it)) names.add(it.text);
    return undefined;
  };
  add(node);
  walk(node, add);
  return names;
}

/** `Promise.all(…)` says that somebody has thought of what runs at once, and of what does not. */
function isCombinator(call: CallExpression): boolean {
  const method = methodCall(call);
  return method !== undefined && nameOf(unwrapped(method.receiver)) === "Promise";
}

function isQuestion({ call }: Step, program: Program): boolean {
  if (isCombinator(call)) return false;
  return !usesOneByOne(call) && effectIn(call, program) === undefined && takesTime(call, program);
}

const ONE_BY_ONE =
  /^(?:tx|trx|transaction|client|conn|connection|session|queryRunner|manager|page|driver|browser|frame|cursor|stream|reader|socket|repl|rl)$|(?:Client|Connection|Session|Reader|Stream|Transaction)$/;

/** Something takes part that answers one question after the other. */
function usesOneByOne(node: Node): boolean {
  return [...namesIn(node)].some((it) => ONE_BY_ONE.test(it));
}

/** Whether a call waits for anything; own async functions sometimes do not. */
function takesTime(call: CallExpression, program: Program): boolean {
  const { functions } = calleeOf(call, program);
  if (functions.length === 0) return isPromise(call, program);
  return functions.some((it) => waits(it, program));
}

function waits(fn: FunctionLike, program: Program): boolean {
  let found = false;
  const visit = (it: Node): "skip" | undefined => {
    found ||= is.AwaitExpression(it) || (is.CallExpression(it) && isPromise(it, program));
    return found ? "skip" : undefined;
  };
  if (fn.body === undefined) return false;
  visit(fn.body);
  walkBody(fn.body, visit);
  return found;
}

export interface SerialLoop {
  readonly loop: NodeOf<"ForOfStatement">;
  /** The first call that is waited for. */
  readonly call: CallExpression;
  /** What puts something into a collection: a call, or an assignment to a member. */
  readonly collects: readonly Collects[];
}

export interface Collects {
  readonly at: CallExpression | NodeOf<"BinaryExpression">;
  readonly collection: Identifier;
  readonly how: "push" | "add" | "keyed";
}

const leaves = isOneOf(
  "BreakStatement",
  "ReturnStatement",
  "ThrowStatement",
  "YieldExpression",
  "LabeledStatement",
);

/** What a loop waits for one by one, though no turn of it needs another. */
export function serialLoop(
  loop: NodeOf<"ForOfStatement">,
  program: Program,
): SerialLoop | undefined {
  if (loop.awaitModifier !== undefined || !is.VariableDeclarationList(loop.initializer)) {
    return undefined;
  }
  const calls: CallExpression[] = [];
  let isPlain = true;
  const visit = (it: Node): undefined => {
    if (leaves(it) || (is.ForOfStatement(it) && it.awaitModifier !== undefined)) isPlain = false;
    const awaited = is.AwaitExpression(it) ? unwrapped(it.expression) : undefined;
    if (is.CallExpression(awaited) && !isCombinator(awaited)) calls.push(awaited);
    else if (awaited !== undefined) isPlain = false;
    return undefined;
  };
  visit(loop.statement);
  walkBody(loop.statement, visit);
  const [call] = calls;
  if (call === undefined || !isPlain || usesOneByOne(loop)) return undefined;
  const collects = collectsIn(loop, program);
  if (collects === undefined || collects.length === 0) return undefined;
  const allowed = new Set<Node>(collects.map((it) => it.at));
  if (effectIn(loop.statement, program, (it) => allowed.has(it)) !== undefined) return undefined;
  return calls.some((it) => takesTime(it, program)) ? { loop, call, collects } : undefined;
}

/** What the loop collects; undefined where it also looks at what it has collected before. */
function collectsIn(
  loop: NodeOf<"ForOfStatement">,
  program: Program,
): readonly Collects[] | undefined {
  const found: Collects[] = [];
  walkBody(loop.statement, (it) => {
    const collects = collectsAt(it);
    if (collects !== undefined) found.push(collects);
    return undefined;
  });
  for (const { collection } of found) {
    const variable = variableBehind(collection, program);
    if (variable === undefined || !isFreshBefore(variable, loop)) return undefined;
    const inLoop = variable.mentions.filter((it) => isInside(it, loop));
    if (!inLoop.every((it) => found.some((other) => other.collection === it))) return undefined;
  }
  return found;
}

/** A collection of the same function, made before the loop. */
function isFreshBefore({ declaration }: Variable, loop: Node): boolean {
  if (!is.VariableDeclaration(declaration) || declaration.initializer === undefined) return false;
  if (isInside(declaration, loop)) return false;
  if (enclosingFunction(declaration) !== enclosingFunction(loop)) return false;
  const value = unwrapped(declaration.initializer);
  return (
    is.ArrayLiteralExpression(value) || is.ObjectLiteralExpression(value) || is.NewExpression(value)
  );
}

function collectsAt(node: Node): Collects | undefined {
  const method = methodCall(node);
  if (method !== undefined) {
    const collection = unwrapped(method.receiver);
    const how = HOW.get(method.method);
    if (how === undefined || !is.Identifier(collection)) return undefined;
    return statementOf(node) === undefined ? undefined : { at: method.call, collection, how };
  }
  if (!isAssignment(node) || node.operatorToken.kind !== Kind.EqualsToken) return undefined;
  if (statementOf(node) === undefined) return undefined;
  const target = unwrapped(node.left);
  if (!is.ElementAccessExpression(target)) return undefined;
  const collection = unwrapped(target.expression);
  return is.Identifier(collection) ? { at: node, collection, how: "keyed" } : undefined;
}

const HOW: ReadonlyMap<string, Collects["how"]> = new Map([
  ["push", "push"],
  ["add", "add"],
  ["set", "keyed"],
]);

/** The collection of a loop as messages call it. */
export function nameOfCollection({ collects: [first] }: SerialLoop): string {
  return nameOf(first?.collection) ?? "the collection";
}
