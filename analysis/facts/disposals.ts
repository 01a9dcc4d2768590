import type { Program } from "../program.ts";
import {
  declarationKeyword,
  is,
  isAsync,
  type Node,
  type NodeOf,
  nameOf,
  statementOf,
  unwrapped,
  walk,
  walkBody,
} from "../syntax.ts";
import { isHandled, isPromise } from "./promises.ts";
import { escapeBy } from "./leaving.ts";

// Does what `using` disposes of end before those who still need it, or go on when it has ended?
//
// Two questions. A synchronous `[Symbol.dispose]`, written out in the declaration, begins work that it
// cannot wait for. And a promise that is made from the resource leaves the block that disposes of it
// (facts/leaving.ts says what a `return` escapes). Where the value comes from elsewhere, its disposal is
// trusted.

/** The call in a synchronous disposal that begins something nobody waits for. */
export function disposesTooSoon(
  declaration: NodeOf<"VariableDeclaration">,
  program: Program,
): Node | undefined {
  const { parent, initializer } = declaration;
  if (!is.VariableDeclarationList(parent) || declarationKeyword(parent) !== "using")
    return undefined;
  const value = initializer && unwrapped(initializer);
  if (!is.ObjectLiteralExpression(value)) return undefined;
  for (const member of value.properties) {
    if (!is.MethodDeclaration(member) || isAsync(member) || !is.ComputedPropertyName(member.name)) {
      continue;
    }
    const key = unwrapped(member.name.expression);
    if (!is.PropertyAccessExpression(key) || key.name.text !== "dispose") continue;
    let begun: Node | undefined;
    if (member.body === undefined) continue;
    walkBody(member.body, (it) => {
      const isBegun =
        is.CallExpression(it) && statementOf(it) !== undefined && isPromise(it, program);
      if (isBegun && !isHandled(it, program)) begun ??= it;
      return undefined;
    });
    if (begun !== undefined) return begun;
  }
  return undefined;
}

/** The resource that a returned promise still needs when it has been disposed of. */
export function returnsPastDisposal(
  statement: NodeOf<"ReturnStatement">,
  program: Program,
): { readonly promise: Node; readonly resource: Node } | undefined {
  const escape = escapeBy(statement, program);
  for (const promise of escape?.promises ?? []) {
    for (const left of escape?.left ?? []) {
      if (left.kind !== "using") continue;
      const name = nameOf(left.at.name);
      let isUsed = false;
      walk(statement, (it) => {
        isUsed ||= is.Identifier(it) && it.text === name;
        return undefined;
      });
      if (isUsed) return { promise, resource: left.at.name };
    }
  }
  return undefined;
}
