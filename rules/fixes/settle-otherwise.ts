import { type Edit, insertAfter } from "../../analysis/edit.ts";
import { type Executor, settlingCalls } from "../../analysis/facts/executors.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  type FunctionLike,
  is,
  isInside,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { secondParameter } from "./async-executor.ts";
import { indentOf, statementBefore } from "./statements.ts";

/** Settles the promise on the way that does not: with the error that is at hand, or a new one. */
export function settleOnThatWay(executor: Executor, fn: FunctionLike, end: Node): Fix[] {
  const { body } = fn;
  if (!is.Block(body)) return [];
  const name = executor.reject ?? "reject";
  const parameter =
    executor.reject === undefined ? secondParameter(executor.fn.parameters, name) : [];
  if (parameter === undefined) return [];
  const error = errorAt(end, fn);
  if (is.ReturnStatement(end) && error !== undefined) {
    const edits = [...parameter, ...statementBefore(end, `${name}(${error});`)];
    return [{ title: `Reject with '${error}'`, safety: "suggestion", edits }];
  }
  const last = body.statements.at(-1);
  if (!is.IfStatement(last) || last.elseStatement !== undefined) return [];
  return inLastIf(last, { executor, end, name, parameter, error });
}

interface Place {
  readonly executor: Executor;
  readonly end: Node;
  readonly name: string;
  readonly parameter: readonly Edit[];
  readonly error: string | undefined;
}

function inLastIf(branch: NodeOf<"IfStatement">, place: Place): Fix[] {
  const { executor, end, name, parameter, error } = place;
  const settles = settlingCalls(executor).some((it) => isInside(it, branch.thenStatement));
  if (!settles || !isInside(end, branch.expression)) return [];
  const value = error ?? 'new Error("Not settled otherwise")';
  const space = is.Block(branch.thenStatement) ? " " : `\n${indentOf(branch)}`;
  const edits = [...parameter, insertAfter(branch, `${space}else ${name}(${value});`)];
  const title = error === undefined ? "Reject it otherwise, with 'else'" : `Reject with '${error}'`;
  return [{ title, safety: "suggestion", edits }];
}

/** The name of the error that is set where the path ends: inside `if (error)`. */
function errorAt(end: Node, fn: FunctionLike): string | undefined {
  const [first] = fn.parameters;
  const name = nameOf(first?.name);
  if (name === undefined || !/^_?err(?:or)?$/.test(name)) return undefined;
  const branch = ancestor(end, is.IfStatement);
  if (branch === undefined || !isInside(branch, fn)) return undefined;
  const test = unwrapped(branch.expression);
  if (nameOf(test) === name && isInside(end, branch.thenStatement)) return name;
  const isNegated = is.PrefixUnaryExpression(test) && nameOf(unwrapped(test.operand)) === name;
  return isNegated && isInside(end, branch.expression) ? name : undefined;
}
