import { type Edit, replace } from "../../analysis/edit.ts";
import type { RecordRace } from "../../analysis/facts/records.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  bodyHas,
  enclosingFunction,
  is,
  isAsync,
  isGenerator,
  isOneOf,
  methodCall,
  type Node,
  textOf,
  unwrapped,
  walk,
} from "../../analysis/syntax.ts";
import { between, declaresForLater } from "./statement-range.ts";
import { aroundStatements } from "./statements-in-try.ts";
import { unusedName } from "./unused-name.ts";

/**
 * From the load to the save in a transaction of Prisma, at the level at which the database refuses one
 * of two that overlap; at the usual one both would still go through.
 */
export function inTransaction({ load, save }: RecordRace, program: Program): Fix[] {
  const fn = enclosingFunction(save);
  if (fn === undefined || !isAsync(fn) || isGenerator(fn) || !is.Block(fn.body)) return [];
  const client = clientOf(save);
  const loading = is.AwaitExpression(load) ? clientOf(unwrapped(load.expression)) : undefined;
  if (client === undefined || loading === undefined || textOf(client) !== textOf(loading))
    return [];
  if (program.types.members(client, ["$transaction"]).length === 0) return [];
  const { body } = fn;
  const [first, end] = [statementIn(load, body), statementIn(save, body)];
  const name = unusedName(save, ["tx", "transaction"]);
  const last = body.statements.at(-1);
  if (first === undefined || end === undefined || name === undefined || last === undefined)
    return [];
  const isRest =
    declaresForLater({ first, last: end }) ||
    between(first, end).some((it) => is.ReturnStatement(it) || bodyHas(it, is.ReturnStatement));
  const inner = { first, last: isRest ? last : end };
  const run = `${isRest ? "return" : "await"} ${textOf(client)}.$transaction(async (${name}) => {`;
  const around = aroundStatements(inner.first, inner.last, {
    open: run,
    close: ['}, { isolationLevel: "Serializable" });'],
  });
  if (around === undefined) return [];
  const uses: Edit[] = [];
  for (const statement of between(inner.first, inner.last)) {
    walk(statement, (it) => {
      const isClient = isPath(it) && textOf(it) === textOf(client);
      const isReached = is.PropertyAccessExpression(it.parent) && it.parent.expression === it;
      if (isClient && isReached) uses.push(replace(it, name));
      return isClient ? "skip" : undefined;
    });
  }
  return [
    {
      title: `Load and save in one transaction of '${textOf(client)}', which fails where another was first`,
      safety: "suggestion",
      edits: [...around, ...uses],
      chosen: [name],
    },
  ];
}

const isPath = isOneOf("Identifier", "PropertyAccessExpression");

/** `prisma` in `prisma.user.update(…)`. */
function clientOf(call: Node): Node | undefined {
  const model = methodCall(call)?.receiver;
  const access = model && unwrapped(model);
  return is.PropertyAccessExpression(access) && isPath(access.expression)
    ? access.expression
    : undefined;
}

function statementIn(node: Node, body: Node): Node | undefined {
  let at = node;
  while (at.parent !== body) {
    const { parent } = at;
    if (is.SourceFile(parent) || ancestor(at, is.Block) === undefined) return undefined;
    at = parent;
  }
  return at;
}
