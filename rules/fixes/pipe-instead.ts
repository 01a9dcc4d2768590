import { replace, type Edit } from "../../analysis/edit.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  bodyHas,
  type CallExpression,
  childrenOf,
  is,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { linesIn } from "./indents.ts";
import { fromNode } from "./node-modules.ts";
import { indentOf, statementRemoved } from "./statements.ts";

/**
 * `await pipeline(rows, target);` for a loop that does nothing but write what it gets, and the `end()`
 * behind it. It also destroys both sides when one of them fails, and then rejects.
 */
export function pipeInstead(call: CallExpression): Fix[] {
  const loop = ancestor(call, is.ForOfStatement);
  const method = methodCall(call);
  const [content, another] = call.arguments;
  if (loop === undefined || method === undefined || another !== undefined) return [];
  if (content === undefined || !canAwaitAt(loop) || !isOnly(call, loop)) return [];
  const target = textOf(method.receiver);
  const end = endBehind(loop, target);
  const source = sourceOf(loop, content);
  const pipeline = fromNode(sourceFileOf(call), "stream/promises", "pipeline");
  if (end === undefined || source === undefined || pipeline === undefined) return [];
  const lines =
    source.length === 1
      ? [`await ${pipeline.text}(${source[0]}, ${target});`]
      : [`await ${pipeline.text}(${source[0]}`, ...source.slice(1, -1), `}, ${target});`];
  const edits: Edit[] = [
    ...pipeline.edits,
    replace(loop, linesIn(sourceFileOf(loop), indentOf(loop), lines)),
    statementRemoved(end),
  ];
  return [{ title: `Pass it on to '${target}' with 'pipeline'`, safety: "suggestion", edits }];
}

/** Whether the call is all that the loop does. */
function isOnly(call: Node, loop: NodeOf<"ForOfStatement">): boolean {
  const { statement } = loop;
  const [only, another] = is.Block(statement) ? statement.statements : [statement];
  const hasComment = /\/\/|\/\*/.test(textOf(statement));
  return (
    loop.awaitModifier !== undefined &&
    another === undefined &&
    only !== undefined &&
    statementOf(call) === only &&
    !hasComment
  );
}

/** `target.end();` as the next statement. */
function endBehind(loop: Node, target: string): Node | undefined {
  const siblings = childrenOf(loop.parent);
  const next = siblings[siblings.indexOf(loop) + 1];
  const ending = is.ExpressionStatement(next) ? methodCall(unwrapped(next.expression)) : undefined;
  const isEnd = ending?.method === "end" && ending.args.length === 0;
  return isEnd && textOf(ending.receiver) === target ? next : undefined;
}

/** What gives the content: the source of the loop itself, or a generator over it, line by line. */
function sourceOf(
  { initializer, expression }: NodeOf<"ForOfStatement">,
  content: Node,
): readonly string[] | undefined {
  if (!is.VariableDeclarationList(initializer)) return undefined;
  const [declaration] = initializer.declarations;
  if (declaration === undefined) return undefined;
  const source = textOf(expression);
  const name = nameOf(declaration.name);
  if (name !== undefined && nameOf(unwrapped(content)) === name) return [source];
  const isOfFunction = (it: Node) =>
    is.ThisKeyword(it) || nameOf(it) === "arguments" || is.YieldExpression(it);
  const parts = [expression, content];
  if (parts.some((it) => isOfFunction(it) || bodyHas(it, isOfFunction))) return undefined;
  return [
    "async function* () {",
    `  for await (${textOf(initializer)} of ${source}) yield ${textOf(content)};`,
    "}",
  ];
}
