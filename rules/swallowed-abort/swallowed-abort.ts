import { isCleanUp } from "../../analysis/facts/belonging.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { carries } from "../../analysis/facts/signal-carriers.ts";
import { type Signal, signalsAt } from "../../analysis/facts/signals.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  is,
  isFunctionLike,
  isLoop,
  isOneOf,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  walk,
  walkBody,
} from "../../analysis/syntax.ts";
import { throwAborted } from "../fixes/check-signal.ts";
import { retryInstead } from "../fixes/retry-instead.ts";
import { endedWord } from "../words/signals.ts";

// See swallowed-abort.md for what this means to the user.
//
// A loop that catches what an abort throws, and turns again, works on for nobody. Anything in the
// loop that knows of aborts is taken to see to it: a mention of the signal outside of the attempt, a
// name with abort or cancel in it. A `catch` without a loop only takes an abort for a failure, which
// is for the strict profile.
export const swallowedAbort = defineRule({
  id: "swallowed-abort",
  summary: "A `catch` goes on as after any failure when work was aborted.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["TryStatement"], where: [{ child: "catchClause", present: true }] },

  *check(statement, program) {
    const { tryBlock, catchClause } = statement;
    const waits = waitsIn(tryBlock);
    if (catchClause === undefined || waits.length === 0) return;
    const loop = loopAround(statement);
    if (loop === undefined ? !reportsError(catchClause) : leavesLoop(catchClause)) return;
    const signals = signalsAt(statement, program).filter((it) => it.origin === "given");
    const signal = signals.find((it) => it.owner === enclosingFunction(statement));
    if (signal === undefined || isCleanUp(statement, signal.owner)) return;
    const given = waits.find((it) => signals.some((one) => carries(it, one)));
    if (given === undefined || knows(loop ?? catchClause, tryBlock, signals)) return;
    if (loop !== undefined && letsSomeThrough(catchClause)) return;
    const isRetry = loop !== undefined;
    const ended = endedWord(signal);
    yield {
      at: catchClause.variableDeclaration?.name ?? catchClause,
      message: isRetry
        ? `When \`${signal.text}\` is ${ended}, the loop goes on from here.`
        : `When \`${signal.text}\` is ${ended}, this takes it for a failure.`,
      why: isRetry
        ? "What was cancelled is tried again, for nobody, until the loop ends by itself."
        : "Whoever cancelled it finds an error in the log, or a result that looks like any other.",
      severity: isRetry ? undefined : "hint",
      profile: isRetry && !isTestFile(sourceFileOf(statement), program) ? undefined : "strict",
      notes: [{ at: given, message: `rejects when \`${signal.text}\` is ${ended}` }],
      fixes: [...throwAborted(catchClause, signal), ...retryInstead(statement, signal, program)],
    };
  },
});

function waitsIn(block: Node): readonly Node[] {
  const waits: Node[] = [];
  walkBody(block, (node) => {
    if (is.AwaitExpression(node)) waits.push(node);
    return undefined;
  });
  return waits;
}

function loopAround(statement: Node): Node | undefined {
  for (let at = statement.parent; !is.SourceFile(at) && !isFunctionLike(at); at = at.parent) {
    if (isLoop(at)) return at;
  }
  return undefined;
}

const isLeaving = isOneOf("ThrowStatement", "ReturnStatement", "BreakStatement");

/** Whether the block ends, whatever happens in it, by going out of the loop. */
function leavesLoop({ block }: NodeOf<"CatchClause">): boolean {
  return isLeaving(block.statements.at(-1));
}

/**
 * Whether the error itself decides that some errors leave the loop, as in `if (!isRetryable(error)) throw
 * error`. Which ones is not known; an abort is hardly among those that are tried again.
 */
function letsSomeThrough({ variableDeclaration, block }: NodeOf<"CatchClause">): boolean {
  const name = nameOf(variableDeclaration?.name);
  if (name === undefined) return false;
  const about = new Set([name]);
  for (const statement of block.statements) {
    if (is.VariableStatement(statement)) {
      for (const { name: own, initializer } of statement.declarationList.declarations) {
        const text = nameOf(own);
        if (text !== undefined && mentionsAny(initializer, about)) about.add(text);
      }
    }
    if (!is.IfStatement(statement) || !mentionsAny(statement.expression, about)) continue;
    const { thenStatement, elseStatement } = statement;
    if ([thenStatement, elseStatement].some((it) => isLeaving(lastOf(it)))) return true;
  }
  return false;
}

function lastOf(statement: Node | undefined): Node | undefined {
  return is.Block(statement) ? statement.statements.at(-1) : statement;
}

function mentionsAny(node: Node | undefined, names: ReadonlySet<string>): boolean {
  if (node === undefined) return false;
  let found = is.Identifier(node) && names.has(node.text);
  walk(node, (it) => {
    found ||= is.Identifier(it) && names.has(it.text);
    return found ? "skip" : undefined;
  });
  return found;
}

/** Whether the error is given to somebody, and the function then goes on or returns. */
function reportsError({ variableDeclaration, block }: NodeOf<"CatchClause">): boolean {
  const name = nameOf(variableDeclaration?.name);
  if (name === undefined || is.ThrowStatement(block.statements.at(-1))) return false;
  return block.statements.some((it) => {
    const call = is.ExpressionStatement(it) ? it.expression : undefined;
    return is.CallExpression(call) && call.arguments.some((argument) => nameOf(argument) === name);
  });
}

/** Whether something outside of the attempt mentions the signal, or speaks of aborts. */
function knows(where: Node, attempt: Node, signals: readonly Signal[]): boolean {
  let found = false;
  walk(where, (node) => {
    if (found || node === attempt) return "skip";
    const text = is.StringLiteral(node) || is.Identifier(node) ? node.text : "";
    found = /abort|cancel/i.test(text);
    if (is.Identifier(node) || is.ThisKeyword(node)) {
      found ||= signals.some((it) => carries(node, it));
    }
    return undefined;
  });
  return found;
}
