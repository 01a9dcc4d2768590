import { type Edit, replace } from "../../analysis/edit.ts";
import type { UnheardWait } from "../../analysis/facts/unheard-errors.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type FunctionLike,
  is,
  isFunctionExpression,
  isOneOf,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { fromNode } from "./node-modules.ts";
import { indentOf, isInList } from "./statements.ts";

/**
 * `finished(stream)` for a promise that is resolved with nothing at the end of a stream: it rejects
 * when the stream fails, or is destroyed before. What else the executor does is done in front of it.
 */
export function waitUntilFinished(waiting: UnheardWait, program: Program): Fix[] {
  const { executor, registration, event } = waiting;
  const { construction, fn, resolve } = executor;
  const { target, listener, call } = registration;
  if (target === undefined || !resolvesNothing(listener, resolve)) return [];
  const type = program.types.value(target).type?.name ?? "";
  const options = optionsFor(event, type);
  const others = othersIn(fn, call);
  const [given] = construction.typeArguments ?? [];
  if (options === undefined || others === undefined) return [];
  if (given !== undefined && textOf(given) !== "void") return [];
  const finished = fromNode(sourceFileOf(call), "stream/promises", "finished");
  if (finished === undefined) return [];
  const first = others.length === 0 ? [] : inFront(construction, others);
  if (first === undefined) return [];
  const text = `${finished.text}(${textOf(target)}${options})`;
  return [
    {
      title: `Wait for '${textOf(target)}' with 'finished', which hears of its errors`,
      safety: "suggestion",
      edits: [...finished.edits, ...first, replace(construction, text)],
    },
  ];
}

/**
 * `once(child, "exit")` for a promise that is resolved with nothing by one event, and of whose value
 * nobody makes anything: it rejects when there is an error first.
 */
export function waitForEvent(
  { executor, registration, event }: UnheardWait,
  program: Program,
): Fix[] {
  const { construction, fn, resolve } = executor;
  const { target, listener, call } = registration;
  if (target === undefined || !resolvesNothing(listener, resolve)) return [];
  const { type } = program.types.value(target);
  if (type?.module.startsWith("node:") !== true) return [];
  if (optionsFor(event, type.name) !== undefined || othersIn(fn, call)?.length !== 0) return [];
  const outer = wrapped(construction).parent;
  const isDropped = is.AwaitExpression(outer) && statementOf(outer) !== undefined;
  const isKept = is.VariableDeclaration(outer) && outer.type === undefined;
  const once = fromNode(sourceFileOf(call), "events", "once");
  if ((!isDropped && !isKept) || once === undefined) return [];
  return [
    {
      title: `Wait for '${event}' with 'once', which hears of errors`,
      safety: "suggestion",
      edits: [...once.edits, replace(construction, `${once.text}(${textOf(target)}, "${event}")`)],
    },
  ];
}

const READABLE = /^(?:Readable|ReadStream|IncomingMessage)$/;
const WRITABLE = /^(?:Writable|WriteStream|ServerResponse|ClientRequest)$/;
const BOTH = /^(?:Duplex|Transform|PassThrough|Socket|TLSSocket)$/;

/** What to tell `finished` so that it waits for that event; undefined: it waits for something else. */
function optionsFor(event: string, type: string): string | undefined {
  if (event === "end") {
    return READABLE.test(type) ? "" : BOTH.test(type) ? ", { writable: false }" : undefined;
  }
  if (event !== "finish") return undefined;
  return WRITABLE.test(type) ? "" : BOTH.test(type) ? ", { readable: false }" : undefined;
}

/** `resolve`, `() => resolve()`. */
function resolvesNothing(listener: Node, resolve: string | undefined): boolean {
  const node = unwrapped(listener);
  if (resolve === undefined) return false;
  if (is.Identifier(node)) return node.text === resolve;
  if (!isFunctionExpression(node) || node.body === undefined) return false;
  const [only, another] = is.Block(node.body) ? node.body.statements : [];
  const body = is.ExpressionStatement(only) && another === undefined ? only.expression : node.body;
  const call = unwrapped(body);
  const isBare = is.CallExpression(call) && call.arguments.length === 0;
  return isBare && nameOf(call.expression) === resolve;
}

/** The other statements of an executor that does no more than listen and begin; undefined: it does. */
function othersIn({ body, parameters }: FunctionLike, call: Node): readonly Node[] | undefined {
  if (body === undefined) return undefined;
  if (!is.Block(body)) return unwrapped(body) === call ? [] : undefined;
  const own = statementOf(call);
  if (own?.parent !== body || /\/\/|\/\*/.test(textOf(body))) return undefined;
  const names = parameters.map((it) => textOf(it.name));
  const others = body.statements.filter((it) => it !== own);
  const isPlain = others.every(
    (it) =>
      is.ExpressionStatement(it) &&
      is.CallExpression(unwrapped(it.expression)) &&
      methodCall(unwrapped(it.expression))?.method !== "on" &&
      !names.some((name) => new RegExp(`\\b${name}\\b`).test(textOf(it))),
  );
  return isPlain ? others : undefined;
}

const isStatement = isOneOf("ReturnStatement", "ExpressionStatement");

/** In front of the statement that returns or awaits the promise, and does nothing before that. */
function inFront(construction: Node, others: readonly Node[]): Edit[] | undefined {
  const outer = wrapped(construction).parent;
  const statement = is.AwaitExpression(outer) ? wrapped(outer).parent : outer;
  if (!isStatement(statement) || !isInList(statement)) return undefined;
  const line = `\n${indentOf(statement)}`;
  const start = statement.end - textOf(statement).length;
  const text = others.map((it) => `${textOf(it)}${line}`).join("");
  return [{ file: sourceFileOf(statement).fileName, start, end: start, text }];
}
