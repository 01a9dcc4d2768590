import { type Edit, replace } from "../../analysis/edit.ts";
import type { Ambient } from "../../analysis/facts/ambient.ts";
import { accessesTo } from "../../analysis/facts/accesses.ts";
import { typeOfPlace } from "../../analysis/facts/place-types.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  hasQuestionDot,
  is,
  isAsync,
  isGenerator,
  isInside,
  isJavaScript,
  isOneOf,
  methodCall,
  type Node,
  nameOf,
  type CallExpression,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { fromNode } from "./node-modules.ts";
import { statementRemoved } from "./statements.ts";
import { aroundStatements } from "./statements-in-try.ts";

// What a call puts into a place for all becomes a context of its own: Node's AsyncLocalStorage, in
// whose `run` the rest of the function is.

/**
 * An AsyncLocalStorage in the place of the variable, which everybody reads who has read the variable.
 * Only where one place writes it, and the function that does so waits for all that it begins.
 */
export function storeInContext({ write }: Ambient, program: Program): Fix[] {
  const { at, reference, value, location } = write;
  const { root } = location;
  const file = sourceFileOf(at);
  const statement = statementOf(at);
  const declaration = root.kind === "variable" ? root.declaration : undefined;
  if (statement === undefined || value === undefined || !is.VariableDeclaration(declaration)) {
    return [];
  }
  const held = heldBy(declaration);
  if (held === undefined || isExported(declaration) || file.fileName.endsWith("x")) return [];
  const reads: Edit[] = [];
  for (const it of accessesTo(location, file, program)) {
    if (it.at === at) continue;
    if (it.kind !== "read" || is.ShorthandPropertyAssignment(it.reference.parent)) return [];
    if (location.path.length > 0 || isInside(it.reference, statement)) return [];
    const text = held.read(textOf(it.reference), it.reference);
    if (text === undefined) return [];
    reads.push(replace(it.reference, text));
  }
  const storage = fromNode(file, "async_hooks", "AsyncLocalStorage");
  const run = restRunBy(statement, textOf(reference), value);
  if (storage === undefined || run === undefined) return [];
  const argument = isJavaScript(file) ? "" : `<${held.type}>`;
  const list = declaration.parent;
  if (!is.VariableDeclarationList(list) || list.declarations.length !== 1) return [];
  return [
    {
      title: `Give each call its own '${textOf(reference)}', with 'AsyncLocalStorage'`,
      safety: "suggestion",
      edits: [
        ...storage.edits,
        replace(list, `const ${textOf(reference)} = new ${storage.text}${argument}()`),
        ...run,
        ...reads,
      ],
    },
  ];
}

/** `return storage.run(value, …)` for `storage.enterWith(value)`, with the rest of the function. */
export function runInstead(call: CallExpression): Fix[] {
  const storage = methodCall(call)?.receiver;
  const [value, another] = call.arguments;
  const statement = statementOf(call);
  if (storage === undefined || value === undefined || statement === undefined) return [];
  const run = another === undefined ? restRunBy(statement, textOf(storage), value) : undefined;
  if (run === undefined) return [];
  return [
    {
      title: `Run the rest of the function by '${textOf(storage)}.run'`,
      safety: "suggestion",
      edits: run,
    },
  ];
}

/** The statements behind this one as what `run` calls; undefined: they are not all of the rest. */
function restRunBy(statement: Node, storage: string, value: Node): Edit[] | undefined {
  const fn = enclosingFunction(statement);
  const { body } = fn ?? {};
  if (fn === undefined || !is.Block(body) || statement.parent !== body) return undefined;
  if (isGenerator(fn) || is.Constructor(fn)) return undefined;
  const rest = body.statements.slice(body.statements.indexOf(statement) + 1);
  const [first] = rest;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const around = aroundStatements(first, last, {
    open: `return ${storage}.run(${textOf(value)}, ${isAsync(fn) ? "async " : ""}() => {`,
    close: ["});"],
  });
  return around && [statementRemoved(statement), ...around];
}

interface Held {
  readonly type: string;
  read(name: string, at: Node): string | undefined;
}

const isLiteral = isOneOf("StringLiteral", "NumericLiteral", "TrueKeyword", "FalseKeyword");

/** What the variable holds, and what it holds where nobody has written to it yet. */
function heldBy(declaration: {
  readonly type?: Node | undefined;
  readonly initializer?: Node | undefined;
}): Held | undefined {
  const { initializer } = declaration;
  const first = initializer && unwrapped(initializer);
  const isNothing = first === undefined || nameOf(first) === "undefined";
  const own = typeOfPlace(declaration);
  if (isNothing) {
    return own === undefined ? undefined : { type: own, read: readIfThere };
  }
  if (!isLiteral(first) && !is.NullKeyword(first)) return undefined;
  const inferred = is.StringLiteral(first)
    ? "string"
    : is.NumericLiteral(first)
      ? "number"
      : is.NullKeyword(first)
        ? undefined
        : "boolean";
  const held = own ?? inferred;
  if (held === undefined) return undefined;
  const read = (name: string, at: Node) => {
    const text = `${name}.getStore() ?? ${textOf(first)}`;
    return standsAlone(at) ? text : `(${text})`;
  };
  return { type: held, read };
}

/** What may be missing has to be read in a way that allows for it: TypeScript has seen no write of it. */
function readIfThere(name: string, at: Node): string | undefined {
  const { parent } = wrapped(at);
  const isAllowed =
    (is.PropertyAccessExpression(parent) && hasQuestionDot(parent)) ||
    (is.IfStatement(parent) && parent.expression === wrapped(at));
  return isAllowed ? `${name}.getStore()` : undefined;
}

/** Whether an operator can stand there without parentheses. */
function standsAlone(node: Node): boolean {
  const { parent } = wrapped(node);
  if (is.CallExpression(parent)) return parent.expression !== wrapped(node);
  return is.ReturnStatement(parent) || is.VariableDeclaration(parent) || is.TemplateSpan(parent);
}

function isExported(declaration: Node): boolean {
  const statement = declaration.parent.parent;
  const name = is.VariableDeclaration(declaration) ? nameOf(declaration.name) : undefined;
  return (
    /^export\b/.test(textOf(statement)) ||
    new RegExp(`export\\s*\\{[^}]*\\b${name ?? ""}\\b`).test(sourceFileOf(declaration).text)
  );
}
