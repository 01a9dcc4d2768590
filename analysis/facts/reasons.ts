import { answering, type Program, question } from "../program.ts";
import type { Node } from "../syntax.ts";

// How facts about functions that call each other come to an end.
//
// Such a fact asks for a reason: a node because of which something may happen. The answer "none"
// is the least one, and all questions are monotone: a reason for one function can only add reasons
// for others. So the true answer is the least fixed point. It is found on demand, as Tarjan finds
// strongly connected components: a question that is asked again while it is being answered says
// "none" for the time being, and remembers how far down the stack that was. A reason is final at
// once, for it was found though everything open was taken to have none. "None" is final when
// nothing below on the stack was consulted; else it is tentative, and the question at the bottom of
// the circle is put again until a round brings no new reason. Recursion does not poison: two
// functions that only call each other and never throw are known never to throw.
//
// All facts share one stack, since they consult each other. Earlier we used `fact` with a default
// for the answer in progress: then the answer depended on who asked first.

type Compute<N extends Node, T extends object> = (node: N, program: Program) => T | undefined;

interface Open {
  /** The lowest place on the stack that was consulted while this question was open. */
  lowest: number;
}

interface Stack {
  readonly open: Open[];
  /** Questions that were answered "none" for the time being. */
  readonly tentative: Tentative[];
  /** Counts the reasons found, to see whether a round brought a new one. */
  reasons: number;
}

interface Tentative {
  confirm(): void;
  forget(): void;
}

/** A reason, "none" as far as the stack below `lowest` allows, or a place on the stack. */
type Kept<T> = { readonly reason: T | undefined; readonly lowest: number } | number;

const stacks = new WeakMap<Program, Stack>();

/**
 * Calls nest as deep as the user's; far beyond what people write, the analysis gives up and says
 * "none" rather than overflow the stack.
 */
const DEEPEST = 300;

/** Makes a question for a reason into a fact: answered once per snapshot, recursion included. */
export function reason<N extends Node, T extends object>(compute: Compute<N, T>): Compute<N, T> {
  const answers = new WeakMap<Program, Map<N, Kept<T>>>();
  return question((node, program) => {
    let kept = answers.get(program);
    if (kept === undefined) answers.set(program, (kept = new Map()));
    let stack = stacks.get(program);
    if (stack === undefined) {
      stacks.set(program, (stack = { open: [], tentative: [], reasons: 0 }));
    }
    return answer(node, program, compute, kept, stack);
  });
}

function answer<N extends Node, T extends object>(
  node: N,
  program: Program,
  compute: Compute<N, T>,
  kept: Map<N, Kept<T>>,
  stack: Stack,
): T | undefined {
  const { open, tentative } = stack;
  const known = kept.get(node);
  if (typeof known === "number") {
    consulted(stack, known);
    return undefined;
  }
  if (known !== undefined) {
    consulted(stack, known.lowest);
    return known.reason;
  }
  const depth = open.length;
  if (DEEPEST < depth) return undefined;

  const first = tentative.length;
  for (;;) {
    const before = stack.reasons;
    const self: Open = { lowest: depth };
    open.push(self);
    kept.set(node, depth);
    let found: T | undefined;
    try {
      found = answering(node, program, () => compute(node, program));
    } finally {
      open.pop();
      kept.delete(node);
    }
    if (found !== undefined) stack.reasons += 1;
    if (found === undefined && self.lowest < depth) {
      kept.set(node, { reason: found, lowest: self.lowest });
      tentative.push({
        confirm: () => kept.set(node, { reason: undefined, lowest: FINAL }),
        forget: () => kept.delete(node),
      });
      consulted(stack, self.lowest);
      return undefined;
    }
    const circle = tentative.splice(first);
    // Nothing was taken for granted, or what was taken for granted has held.
    if (found === undefined && (circle.length === 0 || stack.reasons === before)) {
      for (const it of circle) it.confirm();
      kept.set(node, { reason: found, lowest: FINAL });
      return undefined;
    }
    for (const it of circle) it.forget();
    if (found !== undefined) {
      kept.set(node, { reason: found, lowest: FINAL });
      return found;
    }
  }
}

const FINAL = Number.POSITIVE_INFINITY;

function consulted({ open }: Stack, depth: number): void {
  const top = open.at(-1);
  if (top !== undefined && depth < top.lowest) top.lowest = depth;
}
