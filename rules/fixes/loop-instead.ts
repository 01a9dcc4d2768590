import { type Edit, insertBefore, removeRange } from "../../analysis/edit.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  type CallExpression,
  is,
  isGenerator,
  isLink,
  methodCall,
  type Node,
  type NodeOf,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { prefixKeyword } from "./prefix-keyword.ts";

/** `xs.forEach(async (x) => {…})` as `for (const x of xs) {…}`, which waits for each turn. */
export function loopInstead(call: CallExpression, callback: Node, program: Program): Fix[] {
  const statement = statementOf(call);
  const method = methodCall(call);
  const arrow = unwrapped(callback);
  if (statement === undefined || method?.method !== "forEach" || !canAwaitAt(call)) return [];
  if (!is.ArrowFunction(arrow) || isGenerator(arrow) || call.arguments.length !== 1) return [];
  const element = elementOf(arrow);
  if (element === undefined || !canBeLoop(arrow)) return [];
  if (!isPlainArray(method.receiver, program) || mentions(method.receiver, element)) return [];

  const { body } = arrow;
  const head = `for (const ${element} of ${textOf(method.receiver)}) `;
  const file = sourceFileOf(call);
  const edits: Edit[] = [
    removeRange(call, startOf(statement, file), startOf(body, file)),
    insertBefore(body, head),
  ];
  if (is.Block(body)) edits.push(removeRange(call, body.end, statement.end));
  else edits.push(...awaited(body), removeRange(call, body.end, call.end));
  return [{ title: "Wait for one after another in a loop", safety: "suggestion", edits }];
}

function awaited(body: Node): Edit[] {
  return is.AwaitExpression(body) ? [] : prefixKeyword(body, "await");
}

/** The text of the only parameter, without its type: a loop variable cannot have one. */
function elementOf({ parameters }: NodeOf<"ArrowFunction">): string | undefined {
  const [parameter] = parameters;
  if (parameter === undefined || parameters.length !== 1) return undefined;
  const { name, initializer, dotDotDotToken } = parameter;
  return initializer === undefined && dotDotDotToken === undefined ? textOf(name) : undefined;
}

/** `return` would leave the function around the loop instead of going on with the next element. */
function canBeLoop({ body }: NodeOf<"ArrowFunction">): boolean {
  return !is.Block(body) || !bodyHas(body, is.ReturnStatement);
}

/** Arrays only: a map's callback gets values, its loop entries; and nothing may be missing. */
export function isPlainArray(receiver: Node, program: Program): boolean {
  const { elements, nullable } = program.types.value(receiver);
  return elements !== undefined && !nullable && !hasOptionalLink(receiver.parent);
}

function hasOptionalLink(node: Node): boolean {
  const inner = unwrapped(node);
  if (!isLink(inner)) return false;
  return inner.questionDotToken !== undefined || hasOptionalLink(inner.expression);
}

/** In `for (const node of node.children)` the name on the right is already the new variable. */
function mentions(receiver: Node, element: string): boolean {
  const mentioned = new Set(wordsIn(textOf(receiver)));
  return wordsIn(element).some((it) => mentioned.has(it));
}

function wordsIn(text: string): readonly string[] {
  return [...text.matchAll(/[\w$]+/g)].map(([word]) => word);
}
