import { nodeAtPath, type NodePath, pathOf } from "./node-paths.ts";
import type { Program } from "./program.ts";
import { type Node, sourceFileOf } from "./syntax.ts";

// Is an answer the same as before the change? And which question was it the answer to?
//
// A print is a text that is equal for equal answers. Plain data is written out; a node stands for what others
// may read from it without asking anybody: its path, and the whole hidden part that it is in (node-paths.ts).
// Nodes of a file whose types may have changed print differently from then on (`typesOf`). A *must* question:
// what cannot be told (a function, a flow graph, very much of anything) has no print, and is equal to nothing.

export type TypesOf = (file: string) => number;

export function printOf(answer: unknown, program: Program, typesOf: TypesOf): string | undefined {
  const pieces: string[] = [];
  let left = MOST_PIECES;
  const inside = new Set<object>();
  const write = (value: unknown): boolean => {
    left -= 1;
    if (left < 0 || typeof value === "function" || typeof value === "symbol") return false;
    if (typeof value !== "object" || value === null) {
      pieces.push(typeof value === "string" ? JSON.stringify(value) : String(value));
      return true;
    }
    if (isNode(value)) {
      pieces.push(nodePrint(value, program, typesOf));
      return true;
    }
    const parts = partsOf(value);
    if (parts === undefined || inside.has(value)) return false;
    inside.add(value);
    pieces.push("(");
    const isWritten = parts.every(write);
    pieces.push(")");
    inside.delete(value);
    return isWritten;
  };
  return write(answer) ? pieces.join(" ") : undefined;
}

/** Beyond this it is cheaper to look again than to compare. */
const MOST_PIECES = 2000;

/** Keys and values of plain data. */
function partsOf(value: object): readonly unknown[] | undefined {
  if (Array.isArray(value) || value instanceof Set) return [...value];
  if (value instanceof Map) return [...value].flat();
  return isPlain(value) ? Object.entries(value).flat() : undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isNode(value: object): value is Node {
  return "kind" in value && "pos" in value && "forEachChild" in value;
}

export function nodePrint(node: Node, program: Program, typesOf: TypesOf): string {
  const { fileName } = sourceFileOf(node);
  if (!program.types.isOwn(fileName)) {
    return `${fileName}:${String(node.pos)}-${String(node.end)}:${String(node.kind)}`;
  }
  const { steps, kind, surface, hidden } = pathOf(node);
  const where = [fileName, steps.join("/"), kind, surface, typesOf(fileName)];
  if (hidden !== undefined) where.push(hidden.text, hidden.start, hidden.end);
  return where.join(":");
}

/** Makes something anew for another state of the program; GONE where that cannot be done. */
export type Again = (program: Program) => unknown;

export const GONE: unique symbol = Symbol("gone");

/** Keeps plain data with nodes in it beyond the state of the program that they belong to. */
export function kept(value: unknown, program: Program): Again {
  if (typeof value === "function" || typeof value === "symbol") return () => GONE;
  if (typeof value !== "object" || value === null) return () => value;
  if (isNode(value)) return keptNode(value, program);
  if (Array.isArray(value)) {
    return all(value.map((it: unknown) => kept(it, program)));
  }
  if (!isPlain(value)) return () => GONE;
  const entries = Object.entries(value).map(([key, it]: [string, unknown]) =>
    all([() => key, kept(it, program)]),
  );
  const again = all(entries);
  return (later) => {
    const made = again(later);
    // Sound: `all` gives the pairs that its parts make.
    return made === GONE ? GONE : Object.fromEntries(made as [string, unknown][]);
  };
}

function keptNode(node: Node, program: Program): Again {
  if (!program.types.isOwn(sourceFileOf(node).fileName)) return () => GONE;
  const path: NodePath = pathOf(node);
  return (later) => nodeAtPath(path, later) ?? GONE;
}

function all(parts: readonly Again[]): Again {
  return (later) => {
    const made = parts.map((it) => it(later));
    return made.includes(GONE) ? GONE : made;
  };
}
