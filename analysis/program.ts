import type { EngineSnapshot, Place } from "./engine/type-engine.ts";
import type { Models } from "./primitives/models.ts";
import { type Node, nodeAt } from "./syntax.ts";

/** One snapshot of the user's program: what rules and facts get to see. */
export interface Program {
  readonly types: EngineSnapshot;
  /** What is known of other people's APIs, with what the user's configuration adds. */
  readonly models: Models;
  /** Told of each file whose nodes are looked at, so that it is known what depends on its bodies. */
  readonly visiting?: (file: string) => void;
}

/** The node at a place; undefined in a file that the snapshot does not have. */
export function resolve(place: Place, program: Program): Node | undefined {
  program.visiting?.(place.file);
  const file = program.types.file(place.file);
  return file === undefined ? undefined : nodeAt(file, place);
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
    const answer = compute(node, program);
    known.set(node, answer);
    return answer;
  };
}
