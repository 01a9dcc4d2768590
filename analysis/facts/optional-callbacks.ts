import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isAsync,
  isFunctionExpression,
  isGenerator,
  isInside,
  Kind,
  type Node,
  nameOf,
  unwrapped,
} from "../syntax.ts";
import { calleeOf, functionsIn } from "./callees.ts";
import { returnedBy } from "./returns.ts";

// Is a promise only for those who give no callback?
//
// `close(callback) { if (callback === undefined) return new Promise(…); … }` tells whoever gives a
// callback by it, and gives nobody else's promise to them. *Must*: every promise that the function may
// give back lies where a test says that the parameter is not there, and the call gives a function. Tests
// are `!callback`, comparisons with `undefined` and `null`, and `typeof`, alone or in an `&&`; also one
// that leaves the function earlier for everybody who does give one. An async function has a promise for
// everybody. Preferred mistake: to take a promise for somebody's own, which leaves things as they were.

/** Whether what the call leads to has a promise for others, and none for one that gives this callback. */
export function isToldInstead(call: CallExpression, program: Program): boolean {
  if (!call.arguments.some((it) => isFunction(it, program))) return false;
  const { functions } = calleeOf(call, program);
  return functions.length > 0 && functions.every((it) => hasPromiseInstead(it, program));
}

function isFunction(argument: Node, program: Program): boolean {
  const node = unwrapped(argument);
  if (isFunctionExpression(node)) return true;
  return is.Identifier(node) && functionsIn(node, program).length > 0;
}

const hasPromiseInstead: (fn: FunctionLike, program: Program) => boolean = fact((fn, program) => {
  if (isAsync(fn) || isGenerator(fn)) return false;
  const promises = returnedBy(fn, program)
    .flatMap(branchesOf)
    .filter((it) => program.types.promise(it).extent !== "none");
  if (promises.length === 0) return false;
  return fn.parameters.some(({ name }) => {
    const text = nameOf(name);
    return text !== undefined && promises.every((it) => isWithout(text, it, fn));
  });
});

function branchesOf(written: Node): readonly Node[] {
  const node = unwrapped(written);
  return is.ConditionalExpression(node)
    ? [...branchesOf(node.whenTrue), ...branchesOf(node.whenFalse)]
    : [written];
}

/** Whether the node lies where the parameter is known not to be there. */
function isWithout(name: string, node: Node, fn: FunctionLike): boolean {
  for (let at = node; at !== fn; at = at.parent) {
    const { parent } = at;
    if (is.IfStatement(parent) && says(parent.expression, name, at === parent.thenStatement)) {
      return at !== parent.expression;
    }
    if (is.ConditionalExpression(parent) && says(parent.condition, name, at === parent.whenTrue)) {
      return at !== parent.condition;
    }
    if (is.Block(parent) && parent.statements.some((it) => leavesWith(name, it, at))) return true;
    if (is.SourceFile(parent)) return false;
  }
  return false;
}

/** `if (callback) { …; return; }`, in front of the node. */
function leavesWith(name: string, statement: Node, at: Node): boolean {
  if (!is.IfStatement(statement) || at.pos <= statement.pos || isInside(at, statement))
    return false;
  const { thenStatement } = statement;
  const last = is.Block(thenStatement) ? thenStatement.statements.at(-1) : thenStatement;
  const leaves = is.ReturnStatement(last) || is.ThrowStatement(last);
  return leaves && says(statement.expression, name, false);
}

/** Whether the condition, with this outcome, says that nothing was given. */
function says(written: Node, name: string, outcome: boolean): boolean {
  const node = unwrapped(written);
  if (is.Identifier(node)) return node.text === name && !outcome;
  if (is.PrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken) {
    return says(node.operand, name, !outcome);
  }
  if (!is.BinaryExpression(node)) return false;
  const operator = node.operatorToken.kind;
  if (operator === Kind.AmpersandAmpersandToken || operator === Kind.BarBarToken) {
    // With this outcome both sides came out so; with the other one, one of them did.
    const isBoth = outcome === (operator === Kind.AmpersandAmpersandToken);
    return isBoth && (says(node.left, name, outcome) || says(node.right, name, outcome));
  }
  const isEqual = EQUAL.has(operator);
  if (!isEqual && !UNEQUAL.has(operator)) return false;
  const [tested, constant] = [unwrapped(node.left), unwrapped(node.right)];
  if (is.TypeOfExpression(tested)) {
    if (nameOf(unwrapped(tested.expression)) !== name || !is.StringLiteral(constant)) return false;
    const isAbsent = constant.text === "undefined" ? isEqual : !isEqual;
    const tells = constant.text === "undefined" || constant.text === "function";
    return tells && isAbsent === outcome;
  }
  const isNothing = is.NullKeyword(constant) || nameOf(constant) === "undefined";
  return nameOf(tested) === name && isNothing && isEqual === outcome;
}

const EQUAL: ReadonlySet<number> = new Set([Kind.EqualsEqualsEqualsToken, Kind.EqualsEqualsToken]);
const UNEQUAL: ReadonlySet<number> = new Set([
  Kind.ExclamationEqualsEqualsToken,
  Kind.ExclamationEqualsToken,
]);
