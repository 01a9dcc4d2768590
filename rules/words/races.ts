import { nameOfFunction } from "../../analysis/facts/functions.ts";
import { ownersOf } from "../../analysis/facts/pauses.ts";
import type { Overlap } from "../../analysis/facts/overlap.ts";
import type { Window } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import type { Action, Interleaving, Step, Task } from "../../analysis/rule.ts";
import {
  ancestor,
  enclosingFunction,
  type FunctionLike,
  is,
  isFunctionLike,
  type Node,
  sourceFileOf,
  startOf,
  textOf,
} from "../../analysis/syntax.ts";

// How races are told: two tasks, in the user's own names.

/** `two calls of \`bump\``, `two calls of this function`. */
export function twoCallsAt(node: Node, program: Program): string {
  return `two calls of ${calledAt(node, program)}`;
}

/** `\`bump\``: the function whose call the node is part of, by the first name outwards. */
export function calledAt(node: Node, program: Program): string {
  for (const owner of ownersOf(node, program)) {
    const name = isFunctionLike(owner) ? nameOfFunction(owner) : undefined;
    if (name !== undefined) return `\`${name}\``;
  }
  return "this function";
}

/** The function around a node by the first name outwards, whatever becomes of the callbacks between. */
export function functionAround(node: Node): string {
  for (let fn = enclosingFunction(node); fn !== undefined; fn = enclosingFunction(fn)) {
    const name = nameOfFunction(fn);
    if (name !== undefined) return `\`${name}\``;
  }
  return "this function";
}

/** `\`close\``, or what is called without a name: `a listener`. */
export function calledBy(fn: FunctionLike): string {
  const name = nameOfFunction(fn);
  return name === undefined ? "a callback" : `\`${name}\``;
}

/** `pauses at \`await load(id)\``. */
export function pausesAt(pause: Node): string {
  if (is.ForOfStatement(pause)) return "pauses before the next element";
  return `pauses at \`${short(pause)}\``;
}

/** The code on one line, functions and what is too long left out. */
export function short(node: Node): string {
  const file = sourceFileOf(node);
  const start = startOf(node, file);
  let text = "";
  let from = start;
  const leaveOut = (part: Node): void => {
    part.forEachChild((child) => {
      if (isFunctionLike(child) && child.body !== undefined && from <= child.pos) {
        text += `${file.text.slice(from, startOf(child, file))}…`;
        from = child.end;
      } else leaveOut(child);
      return undefined;
    });
  };
  leaveOut(node);
  const line = `${text}${file.text.slice(from, node.end)}`.replace(/\s+/g, " ");
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

const LONGEST = 40;

export function step(task: Task, action: Action, at: Node, text: string): Step {
  return { task, action, at, text };
}

export interface Telling {
  /** What A does first: "reads `this.n`". */
  readonly look: readonly [Action, string];
  /** What B does in between, last: "writes `this.n`". */
  readonly between: readonly [Action, string];
  /** What A does in the end. */
  readonly last: readonly [Action, string];
}

/** The same function twice: A looks and pauses, B does all of it, A goes on. */
export function twice(window: Window, overlap: Overlap, telling: Telling): Interleaving {
  const { read, pauses, write } = window;
  const look = partOf(read);
  const last = partOf(write.at);
  const [pause] = pauses;
  return {
    evidence: overlap.evidence,
    steps: [
      step("A", telling.look[0], look, telling.look[1]),
      ...(pause === undefined ? [] : [step("A", "pause", pause, pausesAt(pause))]),
      step("B", telling.look[0], look, telling.look[1]),
      step("B", telling.between[0], last, telling.between[1]),
      step("A", telling.last[0], last, telling.last[1]),
    ],
  };
}

/** The mention inside a pattern rather than the declaration around it. */
function partOf(node: Node): Node {
  return is.BindingElement(node) ? node.name : node;
}

/** A place as it is called in messages: on one line, and short. */
export function place(node: Node): string {
  const text = textOf(node).replace(/\s+/g, " ");
  return text.length <= LONGEST ? text : short(node);
}

export function isInClass(node: Node): boolean {
  return ancestor(node, (it): it is Node => is.ClassDeclaration(it)) !== undefined;
}
