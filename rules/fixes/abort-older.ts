import { type Edit, insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import { answerIn } from "../../analysis/facts/answers.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import type { LateAnswer } from "../../analysis/facts/late-answers.ts";
import { originsOf } from "../../analysis/facts/origins.ts";
import { type EmptySlot, emptySlot } from "../../analysis/facts/signal-slots.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  isFunctionExpression,
  isInside,
  isJavaScript,
  methodCall,
  type Node,
  type NodeOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { keptBeside, type Shared } from "./beside-function.ts";
import { givesNothing } from "./catch-in-function.ts";
import { isOneLine, keptOnlyIf, statementAround } from "./keep-newest.ts";
import { filled } from "./pass-signal.ts";
import { atHeadOf, indentOf, isInList } from "./statements.ts";
import { aroundStatements } from "./statements-in-try.ts";
import { unitOf } from "./indents.ts";
import { unusedName } from "./unused-name.ts";

/**
 * A controller for each call, whose signal goes with the request, and which the next call aborts: so
 * nobody waits for an answer that nobody wants. The rejection of a request that was aborted is no
 * failure, so it has to be left out where failures are handled; where they are handled in a way that
 * does not let us, there is no such fix.
 */
export function abortOlder(late: LateAnswer, program: Program): Fix[] {
  const { fn, at } = late;
  const slots = slotsOf(late, program);
  const [first] = slots;
  const asking = first && statementAround(first.call, fn);
  if (asking === undefined || isOneLine(asking)) return [];
  const kept = keptBeside(late, ["lastRequest", "lastController"], sharedIn(at));
  const own = unusedName(at, ["controller", "abortController"]);
  if (kept === undefined || own === undefined) return [];
  const begun = [
    `${kept.text}?.abort();`,
    `const ${own} = (${kept.text} = new AbortController());`,
  ];
  const handled = is.AwaitExpression(late.pause)
    ? asAwaited(late, asking, own, begun)
    : asChained(late, asking, own, begun);
  if (handled === undefined) return [];
  const passed = slots.flatMap((it) => filled(it, `${own}.signal`));
  return [
    {
      title: "Abort the last request when the next one begins",
      safety: "suggestion",
      edits: [...kept.edits, ...handled, ...passed],
      chosen: [kept.name, own],
    },
  ];
}

function sharedIn(node: Node): Shared {
  if (isJavaScript(sourceFileOf(node))) {
    return {
      field: (name) => `${name} = undefined;`,
      variable: (name) => `let ${name};`,
      reference: "(undefined)",
    };
  }
  return {
    field: (name) => `${name}?: AbortController;`,
    variable: (name) => `let ${name}: AbortController | undefined;`,
    reference: "<AbortController | undefined>(undefined)",
  };
}

/** The calls that the answer comes from and that could be given a signal. */
function slotsOf({ at, fn, request }: LateAnswer, program: Program): readonly EmptySlot[] {
  const model = program.models.type({ name: "AbortSignal", module: "lib" })?.signal;
  if (model === undefined) return [];
  const calls = new Set<CallExpression>();
  const queue: Node[] = [request];
  const seen = new Set<Node>();
  for (let it = queue.pop(); it !== undefined; it = queue.pop()) {
    for (const { node } of originsOf(it, program)) {
      const before = answerIn(node, program)?.request;
      if (seen.has(node) || seen.size > MOST) continue;
      seen.add(node);
      if (before !== undefined) queue.push(before);
      if (!is.CallExpression(node)) continue;
      const receiver = methodCall(node)?.receiver;
      if (receiver !== undefined) queue.push(receiver);
      if (flowOwner(node) === fn && node.pos < at.end) calls.add(node);
    }
  }
  return [...calls]
    .toSorted((a, b) => a.pos - b.pos)
    .flatMap((it) => emptySlot(it, model, program) ?? []);
}

/** Answers that are made of more than this are not followed to their end. */
const MOST = 100;

function asAwaited(
  late: LateAnswer,
  asking: Node,
  own: string,
  begun: readonly string[],
): Edit[] | undefined {
  const { at, fn } = late;
  const { parent } = asking;
  if (!givesNothing(fn) || flowOwner(at) !== fn || !is.Block(parent)) return undefined;
  const condition = `!${own}.signal.aborted`;
  const around = catchingTry(asking, fn);
  if (around === undefined) {
    const kept = keptOnlyIf(condition, late, unitOf(sourceFileOf(at)));
    const last = parent.statements.at(-1) ?? asking;
    const edits = aroundStatements(asking, last, {
      open: [...begun, "try {"].join(`\n${indentOf(asking)}`),
      close: ["} catch (error) {", `  if (${condition}) throw error;`, "}"],
    });
    return edits && kept && [...edits, ...kept];
  }
  const { catchClause, tryBlock } = around;
  const kept = keptOnlyIf(condition, late);
  if (catchClause === undefined || kept === undefined) return undefined;
  if (!isInside(at, tryBlock) || !isInList(around)) return undefined;
  const indent = indentOf(around);
  return [
    insertBefore(around, begun.map((it) => `${it}\n${indent}`).join("")),
    atHeadOf(catchClause.block, `if (${own}.signal.aborted) return;`),
    ...kept,
  ];
}

/** The nearest `try` around a statement whose `catch` hears of its failures. */
function catchingTry(statement: Node, fn: Node): NodeOf<"TryStatement"> | undefined {
  for (let at = statement; at !== fn && !is.SourceFile(at); at = at.parent) {
    const { parent } = at;
    if (is.TryStatement(parent) && parent.tryBlock === at && parent.catchClause !== undefined) {
      return parent;
    }
  }
  return undefined;
}

function asChained(
  late: LateAnswer,
  asking: Node,
  own: string,
  begun: readonly string[],
): Edit[] | undefined {
  const handled = handlersOf(late.pause).map((it) => leftOut(it, own));
  const kept = keptOnlyIf(`!${own}.signal.aborted`, late);
  if (kept === undefined || handled.length === 0) return undefined;
  const edits = handled.flatMap((it) => it ?? []);
  if (handled.some((it) => it === undefined)) return undefined;
  const indent = indentOf(asking);
  return [insertBefore(asking, begun.map((it) => `${it}\n${indent}`).join("")), ...kept, ...edits];
}

/** Who hears of a failure of the chain, where nothing but that comes of it. */
function handlersOf(then: Node): readonly Node[] {
  const handlers: Node[] = [];
  let link = then;
  for (;;) {
    const method = methodCall(link);
    const [first, second] = method?.args ?? [];
    const handler = method?.method === "catch" ? first : second;
    if (handler !== undefined) handlers.push(handler);
    const access = wrapped(link).parent;
    const call = is.PropertyAccessExpression(access) ? wrapped(access).parent : undefined;
    if (!is.CallExpression(call) || unwrapped(call.expression) !== access) break;
    link = call;
  }
  const outer = wrapped(link).parent;
  const isDropped = is.VoidExpression(outer) ? statementOf(outer) : statementOf(link);
  return isDropped === undefined ? [] : handlers;
}

/** The handler without what was aborted. */
function leftOut(handler: Node, own: string): Edit[] | undefined {
  const written = unwrapped(handler);
  const aborted = `${own}.signal.aborted`;
  const indent = indentOf(handler);
  const inner = `\n${indent}${unitOf(sourceFileOf(handler))}`;
  if (is.Identifier(written) || is.PropertyAccessExpression(written)) {
    const call = `if (!${aborted}) ${textOf(written)}(error);`;
    return [replace(handler, `(error) => {${inner}${call}\n${indent}}`)];
  }
  if (!isFunctionExpression(written) || !givesNothing(written)) return undefined;
  const { body } = written;
  if (is.Block(body)) return [atHeadOf(body, `if (${aborted}) return;`)];
  if (body === undefined) return undefined;
  return [insertBefore(body, `{${inner}if (!${aborted}) `), insertAfter(body, `;\n${indent}}`)];
}
