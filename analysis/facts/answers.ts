import type { Program } from "../program.ts";
import {
  ancestor,
  is,
  isFunctionLike,
  methodCall,
  type Node,
  type NodeOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { variableOf } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { declarationOf } from "./references.ts";

// Is a value made from what somebody has waited for?
//
// What `await` gives, what `then` and `catch` hand to their callbacks, each element of a `for await`,
// and the error that a `catch` block takes from a promise that was awaited. Through variables and copies, and
// through calls, of which nobody knows what they do with it (facts/origins.ts). *May*.

export interface Answer {
  /** The `await`, the call of `then`, the loop, or the `try` statement. */
  readonly pause: Node;
  /** What is waited for; undefined where that is one of several things. */
  readonly request: Node | undefined;
}

/** The answer that an expression is, as it stands; its parts are not looked into. */
export function answerIn(origin: Node, program: Program): Answer | undefined {
  if (is.AwaitExpression(origin)) return { pause: origin, request: origin.expression };
  const declaration = is.Identifier(origin)
    ? (variableOf(origin, program) ?? declarationOf(origin, program))
    : undefined;
  return declaration && ofDeclaration(declaration);
}

function ofDeclaration(declaration: Node): Answer | undefined {
  let at = declaration;
  while (is.BindingElement(at)) at = at.parent.parent;
  if (is.Parameter(at)) return ofCallback(at);
  if (!is.VariableDeclaration(at)) return undefined;
  if (is.CatchClause(at.parent)) return { pause: at.parent.parent, request: undefined };
  const loop = ancestor(at, is.ForOfStatement);
  const isElement = loop?.awaitModifier !== undefined && at.parent === loop.initializer;
  return isElement ? { pause: loop, request: loop.expression } : undefined;
}

function ofCallback(parameter: NodeOf<"Parameter">): Answer | undefined {
  const fn = parameter.parent;
  if (!isFunctionLike(fn) || fn.parameters[0] !== parameter) return undefined;
  const handed = wrapped(fn);
  const chain = methodCall(handed.parent);
  if (chain === undefined || !chain.args.includes(handed)) return undefined;
  if (chain.method !== "then" && chain.method !== "catch") return undefined;
  return { pause: chain.call, request: chain.receiver };
}

/** Whether some part of the value is an answer. */
export function isMadeFromAnswer(value: Node, program: Program): boolean {
  return originsOf(unwrapped(value), program).some(
    ({ node }) => answerIn(node, program) !== undefined,
  );
}
