import { fact, type Program, resolve } from "../program.ts";
import {
  type Identifier,
  is,
  isAssignment,
  isJavaScript,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { namesakesOf } from "./bindings.ts";
import { isAlwaysPromise } from "./promises.ts";

// Does a variable hold a promise in one place and what such a promise settles with in another?
//
//     browser = await chromium.launch();      // elsewhere
//     browser = chromium.connect(address);    // the `await` is missing
//     if (browser.isConnected()) …
//
// A *must* question, asked where nothing else would say it: of variables without a written type in
// JavaScript. TypeScript complains about the property itself. All of this has to be in sight: a plain
// assignment of a promise, another one of something that was awaited or made with `new`, and a use of
// one of its properties that no promise has. Anything that treats the variable as a promise anywhere
// (`await`, `then`, a combinator, being awaited into itself) shows that somebody knows, and ends it.
//
// Not seen: fields, destructuring, and variables that another file writes to. That is silence.

export interface Mixed {
  /** An assignment of what the promise would settle with. */
  readonly value: Node;
  /** Where the variable is used as that. */
  readonly use: Node;
}

/** The evidence that this assignment of a promise was to be awaited. */
export const mixedWith: (
  assignment: NodeOf<"BinaryExpression">,
  program: Program,
) => Mixed | undefined = fact((assignment, program) => {
  const { left, right, operatorToken } = assignment;
  const promise = unwrapped(right);
  if (operatorToken.kind !== Kind.EqualsToken || !is.Identifier(left)) return undefined;
  const file = sourceFileOf(assignment);
  if (!is.CallExpression(promise) || !isJavaScript(file)) return undefined;
  const [place, other] = program.types.symbol(left)?.declarations ?? [];
  if (place?.file !== file.fileName || other !== undefined) return undefined;
  const declaration = resolve(place, program);
  if (!is.VariableDeclaration(declaration) || !isUntyped(declaration)) return undefined;
  if (!isAlwaysPromise(promise, program)) return undefined;
  const mentions = [...namesakesOf(declaration.name, file, program)];
  if (mentions.some((it) => isTreatedAsPromise(it))) return undefined;
  const value = mentions.map((it) => valueGivenAt(it)).find((it) => it !== undefined);
  const use = mentions.map((it) => useAsValue(it)).find((it) => it !== undefined);
  return value === undefined || use === undefined ? undefined : { value, use };
});

/** No type is written in a comment, and the first value leaves it open. */
function isUntyped(declaration: NodeOf<"VariableDeclaration">): boolean {
  const { initializer, type } = declaration;
  const statement = declaration.parent.parent;
  const { text } = sourceFileOf(declaration);
  if (type !== undefined || /@type\b/.test(text.slice(statement.pos, declaration.pos)))
    return false;
  return (
    initializer === undefined ||
    is.NullKeyword(initializer) ||
    (is.Identifier(initializer) && initializer.text === "undefined")
  );
}

/** `await browser` and `new Response(…)` say that the variable holds no promise there. */
function valueGivenAt(mention: Identifier): Node | undefined {
  const { parent } = wrapped(mention);
  if (!isAssignment(parent) || parent.left !== wrapped(mention)) return undefined;
  const given = unwrapped(parent.right);
  if (is.AwaitExpression(given)) return parent;
  return is.NewExpression(given) && !isNamedPromise(given.expression) ? parent : undefined;
}

function useAsValue(mention: Identifier): Node | undefined {
  const access = wrapped(mention).parent;
  if (!is.PropertyAccessExpression(access) || access.expression !== wrapped(mention)) {
    return undefined;
  }
  return OF_PROMISES.has(access.name.text) ? undefined : access;
}

const OF_PROMISES: ReadonlySet<string> = new Set(["then", "catch", "finally", "constructor"]);

function isTreatedAsPromise(mention: Identifier): boolean {
  let isSo = false;
  const outer = wrapped(mention);
  const { parent } = outer;
  if (is.AwaitExpression(parent)) return true;
  if (is.PropertyAccessExpression(parent) && parent.expression === outer) {
    return OF_PROMISES.has(parent.name.text);
  }
  // `Promise.all([browser])`, `Promise.resolve(browser)`, `await (browser ?? other)`.
  for (let at: Node = parent; !is.SourceFile(at) && !isStatement(at); at = at.parent) {
    const call = methodCall(at);
    isSo ||= call !== undefined && isNamedPromise(call.receiver);
    isSo ||= is.AwaitExpression(at) && !isInCall(mention, at);
  }
  return isSo;
}

/** Whether a call stands between, whose result is awaited rather than the variable. */
function isInCall(mention: Node, awaited: Node): boolean {
  for (let at = mention.parent; at !== awaited; at = at.parent) {
    if (is.CallExpression(at) || is.NewExpression(at)) return true;
  }
  return false;
}

function isStatement(node: Node): boolean {
  return is.ExpressionStatement(node) || is.Block(node) || is.VariableStatement(node);
}

function isNamedPromise(node: Node): boolean {
  const name = unwrapped(node);
  return is.Identifier(name) && name.text === "Promise";
}
