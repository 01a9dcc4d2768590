import type { Edit } from "../../analysis/edit.ts";
import type { Place } from "../../analysis/engine/type-engine.ts";
import { calleeOf } from "../../analysis/facts/callees.ts";
import { mentionsOfFunction, nameOfFunction } from "../../analysis/facts/functions.ts";
import { isStatic, type Location, locationOf } from "../../analysis/facts/locations.ts";
import { typeOfPlace } from "../../analysis/facts/place-types.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  type FunctionLike,
  is,
  isAssignment,
  isAsync,
  isClassLike,
  isGenerator,
  isInside,
  isJavaScript,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  startOf,
  textOf,
  unwrapped,
  walk,
} from "../../analysis/syntax.ts";
import { unusedName } from "./unused-name.ts";
import { bringPrimitive } from "./bring-primitive.ts";
import { unitOf } from "./indents.ts";
import { indentOf } from "./statements.ts";

/**
 * One call at a time: the whole body of the function runs under a lock of its own, which stands
 * beside the place that it guards. For what is kept under a key it is a lock for each key, where the
 * key is known when the function begins. Not for functions that call themselves, which would wait
 * for themselves, and not for bodies that cannot be indented without changing a text in them.
 */
export function holdMutex(at: Node, { root, cell }: Location, program: Program): Fix[] {
  const key = cell?.key;
  const fn = enclosingFunction(at);
  const isKnown = key !== undefined && fn !== undefined && isKnownAtHead(key, fn, program);
  return holdMutexOf(at, root.kind, isKnown ? key : undefined, program);
}

/** The same for what is neither in the class nor in the module, such as a file. */
export function holdMutexAround(at: Node, program: Program): Fix[] {
  const isMember = is.MethodDeclaration(enclosingFunction(at));
  return holdMutexOf(at, isMember ? "instance" : "variable", undefined, program);
}

function holdMutexOf(
  at: Node,
  kind: Location["root"]["kind"],
  key: Node | undefined,
  program: Program,
): Fix[] {
  const file = sourceFileOf(at);
  const fn = enclosingFunction(at);
  if (fn === undefined || !isAsync(fn) || isGenerator(fn) || !is.Block(fn.body)) return [];
  const { body } = fn;
  if (hasTextOverLines(body) || callsItself(fn, program)) return [];
  const place = placeOf(fn, kind);
  const name = nameOfFunction(fn);
  if (place === undefined || name === undefined) return [];
  const word = key === undefined ? "mutex" : "mutexes";
  const lock = unusedName(file, [word, `${name}${word.charAt(0).toUpperCase()}${word.slice(1)}`]);
  if (lock === undefined) return [];
  const brought =
    key === undefined
      ? bringPrimitive("Mutex", file, program, { libraries: [ASYNC_MUTEX] })
      : bringPrimitive("KeyedMutex", file, program, { libraries: [ASYNC_LOCK] });
  if (brought === undefined) return [];
  const before = place.isMember && !isJavaScript(file) ? "private " : "";
  const keyword = place.isMember ? `${before}${place.isOfClass ? "static " : ""}` : "const ";
  const readonly = place.isMember && !isJavaScript(file) ? "readonly " : "";
  const held = place.isOfClass ? `${place.owner}.${lock}` : place.isMember ? `this.${lock}` : lock;
  const isLibrary = key !== undefined && brought.from === ASYNC_LOCK.module;
  const type = key === undefined || isLibrary ? undefined : typeOfKey(key, program);
  const argument = type === undefined || isJavaScript(file) ? "" : `<${type}>`;
  const declared = `${keyword}${readonly}${lock} = new ${brought.name}${argument}();`;
  const run = `${held}.${isLibrary ? "acquire" : "runExclusive"}`;
  const each = key === undefined ? "" : ` for each '${textOf(key)}'`;
  return [
    {
      title: `Let one call of '${name}'${each} run at a time, under a lock${brought.aside}`,
      safety: "suggestion",
      edits: [
        ...brought.edits,
        { file: file.fileName, start: place.start, end: place.start, text: place.text(declared) },
        ...underLock(body, run, key),
      ],
      creates: brought.creates,
      chosen: [lock],
    },
  ];
}

const ASYNC_MUTEX = { module: "async-mutex", needed: { name: "Mutex" } } as const;
const ASYNC_LOCK = { module: "async-lock", needed: { name: "default", as: "AsyncLock" } } as const;

/** Whether the key means the same before the first statement: nothing in it is declared or changed in the body. */
function isKnownAtHead(key: Node, fn: FunctionLike, program: Program): boolean {
  const { body, parameters } = fn;
  const parts = partsOf(key);
  if (body === undefined || parts.some((it) => is.CallExpression(it) || is.AwaitExpression(it)))
    return false;
  const { fileName } = sourceFileOf(fn);
  const names = new Set<string>();
  for (const it of parts.filter(is.Identifier)) {
    const places = program.types.symbol(it)?.declarations ?? [];
    const isLocal = ({ file, start, end }: Place) =>
      file === fileName && body.pos <= start && end <= body.end;
    if (places.some(isLocal)) return false;
    names.add(it.text);
  }
  // A key that is the same for all calls is no key.
  const isGiven = parameters.some((it) =>
    partsOf(it.name).some((part) => is.Identifier(part) && names.has(part.text)),
  );
  return isGiven && !partsOf(body).some((it) => isAssignment(it) && names.has(targetName(it.left)));
}

function targetName(target: Node): string {
  return nameOf(unwrapped(target)) ?? "";
}

/** The node and all that is in it. */
function partsOf(node: Node): readonly Node[] {
  const parts: Node[] = [node];
  walk(node, (it) => {
    parts.push(it);
    return undefined;
  });
  return parts;
}

/** What the parameter that is the key says of its type; undefined: it is for TypeScript to find out. */
function typeOfKey(key: Node, program: Program): string | undefined {
  const node = unwrapped(key);
  if (is.TemplateExpression(node)) return "string";
  const place = is.Identifier(node) ? locationOf(node, program) : undefined;
  const declaration = place?.root.kind === "variable" ? place.root.declaration : undefined;
  return is.Parameter(declaration) && declaration.type !== undefined
    ? typeOfPlace(declaration)
    : undefined;
}

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
    const above = sourceFileOf(first).text.slice(first.pos, startOf(first));
    // A comment belongs to what stands below it.
    const gap = above.trim() === "" ? "" : "\n";
    const text = (declaration: string) => `\n${indentOf(first)}${declaration}${gap}`;
    return { isMember: true, isOfClass, owner, start: first.pos, text };
  }
  if (!is.FunctionDeclaration(fn) || !is.SourceFile(parent) || kind !== "variable")
    return undefined;
  // Behind what stands before the function, so that its comments stay with it.
  const isFirst = fn.pos === 0;
  const start = isFirst ? startOf(fn) : fn.pos;
  const gap = /^[ \t]*\r?\n[ \t]*\r?\n/.test(sourceFileOf(fn).text.slice(fn.pos)) ? "\n\n" : "\n";
  const text = (declaration: string) => (isFirst ? `${declaration}\n\n` : gap + declaration);
  return { isMember: false, isOfClass: false, owner: undefined, start, text };
}

/** The body as a callback of what runs it under a lock: `this.mutex.runExclusive`. */
export function underLock(body: NodeOf<"Block">, run: string, key?: Node): Edit[] {
  const file = sourceFileOf(body);
  const [first] = body.statements;
  const last = body.statements.at(-1);
  if (first === undefined || last === undefined) return [];
  const isOneLine = !file.text.slice(startOf(body), body.end).includes("\n");
  const keyed = key === undefined ? "" : `${textOf(key)}, `;
  const open = `return ${run}(${keyed}async () => {`;
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
  const unit = indentOf(first).slice(outer.length) || unitOf(file);
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
