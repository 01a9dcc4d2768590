import type { Edit } from "../../analysis/edit.ts";
import { calleeOf } from "../../analysis/facts/callees.ts";
import { mentionsOfFunction, nameOfFunction } from "../../analysis/facts/functions.ts";
import { isStatic, type Location } from "../../analysis/facts/locations.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  type FunctionLike,
  is,
  isAsync,
  isClassLike,
  isGenerator,
  isInside,
  isJavaScript,
  type Node,
  type NodeOf,
  sourceFileOf,
  startOf,
  walk,
} from "../../analysis/syntax.ts";
import { unusedName } from "./unused-name.ts";
import { bringPrimitive } from "./bring-primitive.ts";
import { indentOf } from "./statements.ts";

/**
 * One call at a time: the whole body of the function runs under a lock of its own, which stands
 * beside the place that it guards. Not for functions that call themselves, which would wait for
 * themselves, and not for bodies that cannot be indented without changing a text in them.
 */
export function holdMutex(at: Node, { root }: Location, program: Program): Fix[] {
  return holdMutexOf(at, root.kind, program);
}

/** The same for what is neither in the class nor in the module, such as a file. */
export function holdMutexAround(at: Node, program: Program): Fix[] {
  const isMember = is.MethodDeclaration(enclosingFunction(at));
  return holdMutexOf(at, isMember ? "instance" : "variable", program);
}

function holdMutexOf(at: Node, kind: Location["root"]["kind"], program: Program): Fix[] {
  const file = sourceFileOf(at);
  const fn = enclosingFunction(at);
  if (fn === undefined || !isAsync(fn) || isGenerator(fn) || !is.Block(fn.body)) return [];
  const { body } = fn;
  if (hasTextOverLines(body) || callsItself(fn, program)) return [];
  const place = placeOf(fn, kind);
  const name = nameOfFunction(fn);
  if (place === undefined || name === undefined) return [];
  const lock = unusedName(file, ["mutex", `${name}Mutex`]);
  if (lock === undefined) return [];
  const brought = bringPrimitive("Mutex", file, program, { libraries: [ASYNC_MUTEX] });
  if (brought === undefined) return [];
  const before = place.isMember && !isJavaScript(file) ? "private " : "";
  const keyword = place.isMember ? `${before}${place.isOfClass ? "static " : ""}` : "const ";
  const readonly = place.isMember && !isJavaScript(file) ? "readonly " : "";
  const held = place.isOfClass ? `${place.owner}.${lock}` : place.isMember ? `this.${lock}` : lock;
  const declared = `${keyword}${readonly}${lock} = new ${brought.name}();`;
  return [
    {
      title: `Let one call of '${name}' run at a time, under a lock${brought.aside}`,
      safety: "suggestion",
      edits: [
        ...brought.edits,
        { file: file.fileName, start: place.start, end: place.start, text: place.text(declared) },
        ...underLock(body, `${held}.runExclusive`),
      ],
      creates: brought.creates,
      chosen: [lock],
    },
  ];
}

const ASYNC_MUTEX = { module: "async-mutex", needed: { name: "Mutex" } } as const;

interface LockPlace {
  readonly isMember: boolean;
  readonly isOfClass: boolean;
  /** The name of the class. */
  readonly owner: string | undefined;
  readonly start: number;
  text(declaration: string): string;
}

/** In the class for its fields, before the statement for what the module has. */
function placeOf(fn: FunctionLike, kind: Location["root"]["kind"]): LockPlace | undefined {
  const { parent } = fn;
  if (is.MethodDeclaration(fn) && isClassLike(parent)) {
    const [first] = parent.members;
    const isOfClass = isStatic(fn);
    const owner = parent.name?.text;
    if (first === undefined || kind === "variable") return undefined;
    if (isOfClass && owner === undefined) return undefined;
    // One lock for each object does not guard what they share.
    if (kind === "static" && !isOfClass) return undefined;
    const text = (declaration: string) => `\n${indentOf(first)}${declaration}`;
    return { isMember: true, isOfClass, owner, start: first.pos, text };
  }
  if (!is.FunctionDeclaration(fn) || !is.SourceFile(parent) || kind !== "variable")
    return undefined;
  // Behind what stands before the function, so that its comments stay with it.
  const isFirst = fn.pos === 0;
  const start = isFirst ? startOf(fn) : fn.pos;
  const text = (declaration: string) => (isFirst ? `${declaration}\n\n` : `\n\n${declaration}`);
  return { isMember: false, isOfClass: false, owner: undefined, start, text };
}

/** The body as a callback of what runs it under a lock: `this.mutex.runExclusive`. */
export function underLock(body: NodeOf<"Block">, run: string): Edit[] {
  const file = sourceFileOf(body);
  const [first] = body.statements;
  const last = body.statements.at(-1);
  if (first === undefined || last === undefined) return [];
  const isOneLine = !file.text.slice(startOf(body), body.end).includes("\n");
  const open = `return ${run}(async () => {`;
  const start = startOf(body) + 1;
  const end = body.end - 1;
  const at = (offset: number, text: string) => ({
    file: file.fileName,
    start: offset,
    end: offset,
    text,
  });
  if (isOneLine) return [at(start, ` ${open}`), at(end, `}); `)];
  const outer = indentOf(body);
  const unit = indentOf(first).slice(outer.length) || "  ";
  const edits = [at(start, `\n${outer}${unit}${open}`)];
  const text = file.text.slice(start, end);
  for (const { index } of text.matchAll(/\n(?=[ \t]*[^\s])/g)) {
    edits.push(at(start + index + 1, unit));
  }
  return [...edits, at(startOfLine(file.text, end), `${outer}${unit}});\n`)];
}

function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Whether a text goes over several lines, which indenting would change. */
export function hasTextOverLines(body: Node): boolean {
  const { text } = sourceFileOf(body);
  let found = false;
  walk(body, (node) => {
    const isText = is.TemplateExpression(node) || is.NoSubstitutionTemplateLiteral(node);
    found ||= isText && text.slice(startOf(node), node.end).includes("\n");
    return undefined;
  });
  return found;
}

/** Whether a call of the function leads to another one, which would wait for the first. */
function callsItself(fn: FunctionLike, program: Program): boolean {
  return (
    mentionsOfFunction(fn, program).some((it) => isInside(it, fn)) || leadsTo(fn, fn, program, 0)
  );
}

function leadsTo(from: FunctionLike, to: FunctionLike, program: Program, depth: number): boolean {
  if (from.body === undefined || DEEPEST < depth) return false;
  let leads = false;
  walk(from.body, (node) => {
    if (leads || !is.CallExpression(node)) return leads ? "skip" : undefined;
    const called = calleeOf(node, program).functions;
    leads = called.includes(to) || called.some((it) => leadsTo(it, to, program, depth + 1));
    return undefined;
  });
  return leads;
}

/** Callers of callers of callers. */
const DEEPEST = 3;
