import { fact, giveUp, type Program } from "../program.ts";
import { isFunctionLike, type Node, walkBody } from "../syntax.ts";
import { targetOf } from "./access-kinds.ts";
import type { FlowOwner } from "./flow-graph.ts";
import { graphOf } from "./flow-walk.ts";
import { nameNode, nameOfFunction } from "./functions.ts";
import type { Location } from "./locations.ts";

// Which functions are too large to be followed?
//
// A question about two places of a function costs a walk over its graph, and a function has as many
// such questions as it has writes, times the reads of what they write to. That is little for code that
// people write and too much for code that they generate, so there are two bounds: on the writes of a
// function times the size of its graph, and on how often one function reads one place. Beyond them
// rules about races say nothing there, and that is noted (`giveUp`), so that silence is not taken for
// an answer. The bounds are counts and no times: the same code gets the same answer everywhere.

/** Writes times points. A function of a thousand lines that writes in every third of them is within it. */
const MOST_STEPS = 2_000_000;

/** Reads of one place in one piece of work. */
const MOST_READS = 60;

/** Whether ways through the function are not looked for. */
export const isTooLarge: (owner: FlowOwner, program: Program) => boolean = fact(
  (owner, program) => {
    const { points } = graphOf(owner, program);
    if (points.length * points.length < MOST_STEPS) return false;
    let writes = 0;
    walkBody(owner, (node) => {
      if (targetOf(node) !== undefined) writes += 1;
      return undefined;
    });
    if (points.length * writes <= MOST_STEPS) return false;
    giveUp(
      nameIn(owner),
      `${calledIn(owner)} is too large to be followed: races in it are not looked for.`,
      program,
    );
    return true;
  },
);

interface Reads {
  tooMany(location: Location, count: number): boolean;
}

const readsIn: (owner: FlowOwner, program: Program) => Reads = fact((owner, program) => {
  const said = new Set<string>();
  return {
    tooMany: (location, count) => {
      if (count <= MOST_READS) return false;
      if (!said.has(location.key)) {
        said.add(location.key);
        const reads = `${calledIn(owner)} reads \`${location.text}\` ${String(count)} times`;
        giveUp(nameIn(owner), `${reads}: races of it are not looked for there.`, program);
      }
      return true;
    },
  };
});

/** Whether a place is read so often by the function that nobody looks what becomes of it. */
export function isReadTooOften(
  location: Location,
  count: number,
  owner: FlowOwner,
  program: Program,
): boolean {
  return readsIn(owner, program).tooMany(location, count);
}

function calledIn(owner: FlowOwner): string {
  const name = isFunctionLike(owner) ? nameOfFunction(owner) : undefined;
  return name === undefined ? "A function" : `\`${name}\``;
}

function nameIn(owner: FlowOwner): Node {
  return isFunctionLike(owner) ? nameNode(owner) : owner;
}
