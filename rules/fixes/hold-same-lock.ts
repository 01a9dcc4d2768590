import { calleeOf } from "../../analysis/facts/callees.ts";
import { lockUseOf, mayConcernLock } from "../../analysis/facts/lock-uses.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  enclosingFunction,
  type FunctionLike,
  is,
  isAsync,
  isFunctionLike,
  isGenerator,
  methodCall,
  type Node,
  sourceFileOf,
  textOf,
  walk,
} from "../../analysis/syntax.ts";
import { hasTextOverLines, underLock } from "./hold-mutex.ts";

/**
 * The body of an async function under a lock that the file takes elsewhere with a callback, as it is
 * written there: `return this.mutex.runExclusive(async () => { … })`. Not where the function calls what
 * takes the same lock, which would wait for itself.
 */
export function holdSameLock(at: Node, ids: readonly string[], program: Program): Fix[] {
  const fn = enclosingFunction(at);
  if (fn === undefined || !isAsync(fn) || isGenerator(fn) || !is.Block(fn.body)) return [];
  if (is.FunctionExpression(fn) || hasTextOverLines(fn.body)) return [];
  const taken = takenElsewhere(at, ids, program);
  if (taken === undefined || takes(fn, ids, program, 0)) return [];
  const edits = underLock(fn.body, taken.run);
  return [{ title: `Hold '${taken.lock}' here too`, safety: "suggestion", edits }];
}

/** How the file takes the lock: `this.mutex.runExclusive`, which a callback alone is handed to. */
function takenElsewhere(
  at: Node,
  ids: readonly string[],
  program: Program,
): { readonly run: string; readonly lock: string } | undefined {
  let found: { readonly run: string; readonly lock: string } | undefined;
  walk(sourceFileOf(at), (node) => {
    if (found !== undefined || !is.CallExpression(node) || !mayConcernLock(node, program)) {
      return undefined;
    }
    const [callback, another] = node.arguments;
    const method = methodCall(node);
    if (method === undefined || another !== undefined || !isFunctionLike(callback))
      return undefined;
    const use = takesOne(node, ids, program);
    if (use?.does === "run" && use.lock.root !== "parameter") {
      found = { run: textOf(node.expression), lock: textOf(method.receiver) };
    }
    return undefined;
  });
  return found;
}

function takesOne(call: CallExpression, ids: readonly string[], program: Program) {
  const use = lockUseOf(call, program);
  return use !== undefined && ids.includes(use.lock.id) ? use : undefined;
}

/** Whether a call of the function takes the lock, as far as own functions can be followed. */
function takes(fn: FunctionLike, ids: readonly string[], program: Program, depth: number): boolean {
  let found = false;
  const visit = (node: Node): undefined => {
    if (found || !is.CallExpression(node)) return undefined;
    if (mayConcernLock(node, program) && takesOne(node, ids, program) !== undefined) found = true;
    if (found || depth === DEEPEST) return undefined;
    const inner = calleeOf(node, program).functions;
    if (inner.some((it) => it !== fn && takes(it, ids, program, depth + 1))) found = true;
    return undefined;
  };
  if (fn.body !== undefined) walk(fn.body, visit);
  return found;
}

const DEEPEST = 3;
