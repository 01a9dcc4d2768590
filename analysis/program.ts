import type { EngineSnapshot, Place } from "./engine/type-engine.ts";
import type { Models } from "./primitives/models.ts";
import { nodeAt } from "./node-at.ts";
import { type Node, type SourceFile, sourceFileOf, startOf } from "./syntax.ts";
import type { Question, Trail } from "./trail.ts";

let questions = 0;

/** One snapshot of the user's program: what rules and facts get to see. */
export interface Program {
  readonly types: EngineSnapshot;
  /** What is known of other people's APIs, with what the user's configuration adds. */
  readonly models: Models;
  /** The folder for the files of primitives that fixes bring along, where somebody has set one. */
  readonly runtimeFolder?: ((file: string) => string | undefined) | undefined;
  /** Where it is noted which answers of other files answers rest on. Set where answers are kept across edits. */
  readonly trail?: Trail;
  /** Where it is noted what was too large to be followed, until somebody takes it from there. */
  readonly limits?: Limit[];
}

/** What the analysis has given up on, so that nobody takes its silence for an answer. */
export interface Limit {
  readonly file: string;
  /** Offset of what was too large. */
  readonly start: number;
  /** In one sentence about the user's own code. */
  readonly message: string;
}

/** Notes that something is too large to be followed. To be called once for each of them: in a fact. */
export function giveUp(at: Node, message: string, program: Program): void {
  const file = sourceFileOf(at);
  program.limits?.push({ file: file.fileName, start: startOf(at, file), message });
}

/** The node at a place; undefined in a file that the snapshot does not have. */
export function resolve(place: Place, program: Program): Node | undefined {
  const file = program.types.file(place.file);
  const node = file && nodeAt(file, place);
  return node && handedOver(node, program);
}

/** To be said of a node that is not at a place which somebody gave, but was found on the way from one. */
export function handedOver<N extends Node>(node: N, program: Program): N {
  program.trail?.note(ITSELF, node);
  return node;
}

const ITSELF: Question = { id: nextId(), ask: (node) => node };

/** Notes that an answer holds only as long as the whole text of another file. */
export function wholeFile(path: string, program: Program): void {
  const file = program.types.file(path);
  if (file !== undefined) textOfFile(file, program);
}

const textOfFile = question((file: SourceFile) => file.text);

/** Computes an answer about a node that is going to be remembered. Every memo has to go through it. */
export function answering<T>(node: Node, program: Program, compute: () => T): T {
  const { trail } = program;
  if (trail === undefined) return compute();
  trail.enter(node);
  try {
    return compute();
  } finally {
    trail.leave();
  }
}

/** Makes of a way to answer a question about a node one that is noted where another file asks. */
export function question<N extends Node, T>(
  answer: (node: N, program: Program) => T,
): (node: N, program: Program) => T {
  // Sound: a question is asked again about the node that it was asked about.
  const asked: Question = {
    id: nextId(),
    ask: (node, _, program) => answer(node as N, program),
  };
  return (node, program) => {
    program.trail?.note(asked, node);
    return answer(node, program);
  };
}

function nextId(): number {
  questions += 1;
  return questions;
}

/**
 * Makes a question about a node into a fact: answered once per snapshot, shared by all rules.
 *
 * While an answer is being computed, asking for it again gives `during`: that is how questions
 * about recursive functions end. Facts that need a true fixed point iterate themselves.
 */
export function fact<N extends Node, T>(
  compute: (node: N, program: Program) => T,
  during?: T,
): (node: N, program: Program) => T {
  const answers = new WeakMap<Program, Map<N, T>>();
  return question((node, program) => {
    let known = answers.get(program);
    if (known === undefined) answers.set(program, (known = new Map()));
    // Sound: what is there was put there as an answer, and `undefined` may be one.
    if (known.has(node)) return known.get(node) as T;
    if (during !== undefined) known.set(node, during);
    const answer = answering(node, program, () => compute(node, program));
    known.set(node, answer);
    return answer;
  });
}

/**
 * A fact about a node and something more that a key tells apart, such as a place: answered once for both.
 * What the answer rests on is noted for the node, whoever asks first.
 */
export function factBy<N extends Node, M, T>(
  keyOf: (more: M) => string,
  compute: (node: N, more: M, program: Program) => T,
): (node: N, more: M, program: Program) => T {
  const answers = new WeakMap<Program, Map<N, Map<string, { readonly answer: T }>>>();
  const answer = (node: N, more: M, program: Program): T => {
    let known = answers.get(program);
    if (known === undefined) answers.set(program, (known = new Map()));
    let about = known.get(node);
    if (about === undefined) known.set(node, (about = new Map()));
    const key = keyOf(more);
    let found = about.get(key);
    if (found === undefined) {
      found = { answer: answering(node, program, () => compute(node, more, program)) };
      about.set(key, found);
    }
    return found.answer;
  };
  // Sound: a question is asked again with what it was asked with.
  const asked: Question = {
    id: nextId(),
    ask: (node, more, program) => answer(node as N, more as M, program),
  };
  return (node, more, program) => {
    program.trail?.note(asked, node, keyOf(more), more);
    return answer(node, more, program);
  };
}
