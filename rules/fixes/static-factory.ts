import { type Edit, insertBefore, replace } from "../../analysis/edit.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  type ClassLike,
  enclosingFunction,
  type FunctionLike,
  type Identifier,
  hasModifier,
  is,
  isAssignment,
  isClassLike,
  isInside,
  isJavaScript,
  isOneOf,
  Kind,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  textOf,
  unwrapped,
  walk,
  wrapped,
} from "../../analysis/syntax.ts";
import { linesIn } from "./indents.ts";
import { indentOf, statementRemoved } from "./statements.ts";
import { unusedVariable } from "./unused-name.ts";

/**
 * `static async create()`, which makes the object, waits for what the constructor has started, and
 * only then hands it out. The constructor becomes private, so that TypeScript finds whoever else makes
 * one; those of the file that can wait call the new method. Whoever extends the class, and JavaScript
 * outside of this file, would not hear of it: there is no such fix then.
 */
export function makeFactory(expression: Node, program: Program): Fix[] {
  const owner = enclosingFunction(expression);
  const statement = expression.parent;
  const call = methodCall(expression);
  if (!is.Constructor(owner) || !is.Block(owner.body) || call === undefined) return [];
  const type = owner.parent;
  const { name } = isClassLike(type) ? type : {};
  if (!isClassLike(type) || name === undefined || !isPlainClass(type)) return [];
  if (!is.ExpressionStatement(statement) || owner.body.statements.at(-1) !== statement) return [];
  if (!is.ThisKeyword(unwrapped(call.receiver)) || !mentionsOnlyGiven(call.args, owner)) return [];
  const { extent, nullable } = program.types.promise(expression);
  const file = sourceFileOf(owner);
  const isPlain = isJavaScript(file);
  if (extent !== "all" || nullable || (isPlain && isExported(type))) return [];
  const parameters = parametersOf(owner, isPlain);
  const callers = callersOf(name, type);
  const made = unusedVariable(owner, [lowered(name.text), "made", "created"]);
  if (parameters === undefined || callers === undefined || made === undefined) return [];
  const started = `${made}.${call.method}(${call.args.map(textOf).join(", ")})`;
  const gives = isPlain ? "" : `: Promise<${name.text}>`;
  const lines = [
    `static async create(${parameters.declared})${gives} {`,
    `  const ${made} = new ${name.text}(${parameters.passed});`,
    `  await ${started};`,
    `  return ${made};`,
    "}",
  ];
  const indent = indentOf(owner);
  const text = linesIn(file, indent, lines);
  const start = aboveOf(owner);
  const keyword = owner.modifiers?.find((it) => it.kind === Kind.PublicKeyword);
  const isAll = owner.body.statements.length === 1 && !/\/[/*]/.test(textOf(owner.body));
  const hidden: Edit[] = isPlain
    ? []
    : keyword === undefined
      ? [insertBefore(owner, "private ")]
      : [replace(keyword, "private")];
  return [
    {
      title: `Make it with '${name.text}.create()', which waits for it`,
      safety: "suggestion",
      edits: [
        { file: file.fileName, start, end: start, text: `${text}\n\n${indent}` },
        ...hidden,
        isAll ? replace(owner.body, "{}") : statementRemoved(statement),
        ...callers,
      ],
      chosen: [made],
    },
  ];
}

function lowered(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Where the lines of the constructor begin, its comments included. */
function aboveOf(owner: Node): number {
  const { text } = sourceFileOf(owner);
  return owner.pos + (/^\s*/.exec(text.slice(owner.pos))?.[0].length ?? 0);
}

const members = isOneOf("MethodDeclaration", "PropertyDeclaration", "GetAccessor", "SetAccessor");

function isPlainClass(type: ClassLike): boolean {
  const isGeneric = /^class\s+[\w$]+\s*</.test(textOf(type).replace(/^.*?(?=class\s)/s, ""));
  const isAbstract = hasModifier(type, Kind.AbstractKeyword);
  const isTaken = type.members.some((it) => members(it) && nameOf(it.name) === "create");
  return !isGeneric && !isAbstract && !isTaken && (type.heritageClauses?.length ?? 0) === 0;
}

function isExported(type: ClassLike): boolean {
  if (hasModifier(type, Kind.ExportKeyword)) return true;
  const name = type.name?.text ?? "";
  const pattern = new RegExp(
    `export\\s*(?:default\\s|\\{[^}]*\\b)${name}\\b|exports.*\\b${name}\\b`,
  );
  return pattern.test(sourceFileOf(type).text);
}

/** Whether the arguments are parameters of the constructor, and literals. */
function mentionsOnlyGiven(args: readonly Node[], { parameters }: FunctionLike): boolean {
  const given = new Set(parameters.map((it) => nameOf(it.name)));
  return args.every((it) => {
    const node = unwrapped(it);
    return is.Identifier(node)
      ? given.has(node.text)
      : is.StringLiteral(node) || is.NumericLiteral(node);
  });
}

/** The parameters as another function declares them, and as it passes them on. */
function parametersOf({ parameters, body }: FunctionLike, isPlain: boolean) {
  const declared: string[] = [];
  const passed: string[] = [];
  for (const it of parameters) {
    const name = nameOf(it.name);
    if (name === undefined || (it.type === undefined && it.initializer === undefined && !isPlain)) {
      return undefined;
    }
    // A parameter that is changed on the way is another one by then.
    if (body !== undefined && bodyHas(body, (at) => isAssigned(at, name))) return undefined;
    const text = textOf(it).slice(startOf(it.dotDotDotToken ?? it.name) - startOf(it));
    declared.push(text);
    passed.push(it.dotDotDotToken === undefined ? name : `...${name}`);
  }
  return { declared: declared.join(", "), passed: passed.join(", ") };
}

function isAssigned(node: Node, name: string): boolean {
  return isAssignment(node) && nameOf(unwrapped(node.left)) === name;
}

/** Whoever makes one in this file, who has to wait now; undefined: somebody cannot. */
function callersOf(name: Identifier, type: ClassLike): Edit[] | undefined {
  const edits: Edit[] = [];
  let isKnown = true;
  walk(sourceFileOf(type), (it) => {
    if (is.ExpressionWithTypeArguments(it) && nameOf(unwrapped(it.expression)) === name.text) {
      isKnown = false;
    }
    if (!is.NewExpression(it) || nameOf(unwrapped(it.expression)) !== name.text) return undefined;
    if (isInside(it, type) || !canAwaitAt(it)) isKnown = false;
    const outer = wrapped(it).parent;
    const isReached = is.PropertyAccessExpression(outer) || is.ElementAccessExpression(outer);
    const call = `await ${name.text}.create(`;
    const args = it.arguments ?? [];
    const text = `${call}${args.map(textOf).join(", ")})`;
    edits.push(replace(it, isReached && outer.expression === it ? `(${text})` : text));
    return undefined;
  });
  return isKnown ? edits : undefined;
}
