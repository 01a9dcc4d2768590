import type { Program } from "../program.ts";
import {
  enclosingFunction,
  hasModifier,
  is,
  isFunctionLike,
  isJavaScript,
  Kind,
  type Node,
  nameOf,
  sourceFileOf,
  statementOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { isDropped, isOnlyTested, mentionsOf } from "./mentions.ts";

// Is there anything to wait for?
//
// "No" has to be certain: a value whose type leaves a promise open, today or in a subclass that
// overrides a hook, is worth waiting for. So are values of type `any`, of a type parameter, and
// everything that JavaScript says about itself: SonarJS had to take S4123 back for JavaScript after
// thousands of false reports (SonarSource/SonarJS#2636). Functions are another matter: waiting for
// one is never what was meant, unless the function itself is what comes out.

/** What is waited for in vain; undefined: something that may be a promise. */
export function awaitedInVain(operand: Node, program: Program): "function" | "value" | undefined {
  const inner = unwrapped(operand);
  if (program.types.promise(operand).extent !== "none") return undefined;
  const { opaque, generic, primitive, callResult } = program.types.value(operand);
  if (opaque || (generic && !primitive)) return undefined;
  if (callResult !== undefined) return "function";
  if (isJavaScript(sourceFileOf(inner)) || isPause(inner)) return undefined;
  if (is.CallExpression(inner)) return mayBeOverridden(inner, program) ? undefined : "value";
  return isNarrowed(inner, program) ? undefined : "value";
}

/** `await null;` as a statement: lets other code run first, and says so. */
function isPause(operand: Node): boolean {
  const { parent } = wrapped(operand);
  if (!is.AwaitExpression(parent) || statementOf(parent) === undefined) return false;
  return is.NullKeyword(operand) || is.VoidExpression(operand) || nameOf(operand) === "undefined";
}

/** A call that gives nothing today: another implementation of it may well be async. */
function mayBeOverridden(call: Node, program: Program): boolean {
  if (program.types.value(call).gives === "something") return false;
  const { symbol, functions } = calleeOf(call, program);
  if (symbol?.kind === "function" || symbol?.module === "lib") return false;
  return functions.length === 0 || functions.some(isOpenToSubclasses);
}

function isOpenToSubclasses(fn: Node): boolean {
  if (!is.MethodDeclaration(fn)) return false;
  return !is.PrivateIdentifier(fn.name) && !hasModifier(fn, Kind.PrivateKeyword);
}

/** `let p: Promise<T> | undefined` is narrowed by what the compiler sees, which is not all. */
function isNarrowed(operand: Node, program: Program): boolean {
  const name = is.PropertyAccessExpression(operand) ? operand.name : operand;
  return is.Identifier(name) && program.types.declared(name).extent !== "none";
}

/**
 * Whether what comes out of a wait for a function is dropped, tested or taken apart: then nobody
 * knows that it is a function. Where it is called or handed on, somebody does.
 */
export function isTakenForValue(awaited: Node): boolean {
  if (isDropped(awaited) || isOnlyTested(awaited)) return true;
  const outer = wrapped(awaited);
  const { parent } = outer;
  if (is.PropertyAccessExpression(parent)) return !OF_FUNCTIONS.has(parent.name.text);
  if (!is.VariableDeclaration(parent)) return false;
  const name = nameOf(parent.name);
  if (name === undefined) return true;
  const owner = enclosingFunction(parent);
  if (!isFunctionLike(owner)) return false;
  const mentions = mentionsOf(name, owner);
  return 0 < mentions.length && mentions.every(isTakenForValue);
}

const OF_FUNCTIONS: ReadonlySet<string> = new Set(["apply", "bind", "call", "length", "name"]);
