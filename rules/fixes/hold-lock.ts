import { type Edit, insertAfter } from "../../analysis/edit.ts";
import type { Acquisition } from "../../analysis/facts/locks.ts";
import type { Program } from "../../analysis/program.ts";
import { resolve } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  type CallExpression,
  childrenOf,
  declarationKeyword,
  is,
  isInside,
  isOneOf,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
  unwrapped,
  walkBody,
  wrapped,
} from "../../analysis/syntax.ts";
import {
  between,
  declaresForLater,
  movedIn,
  type Range,
  replaceRange,
  stepOf,
} from "./statement-range.ts";
import { indentOf, isInList, statementRemoved } from "./statements.ts";

// Ways of holding a lock so that it is given back whatever happens.

/** A lock that is taken in a statement of its own, and the calls that give it back. */
export interface Holding {
  readonly acquisition: Acquisition;
  /** The statement that takes the lock. */
  readonly statement: Node;
  /** The statements that give it back, where each of them is one. */
  readonly releases: readonly Node[];
  /** What is held up until the last of them, or to the end of the block. */
  readonly held: Range;
  /** The last of them, where it stands in the same list. */
  readonly last: Node | undefined;
}

/** The statements that run under a lock; undefined where they do not stand in a row. */
export function holdingOf(
  acquisition: Acquisition,
  releases: readonly CallExpression[],
): Holding | undefined {
  const statement = statementAround(acquisition.at);
  if (statement === undefined || !is.Block(statement.parent)) return undefined;
  const { statements } = statement.parent;
  const giving = releases.map(statementGiving);
  if (giving.some((it) => it === undefined || !isInList(it))) return undefined;
  const givers = giving.filter((it) => it !== undefined);
  const last = givers.findLast((it) => it.parent === statement.parent);
  const behind = statements.slice(statements.indexOf(statement) + 1);
  const inside = last === undefined ? behind : behind.slice(0, behind.indexOf(last));
  const [first] = inside;
  const end = inside.at(-1);
  if (first === undefined || end === undefined) return undefined;
  return { acquisition, statement, releases: givers, held: { first, last: end }, last };
}

const isStatement = isOneOf("VariableStatement", "ExpressionStatement");

function statementAround(at: Node): Node | undefined {
  const statement = ancestor(at, isStatement);
  if (is.VariableStatement(statement)) {
    return statement.declarationList.declarations.length === 1 ? statement : undefined;
  }
  return statement;
}

/** `release();` and `await release();` as statements. */
function statementGiving(call: CallExpression): Node | undefined {
  const outer = wrapped(call).parent;
  return statementOf(is.AwaitExpression(outer) ? outer : call);
}

/** `try { … } finally { release(); }` around what runs under the lock. */
export function releaseInFinally(holding: Holding): Fix[] {
  const { acquisition, statement, releases, held, last } = holding;
  const title = `Release '${nameOfLock(acquisition)}' in a finally block`;
  const giving = givingText(holding);
  if (giving === undefined) return [];
  const indent = indentOf(statement);
  const step = stepOf(statement);
  const closing = `finally {\n${indent}${step}${giving}\n${indent}}`;
  if (is.TryStatement(held.first) && held.first === held.last) {
    const { finallyBlock } = held.first;
    if (finallyBlock !== undefined) return [];
    const edits: Edit[] = releases.map(statementRemoved);
    return [
      { title, safety: "suggestion", edits: [...edits, insertAfter(held.first, ` ${closing}`)] },
    ];
  }
  // What is declared under the lock and needed behind it stays under the lock with all the rest.
  const rest = lastIn(statement);
  const isNeeded = declaresForLater(held);
  const range: Range = last === undefined || !isNeeded ? held : { first: held.first, last: rest };
  const replaced: Range = {
    first: range.first,
    last: last === undefined || isNeeded ? range.last : last,
  };
  const body = movedIn(range, step, releases);
  const text = `try {\n${indent}${step}${body}\n${indent}} ${closing}`;
  return [{ title, safety: "suggestion", edits: [replaceRange(replaced, text)] }];
}

function lastIn(statement: Node): Node {
  return childrenOf(statement.parent).at(-1) ?? statement;
}

/** The statement that gives the lock back, as the code has it, or as the lock wants it. */
function givingText({ acquisition, releases, last }: Holding): string | undefined {
  const written = last ?? releases[0];
  if (written !== undefined) return textOf(written);
  const { holder, use } = acquisition;
  if (holder === undefined) return undefined;
  if (use.gives === "guard") return `${holder.text}.release();`;
  return `${holder.text}();`;
}

/** `await lock.runExclusive(async () => { … })` instead of taking and giving back. */
export function runExclusively(holding: Holding, program: Program): Fix[] {
  const { acquisition, statement, releases, held, last } = holding;
  const receiver = receiverOf(acquisition, program);
  if (receiver === undefined || jumps(held) || declaresForLater(held)) return [];
  if (releases.length !== 1 && last === undefined) return [];
  const indent = indentOf(statement);
  const step = stepOf(statement);
  const body = movedIn(held, step, releases);
  const text = `await ${receiver}.runExclusive(async () => {\n${indent}${step}${body}\n${indent}});`;
  const range = { first: statement, last: last ?? held.last };
  const title = `Run it with '${receiver}.runExclusive'`;
  return [{ title, safety: "suggestion", edits: [replaceRange(range, text)] }];
}

/** What is locked, where its type has `runExclusive`. */
function receiverOf({ at }: Acquisition, program: Program): string | undefined {
  const call = unwrapped(is.AwaitExpression(at) ? at.expression : at);
  const method = methodCall(call);
  const [place] = (method && program.types.symbol(method.name)?.declarations) ?? [];
  const owner = place && resolve(place, program)?.parent;
  if (method === undefined || owner === undefined || method.args.length > 0) return undefined;
  const has = childrenOf(owner).some(
    (it) => "name" in it && nameOf(memberName(it)) === "runExclusive",
  );
  return has ? textOf(method.receiver) : undefined;
}

function memberName(member: Node & { readonly name?: unknown }): Node | undefined {
  return is.MethodDeclaration(member) || is.MethodSignature(member) ? member.name : undefined;
}

const isJump = isOneOf("ReturnStatement", "BreakStatement", "ContinueStatement", "YieldExpression");

function jumps({ first, last }: Range): boolean {
  let found = false;
  for (const statement of between(first, last)) {
    found ||= isJump(statement);
    walkBody(statement, (it) => {
      found ||= isJump(it);
      return undefined;
    });
  }
  return found;
}

/** `using guard = …`, where what the lock gives can be disposed of. */
export function holdByUsing(holding: Holding, program: Program): Fix[] {
  const { acquisition, statement, releases, last } = holding;
  const { at, use } = acquisition;
  if (use.gives !== "guard" || !is.VariableStatement(statement)) return [];
  if (program.types.value(at).disposal === "none" || !is.AwaitExpression(at)) return [];
  const list = statement.declarationList;
  const keyword = declarationKeyword(list);
  if (keyword === "var" || (last !== undefined && !isAtEnd(last, statement))) return [];
  const { fileName } = sourceFileOf(statement);
  const start = startOf(list);
  const edits = [{ file: fileName, start, end: start + keyword.length, text: "using" }];
  if (releases.some((it) => !isInside(it, statement.parent))) return [];
  const title = `Hold '${nameOfLock(acquisition)}' with using`;
  return [{ title, safety: "suggestion", edits: [...edits, ...releases.map(statementRemoved)] }];
}

/** Whether nothing but a return comes behind. */
function isAtEnd(last: Node, statement: Node): boolean {
  const rest = childrenOf(statement.parent).filter((it) => last.end <= it.pos);
  return rest.every((it) => is.ReturnStatement(it));
}

function nameOfLock({ held }: Acquisition): string {
  return held.lock.name;
}
