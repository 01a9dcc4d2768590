import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import { cleanupsOf, type Life } from "../../analysis/facts/lives.ts";
import type { LateTimer } from "../../analysis/facts/late-timers.ts";
import type { Outliving } from "../../analysis/facts/outliving.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  calleeNameOf,
  type FunctionLike,
  hasQuestionDot,
  is,
  isFunctionExpression,
  isInside,
  isJavaScript,
  type Node,
  nameOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  walk,
} from "../../analysis/syntax.ts";
import { declarationOf } from "../../analysis/facts/references.ts";
import { indentOf } from "./statements.ts";
import { unitOf } from "./indents.ts";

/** What has to be written to end something: where it begins, and where it is to end. */
interface Undoing {
  readonly undo: string;
  readonly edits: readonly Edit[];
}

/** Keeps a timer that fires once, and ends it where its owner comes to its end. */
export function endTimer({ call, begun, holder, life }: LateTimer): Fix[] {
  if (life === undefined || life.kind === "effect" || begun === undefined) return [];
  const undoing = endingHandle({ call, begun, holder, life });
  const end = undoing && inTeardown(life.teardown, undoing.undo);
  if (undoing === undefined || end === undefined) return [];
  const title = `End what '${nameOf(calleeNameOf(call)) ?? "it"}' begins when its owner ends`;
  return [{ title, safety: "suggestion", edits: [...undoing.edits, ...end] }];
}

/** Ends what was begun where the life that it belongs to comes to its end. */
export function undoInLife(outliving: Outliving, program: Program): Fix[] {
  const undoing =
    outliving.registration === undefined
      ? endingHandle(outliving)
      : removingListener(outliving, program);
  if (undoing === undefined) return [];
  const { life, call } = outliving;
  const end =
    life.kind === "effect"
      ? inCleanup(life, undoing.undo)
      : inTeardown(life.teardown, undoing.undo);
  if (end === undefined) return [];
  const name = nameOf(calleeNameOf(call)) ?? "it";
  return [
    {
      title: `End what '${name}' begins when its owner ends`,
      safety: "suggestion",
      edits: [...undoing.edits, ...end],
    },
  ];
}

function endingHandle({
  call,
  begun,
  holder,
  life,
}: Pick<Outliving, "call" | "begun" | "holder" | "life">): Undoing | undefined {
  if (begun === undefined) return undefined;
  const { pair } = begun;
  const [fn] = pair.functions;
  const [method] = pair.methods;
  const ending = (it: string, access: string) => {
    if (fn !== undefined) return `${fn}(${it});`;
    return method === undefined
      ? `${it}${access === "." ? "" : access}();`
      : `${it}${access}${method}();`;
  };
  if (holder.kind === "member") {
    const text = textOf(holder.access);
    const isField = life.kind === "class" && is.ThisKeyword(unwrapped(holder.access.expression));
    return isField || isVisible(holder.access, life)
      ? { undo: ending(text, "?."), edits: [] }
      : undefined;
  }
  if (holder.kind === "variable") {
    const isHere = is.VariableDeclaration(holder.name.parent) && isDirectlyIn(holder.name, life);
    return isHere ? { undo: ending(holder.name.text, "."), edits: [] } : undefined;
  }
  const statement = statementOf(call);
  if (holder.kind !== "nowhere" || statement === undefined) return undefined;
  const name = unusedName(
    call,
    pair.begins.replaceAll(/ (?<letter>\w)/g, (_, letter: string) => letter.toUpperCase()),
  );
  if (name === undefined) return undefined;
  if (life.kind !== "class") {
    if (!isDirectlyIn(statement, life)) return undefined;
    return { undo: ending(name, "."), edits: [insertBefore(call, `const ${name} = `)] };
  }
  const begins = nameOf(calleeNameOf(call));
  if (fn === undefined || (begins !== "setInterval" && begins !== "setTimeout")) return undefined;
  const declared = fieldFor(name, begins, life);
  if (declared === undefined) return undefined;
  return {
    undo: ending(`this.${name}`, "?."),
    edits: [...declared, insertBefore(call, `this.${name} = `)],
  };
}

/** A field above the other members of the class, where there has to be one. */
function fieldFor(
  name: string,
  begins: string,
  { of }: Life & { kind: "class" },
): Edit[] | undefined {
  const [first] = of.members;
  if (first === undefined || of.members.some((it) => "name" in it && nameOf(named(it)) === name)) {
    return undefined;
  }
  if (isJavaScript(sourceFileOf(of))) return [];
  const type = `ReturnType<typeof ${begins}> | undefined`;
  return [insertBefore(first, `private ${name}: ${type};\n${indentOf(first)}`)];
}

function named(member: Node): Node | undefined {
  return is.MethodDeclaration(member) || is.PropertyDeclaration(member) ? member.name : undefined;
}

function removingListener(outliving: Outliving, program: Program): Undoing | undefined {
  const { registration, life, call } = outliving;
  if (registration === undefined || statementOf(call) === undefined) return undefined;
  const { target, event, listener, pair } = registration;
  const [opposite] = pair.opposites;
  const [, , options] = registration.call.arguments;
  const reach = [target, event, options].filter((it) => it !== undefined);
  if (opposite === undefined || !reach.every((it) => canBeWritten(it, life, program)))
    return undefined;
  const on = target === undefined ? "" : `${textOf(target)}${accessTo(outliving)}`;
  const inner = unwrapped(listener);
  if (!isFunctionExpression(inner)) {
    if (!canBeWritten(inner, life, program) || is.CallExpression(inner)) return undefined;
    const given = [event, inner, ...(options === undefined ? [] : [options])].map(textOf);
    return { undo: `${on}${opposite}(${given.join(", ")});`, edits: [] };
  }
  const statement = statementOf(call);
  if (nameOf(calleeNameOf(call)) !== "addEventListener" || options !== undefined) return undefined;
  if (statement === undefined || life.kind === "class" || !isDirectlyIn(statement, life))
    return undefined;
  const name = unusedName(call, "listening");
  if (name === undefined) return undefined;
  return {
    undo: `${name}.abort();`,
    edits: [
      insertBefore(statement, `const ${name} = new AbortController();\n${indentOf(statement)}`),
      insertAfter(listener, `, { signal: ${name}.signal }`),
    ],
  };
}

/** Where the listener may not have been added, the target may be missing too. */
function accessTo({ call, life }: Outliving): "." | "?." {
  const callee = unwrapped(call.expression);
  const isOptional = is.PropertyAccessExpression(callee) && hasQuestionDot(callee);
  const isCertain = life.kind === "class" || isDirectlyIn(call, life);
  return isOptional || !isCertain ? "?." : ".";
}

/** Whether an expression means the same thing where the life ends. */
function canBeWritten(expression: Node, life: Life, program: Program): boolean {
  const names: Node[] = [];
  const add = (it: Node): undefined => {
    if (is.Identifier(it)) names.push(it);
    return undefined;
  };
  add(expression);
  walk(expression, add);
  if (life.kind === "class" ? false : hasThis(expression)) return false;
  return names.every((it) => {
    const { parent } = it;
    if (is.PropertyAccessExpression(parent) && parent.name === it) return true;
    const declaration = declarationOf(it, program);
    if (declaration === undefined) return true;
    if (life.kind === "class") return !isInside(declaration, life.of);
    return !isInside(declaration, life.fn) || isDirectlyIn(declaration, life);
  });
}

function hasThis(expression: Node): boolean {
  return is.ThisKeyword(expression) || bodyHas(expression, (it) => is.ThisKeyword(it));
}

function isVisible(access: Node, life: Life): boolean {
  return life.kind === "effect" && !hasThis(access);
}

/** Whether the node stands in the function's own block, so that all of the function can see it. */
function isDirectlyIn(node: Node, life: Life): boolean {
  if (life.kind === "class") return false;
  const { body, parameters } = life.fn;
  if (parameters.some((it) => it === node || it === node.parent)) return true;
  let at = node;
  while (at !== body && !is.SourceFile(at)) {
    if (is.Block(at)) return false;
    if (at.parent === body) return true;
    at = at.parent;
  }
  return false;
}

function unusedName(node: Node, name: string): string | undefined {
  const used = new Set<string>();
  walk(sourceFileOf(node), (it) => {
    if (is.Identifier(it)) used.add(it.text);
    return undefined;
  });
  return used.has(name) ? undefined : name;
}

function inTeardown(teardown: FunctionLike | undefined, undo: string): Edit[] | undefined {
  const body = teardown?.body;
  if (body === undefined) return undefined;
  if (!is.Block(body)) {
    return is.ObjectLiteralExpression(unwrapped(body))
      ? undefined
      : [insertBefore(body, `{ ${undo} `), insertAfter(body, "; }")];
  }
  const [first] = body.statements;
  if (first === undefined) {
    const outer = indentOf(body);
    const inner = outer + unitOf(sourceFileOf(body));
    const file = sourceFileOf(body);
    const at = body.end - 1;
    return [{ file: file.fileName, start: at, end: at, text: `\n${inner}${undo}\n${outer}` }];
  }
  const isOneLine = !textOf(body).includes("\n");
  return [insertBefore(first, isOneLine ? `${undo} ` : `${undo}\n${indentOf(first)}`)];
}

/** In the cleanup that is there, or in a new one at the end of the effect. */
function inCleanup(life: Life & { kind: "effect" }, undo: string): Edit[] | undefined {
  const cleanups = cleanupsOf(life);
  const [only, another] = cleanups;
  if (only !== undefined) return another === undefined ? inTeardown(only, undo) : undefined;
  const { body } = life.fn;
  if (life.model.cleanup !== "returned" || !is.Block(body)) return undefined;
  if (bodyHas(body, (it) => is.ReturnStatement(it))) return undefined;
  const last = body.statements.at(-1);
  if (last === undefined) return undefined;
  const call = undo.slice(0, -1);
  const isOneLine = !textOf(body).includes("\n");
  return [
    insertAfter(
      last,
      isOneLine ? ` return () => ${call};` : `\n${indentOf(last)}return () => ${call};`,
    ),
  ];
}
