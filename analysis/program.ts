import type { EngineSnapshot, Place } from "./engine/type-engine.ts";
import type { Models } from "./primitives/models.ts";
import { nodeAt } from "./node-at.ts";
import { type Node, sourceFileOf, startOf } from "./syntax.ts";

/** One snapshot of the user's program: what rules and facts get to see. */
export interface Program {
  readonly types: EngineSnapshot;
  /** What is known of other people's APIs, with what the user's configuration adds. */
  readonly models: Models;
  /** The folder for the files of primitives that fixes bring along, where somebody has set one. */
  readonly runtimeFolder?: ((file: string) => string | undefined) | undefined;
  /** Where it is noted whose bodies answers rest on. Set where answers are kept across edits. */
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

/**
 * Which files' questions led into which other files. An answer is shared by all who ask, so it is
 * noted for the file that the question was about and not for the one that happened to ask first;
 * who depends on what follows by going from file to file.
 */
export interface Trail {
  /** What the questions that are being answered are about, the innermost last. */
  readonly about: Node[];
  readonly into: Map<string, Set<string>>;
}

/** The node at a place; undefined in a file that the snapshot does not have. */
export function resolve(place: Place, program: Program): Node | undefined {
  if (program.trail !== undefined) note(place.file, program.trail);
  const file = program.types.file(place.file);
  return file === undefined ? undefined : nodeAt(file, place);
}

/** Computes an answer about a node that is going to be remembered. Every memo has to go through it. */
export function answering<T>(node: Node, program: Program, compute: () => T): T {
  const about = program.trail?.about;
  if (about === undefined) return compute();
  about.push(node);
  try {
    return compute();
  } finally {
    about.pop();
  }
}

function note(file: string, { about, into }: Trail): void {
  const asking = about.at(-1);
  const from = asking && sourceFileOf(asking).fileName;
  if (from === undefined || from === file) return;
  const known = into.get(from);
  if (known === undefined) into.set(from, new Set([file]));
  else known.add(file);
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
  const answers = new WeakMap<Program, Map<N, T | undefined>>();
  return (node, program) => {
    let known = answers.get(program);
    if (known === undefined) answers.set(program, (known = new Map()));
    if (known.has(node)) {
      const answer = known.get(node);
      if (answer !== undefined) return answer;
    }
    if (during !== undefined) known.set(node, during);
    const answer = answering(node, program, () => compute(node, program));
    known.set(node, answer);
    return answer;
  };
}

/**
 * A fact about a node and something more that a key tells apart, such as a place: answered once for both.
 * What the answer rests on is noted for the node, whoever asks first.
 */
export function factBy<N extends Node, M, T>(
  keyOf: (more: M) => string,
  compute: (node: N, more: M, program: Program) => T,
): (node: N, more: M, program: Program) => T {
  const answersFor = fact<N, Map<string, { readonly answer: T }>>(() => new Map());
  return (node, more, program) => {
    const known = answersFor(node, program);
    const key = keyOf(more);
    let found = known.get(key);
    if (found === undefined) {
      found = { answer: answering(node, program, () => compute(node, more, program)) };
      known.set(key, found);
    }
    return found.answer;
  };
}
