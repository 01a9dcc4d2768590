import { factBy, type Program } from "../program.ts";
import { isReadTooOften, isTooLarge } from "./bounds.ts";
import { answersIn } from "./call-tests.ts";
import type { FlowOwner } from "./flow-graph.ts";
import type { Location } from "./locations.ts";
import { type Condition, type Outcome, readsIn, testsOf } from "./tests.ts";

// Which conditions test a place, by themselves or by asking?
//
// Those that mention it (facts/tests.ts), and those that ask a function whose answer says something
// about it: `this.isOpen()` where `isOpen` gives `this.conn !== undefined` back (facts/call-tests.ts).
// Answered once per place and piece of work. Where a place is read too often, or a function is too
// large to be followed, there are none (facts/bounds.ts).

/** The conditions of these functions that test the place. */
export function conditionsOn(
  location: Location,
  owners: readonly FlowOwner[],
  program: Program,
): readonly Condition[] {
  const [first] = owners;
  return first === undefined ? [] : knownIn(first, { location, owners }, program);
}

/** By the first of the functions: how many come with it tells which they are. */
const knownIn = factBy(
  ({ location, owners }: Asked) => `${String(owners.length)} ${location.key}`,
  (_first: FlowOwner, { location, owners }, program) => findIn(location, owners, program),
);

interface Asked {
  readonly location: Location;
  readonly owners: readonly FlowOwner[];
}

function findIn(
  location: Location,
  owners: readonly FlowOwner[],
  program: Program,
): readonly Condition[] {
  const [first] = owners;
  if (first === undefined || owners.some((it) => isTooLarge(it, program))) return [];
  const reads = readsIn(location, owners, program);
  if (isReadTooOften(location, reads.length, first, program)) return [];
  const told = owners
    .flatMap((it) => answersIn(location, it, program))
    .filter(({ at }) => !reads.includes(at))
    .flatMap((answer) =>
      testsOf(answer.at, owners, program).map((it) => ({
        ...it,
        whenTrue: toldBy(answer, it.whenTrue),
        whenFalse: toldBy(answer, it.whenFalse),
      })),
    );
  return [...reads.flatMap((it) => testsOf(it, owners, program)), ...told];
}

/** What is known of the place where the answer of a function came out this way. */
function toldBy(
  { whenTrue, whenFalse }: { readonly whenTrue: Outcome; readonly whenFalse: Outcome },
  outcome: Outcome,
): Outcome {
  if (outcome === "other") return "other";
  return outcome === "set" ? whenTrue : whenFalse;
}
