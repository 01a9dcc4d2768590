import { replace } from "../../analysis/edit.ts";
import { constantBehind } from "../../analysis/facts/callees.ts";
import { locationOf, variableOf } from "../../analysis/facts/locations.ts";
import { accessesTo } from "../../analysis/facts/accesses.ts";
import { ownersOf } from "../../analysis/facts/pauses.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import type { ValueWindow } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type Identifier,
  is,
  isInside,
  type Node,
  sourceFileOf,
  textOf,
  unwrapped,
  walkBody,
} from "../../analysis/syntax.ts";
import { onlyDeclarationIn } from "./await-held.ts";
import { statementRemoved } from "./statements.ts";

/**
 * `this.n = this.n + d` for `const n = this.n; …; this.n = n + d`: what is there is read when it is
 * written, without a pause in between. Only where the constant is for nothing else; it then goes.
 */
export function readLate({ read, write }: ValueWindow, program: Program): Fix[] {
  const { value } = write;
  const holder = is.BindingElement(read) ? undefined : read.parent;
  if (value === undefined || !is.VariableDeclaration(holder) || !is.Identifier(holder.name))
    return [];
  const { initializer } = holder;
  if (initializer === undefined || unwrapped(initializer) !== unwrapped(read)) return [];
  const statement = onlyDeclarationIn(holder);
  const location = locationOf(holder.name, program);
  const [owner] = ownersOf(write.at, program);
  if (statement === undefined || location === undefined || owner !== flowOwner(holder)) return [];
  if (awaitsInside(value)) return [];
  const mentions = accessesTo(location, sourceFileOf(read), program);
  const uses = mentions.map((it) => it.reference).filter(is.Identifier);
  if (uses.length === 0 || !uses.every((it) => isInside(it, value) && isConstant(it, program))) {
    return [];
  }
  return [
    {
      title: `Read '${textOf(read)}' when it is written`,
      safety: "suggestion",
      edits: [statementRemoved(statement), ...uses.map((it) => replace(it, textFor(it, read)))],
    },
  ];
}

function textFor(use: Identifier, read: Node): string {
  const isShorthand = is.ShorthandPropertyAssignment(use.parent);
  return isShorthand ? `${use.text}: ${textOf(read)}` : textOf(read);
}

function isConstant(name: Identifier, program: Program): boolean {
  return constantBehind(name, program) !== undefined && variableOf(name, program) !== undefined;
}

function awaitsInside(value: Node): boolean {
  let found = is.AwaitExpression(unwrapped(value));
  walkBody(value, (it) => {
    found ||= is.AwaitExpression(it);
    return undefined;
  });
  return found;
}
