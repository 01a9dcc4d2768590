import type { Edit } from "../../analysis/edit.ts";
import type { Signal } from "../../analysis/facts/signals.ts";
import { timedWait } from "../../analysis/facts/timed-waits.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  is,
  isAssignment,
  isAsync,
  Kind,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  startOf,
  textOf,
  unwrapped,
  walk,
  walkBody,
} from "../../analysis/syntax.ts";
import { bringPrimitive } from "./bring-primitive.ts";

/**
 * `return retry(() => work, { retries, base, signal })` for a loop that counts attempts. Only where
 * every step of the loop has a counterpart: one attempt that is returned, an error that is kept,
 * thrown in the end or told to somebody, and a wait that is the same each time or doubles. An abort
 * ends the waits and is not tried again. Loops that end without an error stay as they are.
 */
export function retryInstead(
  attempt: NodeOf<"TryStatement">,
  { text: signal, model }: Signal,
  program: Program,
): Fix[] {
  const loop = attempt.parent.parent;
  const fn = enclosingFunction(attempt);
  if (!is.Block(attempt.parent) || !is.ForStatement(loop) || fn === undefined) return [];
  if (!isAsync(fn) || model.protocol !== "AbortSignal" || !is.Block(loop.parent)) return [];
  const counting = countingOf(loop);
  const work = returnedIn(attempt.tryBlock);
  const steps = counting && stepsIn(attempt, attempt.parent, counting.name, program);
  if (counting === undefined || work === undefined || steps === undefined) return [];
  if (mentions(work, counting.name)) return [];
  const range = rangeOf(loop, loop.parent, steps);
  if (range === undefined || hasComment(loop)) return [];

  const file = sourceFileOf(loop);
  const brought = bringPrimitive("retry", file, program, { replaced: range });
  if (brought === undefined) return [];
  const options = [
    `retries: ${counting.retries}`,
    steps.wait ?? "base: 0",
    ...(steps.report === undefined ? [] : [`onRetry: ${steps.report}`]),
    signal === "signal" ? signal : `signal: ${signal}`,
  ];
  const waits = mentionsAwait(work) ? "async " : "";
  const text = `return ${brought.name}(${waits}() => ${textOf(work)}, { ${options.join(", ")} });`;
  const edit: Edit = { file: file.fileName, ...range, text };
  return [
    {
      title: `Leave the attempts to '${brought.name}'${brought.aside}`,
      safety: "suggestion",
      edits: [...brought.edits, edit],
      creates: brought.creates,
    },
  ];
}

/** What somebody wrote there would be lost. */
function hasComment(loop: Node): boolean {
  return /\/\/|\/\*/.test(textOf(loop).replace(/"[^"\n]*"|'[^'\n]*'|`[^`]*`/g, ""));
}

interface Counting {
  readonly name: string;
  /** How many attempts there are after the first. */
  readonly retries: string;
}

/** `let i = 0; i < n; i++`, `let i = 1; i <= n; i++`. */
function countingOf({ initializer, condition, incrementor }: NodeOf<"ForStatement">) {
  if (!is.VariableDeclarationList(initializer)) return undefined;
  const [declaration, another] = initializer.declarations;
  const name = nameOf(declaration?.name);
  if (name === undefined || another !== undefined || !is.BinaryExpression(condition)) {
    return undefined;
  }
  const first = declaration?.initializer && textOf(declaration.initializer);
  const sign = textOf(condition.operatorToken);
  const step = incrementor && textOf(incrementor).replaceAll(" ", "");
  const isCounted = [`${name}++`, `++${name}`, `${name}+=1`].includes(step ?? "");
  if (nameOf(condition.left) !== name || !isCounted) return undefined;
  const limit = unwrapped(condition.right);
  const isUsual = `${first}${sign}` === "0<" || `${first}${sign}` === "1<=";
  if (is.NumericLiteral(limit)) {
    const all = Number(limit.text) + (sign === "<=" ? 1 : 0) - Number(first);
    return sign.startsWith("<") && 0 < all ? { name, retries: `${all - 1}` } : undefined;
  }
  const isSimple = is.Identifier(limit) || is.PropertyAccessExpression(limit);
  if (!isUsual || !isSimple) return undefined;
  return { name, retries: `${textOf(limit)} - 1` } satisfies Counting;
}

function returnedIn({ statements: [only, another] }: NodeOf<"Block">): Node | undefined {
  if (another !== undefined || !is.ReturnStatement(only) || only.expression === undefined) {
    return undefined;
  }
  const value = unwrapped(only.expression);
  return is.AwaitExpression(value) ? value.expression : value;
}

interface Steps {
  /** The variable that keeps the error for the time after the loop. */
  kept: string | undefined;
  /** The last error is thrown in the loop itself. */
  throws: boolean;
  /** A function's parameter and body that tell somebody of an error. */
  report: string | undefined;
  /** The options that wait alike. */
  wait: string | undefined;
}

/** What happens between two attempts; undefined where that is anything that `retry` does not do. */
function stepsIn(
  attempt: NodeOf<"TryStatement">,
  { statements }: NodeOf<"Block">,
  counter: string,
  program: Program,
): Steps | undefined {
  const { catchClause, finallyBlock } = attempt;
  if (catchClause === undefined || finallyBlock !== undefined || statements[0] !== attempt) {
    return undefined;
  }
  const error = nameOf(catchClause.variableDeclaration?.name);
  const steps: Steps = { kept: undefined, throws: false, report: undefined, wait: undefined };
  for (const it of [...catchClause.block.statements, ...statements.slice(1)]) {
    if (!isTaken(it, steps, { error, counter, program })) return undefined;
  }
  return steps;
}

interface Round {
  readonly error: string | undefined;
  readonly counter: string;
  readonly program: Program;
}

function isTaken(statement: Node, steps: Steps, { error, counter, program }: Round): boolean {
  if (is.IfStatement(statement)) {
    const { expression, thenStatement, elseStatement } = statement;
    const [only, another] = is.Block(thenStatement) ? thenStatement.statements : [thenStatement];
    const isLast = elseStatement === undefined && another === undefined && is.ThrowStatement(only);
    steps.throws = isLast && nameOf(only.expression) === error && asksCounter(expression, counter);
    return steps.throws;
  }
  if (!is.ExpressionStatement(statement)) return false;
  const expression = unwrapped(statement.expression);
  if (isAssignment(expression) && is.BinaryExpression(expression)) {
    const isError = error !== undefined && nameOf(unwrapped(expression.right)) === error;
    const kept = isError && steps.kept === undefined ? nameOf(expression.left) : undefined;
    steps.kept ??= kept;
    return kept !== undefined;
  }
  if (is.AwaitExpression(expression) && steps.wait === undefined) {
    const wait = timedWait(expression.expression, program);
    steps.wait = wait?.time && waitText(unwrapped(wait.time), counter);
    return steps.wait !== undefined;
  }
  if (!is.CallExpression(expression) || steps.report !== undefined) return false;
  if (mentions(expression, counter) || mentionsAwait(expression)) return false;
  steps.report = `(${error ?? ""}) => ${textOf(expression)}`;
  return true;
}

/** `attempt === 2`, `attempt >= limit - 1`: nothing but the count decides. */
function asksCounter(condition: Node, counter: string): boolean {
  const node = unwrapped(condition);
  if (!is.BinaryExpression(node) || !/^(?:===?|>=?)$/.test(textOf(node.operatorToken)))
    return false;
  return nameOf(unwrapped(node.left)) === counter && !mentionsCall(node.right);
}

/** The same wait each time, or twice as long as the one before. */
function waitText(time: Node, counter: string): string | undefined {
  if (!mentions(time, counter)) return `base: ${textOf(time)}, factor: 1, jitter: "none"`;
  if (!is.BinaryExpression(time) || time.operatorToken.kind !== Kind.AsteriskToken)
    return undefined;
  const doubled = textOf(unwrapped(time.right)).replaceAll(" ", "");
  const isDoubled = doubled === `2**${counter}` || doubled === `Math.pow(2,${counter})`;
  return isDoubled && !mentions(time.left, counter)
    ? `base: ${textOf(time.left)}, jitter: "none"`
    : undefined;
}

/**
 * The loop, the variable that only it needs in front of it, and the statement behind it that throws.
 * Undefined where the function goes on behind the loop in another way.
 */
function rangeOf(loop: Node, { statements }: NodeOf<"Block">, { kept, throws }: Steps) {
  const index = statements.findIndex((it) => it === loop);
  const [next, another] = statements.slice(index + 1);
  const isThrow = is.ThrowStatement(next);
  const throwsKept = isThrow && kept !== undefined && nameOf(unwrapped(next.expression)) === kept;
  const endsHere = next === undefined ? throws : throwsKept || (throws && isThrow);
  if (!endsHere || another !== undefined) return undefined;
  const before = statements[index - 1];
  const first = kept !== undefined && declaresOnly(before, kept) ? before : loop;
  return { start: startOf(first), end: (next ?? loop).end };
}

function declaresOnly(statement: Node | undefined, name: string): statement is Node {
  if (!is.VariableStatement(statement)) return false;
  const [only, another] = statement.declarationList.declarations;
  return another === undefined && nameOf(only?.name) === name;
}

function mentions(node: Node, name: string): boolean {
  return has(node, (it) => is.Identifier(it) && it.text === name);
}

function mentionsCall(node: Node): boolean {
  return has(node, (it) => is.CallExpression(it));
}

function mentionsAwait(node: Node): boolean {
  let found = is.AwaitExpression(node);
  walkBody(node, (it) => {
    found ||= is.AwaitExpression(it);
    return found ? "skip" : undefined;
  });
  return found;
}

function has(node: Node, test: (node: Node) => boolean): boolean {
  let found = test(node);
  walk(node, (it) => {
    found ||= test(it);
    return found ? "skip" : undefined;
  });
  return found;
}
