import { type Edit, insertAfter, insertBefore, removeRange, replace } from "../../analysis/edit.ts";
import { accessesTo } from "../../analysis/facts/accesses.ts";
import type { Access } from "../../analysis/facts/access-kinds.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  enclosingFunction,
  type FunctionLike,
  is,
  isAssignment,
  isAsync,
  isFunctionExpression,
  isGenerator,
  isInside,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  skipTrivia,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { indentOf, isInList } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

/**
 * `const parts = await Promise.all(ids.map((id) => price(id))); for (const part of parts) sum += part;`
 * for callbacks that add to `sum` by themselves: they give what they have, and one place adds it up, in
 * the order of the list.
 */
export function collectAndAdd(access: Access, program: Program): Fix[] {
  const { at, location, reference } = access;
  const callback = enclosingFunction(at);
  const sum = isAssignment(at) ? sumOf(at) : undefined;
  if (sum === undefined || !isFunctionExpression(callback)) return [];
  const waiting = waitingFor(callback);
  if (waiting === undefined || !isAsync(callback) || isGenerator(callback)) return [];
  const given = givenBy(callback, at, sum.added, program);
  const inside = accessesTo(location, sourceFileOf(at), program).filter((it) =>
    isInside(it.reference, callback),
  );
  // Who looks at the sum on the way would find less in it.
  if (given === undefined || inside.some((it) => !isInside(it.reference, at))) return [];
  const target = textOf(reference);
  if (mentions(sum.added, target)) return [];
  const list = unusedName(at, ["parts", "added", "gathered"]);
  const part = unusedName(at, ["part", "each", "one"]);
  if (list === undefined || part === undefined) return [];
  const adding = `for (const ${part} of ${list}) ${target} ${sum.operator} ${part};`;
  return [
    {
      title: `Collect what is added to '${target}', and add it up when all are done`,
      safety: "suggestion",
      edits: [
        insertBefore(waiting, `const ${list} = `),
        ...given,
        insertAfter(waiting, `\n${indentOf(waiting)}${adding}`),
      ],
      chosen: [list, part],
    },
  ];
}

interface Sum {
  readonly operator: string;
  readonly added: Node;
}

/** `sum += x`, and `sum = sum + x`. */
function sumOf({ left, right, operatorToken }: NodeOf<"BinaryExpression">): Sum | undefined {
  const operator = textOf(operatorToken);
  if (COMPOUND.has(operator)) return { operator, added: right };
  const value = unwrapped(right);
  if (operatorToken.kind !== Kind.EqualsToken || !is.BinaryExpression(value)) return undefined;
  const whole = `${textOf(value.operatorToken)}=`;
  if (!COMPOUND.has(whole) || textOf(unwrapped(value.left)) !== textOf(left)) return undefined;
  return { operator: whole, added: unwrapped(value.right) };
}

const COMPOUND: ReadonlySet<string> = new Set(["+=", "-=", "*="]);

/** The statement `await Promise.all(list.map(callback));`. */
function waitingFor(callback: Node): Node | undefined {
  const mapped = methodCall(wrapped(callback).parent);
  const [work, thisArgument] = mapped?.args ?? [];
  if (mapped?.method !== "map" || work !== wrapped(callback) || thisArgument !== undefined) {
    return undefined;
  }
  const list = wrapped(mapped.call);
  const all = methodCall(list.parent);
  if (all?.method !== "all" || all.args[0] !== list) return undefined;
  if (nameOf(unwrapped(all.receiver)) !== "Promise") return undefined;
  const awaited = wrapped(all.call).parent;
  const statement = is.AwaitExpression(awaited) ? statementOf(awaited) : undefined;
  return statement !== undefined && isInList(statement) ? statement : undefined;
}

/** The callback, giving what it has added so far as the last thing that it does. */
function givenBy(
  callback: FunctionLike,
  at: Node,
  added: Node,
  program: Program,
): Edit[] | undefined {
  const { body } = callback;
  if (body === undefined || callback.type !== undefined) return undefined;
  const statement = statementOf(at);
  const isLast = is.Block(body) && statement !== undefined && body.statements.at(-1) === statement;
  const isWhole = isLast ? body.statements.length === 1 : unwrapped(body) === at;
  if (is.Block(body) && bodyHas(body, is.ReturnStatement)) return undefined;
  if (isWhole && is.ArrowFunction(callback) && !hasComment(body)) {
    return withoutBlock(callback, body, added, program);
  }
  return isLast ? [replace(statement, `return ${textOf(added)};`)] : undefined;
}

/** `(id) => price(id)`, or `async (id) => 2 * (await price(id))`. */
function withoutBlock(callback: FunctionLike, body: Node, added: Node, program: Program): Edit[] {
  const node = unwrapped(added);
  const promise = is.AwaitExpression(node) ? node.expression : undefined;
  const keyword = callback.modifiers?.find((it) => it.kind === Kind.AsyncKeyword);
  const isPromise = promise !== undefined && program.types.promise(promise).extent === "all";
  if (promise === undefined || keyword === undefined || !isPromise) {
    return [replace(body, bodyOf(added))];
  }
  const { text } = sourceFileOf(callback);
  const end = skipTrivia(text, keyword.end, callback.end);
  return [removeRange(callback, startOf(keyword), end), replace(body, bodyOf(promise))];
}

function bodyOf(expression: Node): string {
  return is.ObjectLiteralExpression(expression) ? `(${textOf(expression)})` : textOf(expression);
}

function hasComment(body: Node): boolean {
  return /\/[/*]/.test(textOf(body));
}

function mentions(node: Node, text: string): boolean {
  return new RegExp(`(?<![\\w$.])${text.replace(/[$.]/g, "\\$&")}(?![\\w$])`).test(textOf(node));
}
