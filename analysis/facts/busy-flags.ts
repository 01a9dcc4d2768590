import { fact, type Program } from "../program.ts";
import { is, isAssignment, isAsync, Kind, type Node, textOf, unwrapped } from "../syntax.ts";
import { type Access, writeAt } from "./access-kinds.ts";
import { callAccessesIn } from "./call-accesses.ts";
import { callsOf, placeAtCall } from "./call-places.ts";
import { answersIn } from "./call-tests.ts";
import { type Solution, solve } from "./dataflow.ts";
import type { FlowOwner } from "./flow-graph.ts";
import { graphOf } from "./flow-walk.ts";
import { type Location, locationOf } from "./locations.ts";
import { returnedBy } from "./returns.ts";
import { conditionAt, isEmpty } from "./tests.ts";

// Which flags has a function tested and set before it paused, and not yet set back?
//
// `if (this.busy) return; this.busy = true;` with no pause in between lets one task in at a time,
// until the flag looks again as it did when nobody was inside. A flag may also be a state
// (`if (this.state !== "idle") return; this.state = "busy"`). *Must*: it holds on every way to the
// node, exceptions of awaited calls included. A function that is called may test the flag, set it, set
// it back, or do the first two in one and say so (`if (!this.enter()) return`); what it does behind a
// pause does not count. Not seen: counters, which let several in.

/** The flags that are held at a node of the function, as `flag` and the key of their place. */
export function flagsAt(node: Node, owner: FlowOwner, program: Program): readonly string[] {
  return heldIn(flagsIn(owner, program), node).map(({ place }) => `flag ${place.key}`);
}

function heldIn(flow: Solution<Flags> | undefined, node: Node): readonly Flag[] {
  return [...(flow?.before(node)?.values() ?? [])].filter((it) => it.held);
}

interface Flag {
  readonly place: Location;
  /** Tested and set in one go; before that only tested. */
  readonly held: boolean;
  /** What it looks like when nobody is inside: `empty`, or the text of a literal. */
  readonly idle: string;
}

type Flags = ReadonlyMap<string, Flag>;

const NO_FLAGS: Flags = new Map();

type Flow = (owner: FlowOwner, program: Program) => Solution<Flags> | undefined;

/** The flow of flags through a function; undefined where it tests and sets none. */
const flagsIn: Flow = fact((owner, program) => flowOf(owner, gatesIn(owner, program), program));

/** The same for a function that is asked to let somebody in, and so asks nobody itself. */
const flagsInGate: Flow = fact((owner, program) => flowOf(owner, NO_GATES, program));

type Gates = ReadonlyMap<Node, readonly Flag[]>;

const NO_GATES: Gates = new Map();

function flowOf(owner: FlowOwner, gates: Gates, program: Program): Solution<Flags> | undefined {
  const marks = marksIn(owner, program);
  const tests = flagTests(owner, marks, program);
  if (tests.size === 0 && gates.size === 0) return undefined;
  const places = [...tests.values(), ...[...gates.values()].flat()].map(({ place }) => place);
  const keys = new Set(places.map(({ key }) => key));
  const writes = new Map<Node, Access>();
  for (const access of marks) if (keys.has(access.location.key)) writes.set(access.at, access);
  for (const place of places) {
    for (const access of callAccessesIn(place, owner, program)) {
      if (access.kind === "write" && access.pause === undefined) writes.set(access.at, access);
    }
  }
  if (writes.size === 0 && gates.size === 0) return undefined;
  return solve<Flags>(
    owner,
    {
      initial: NO_FLAGS,
      join: common,
      equal: (a, b) =>
        a.size === b.size && [...a].every(([key, it]) => b.get(key)?.held === it.held),
      transfer: (state, { node, suspends }) => {
        const write = writes.get(node);
        if (write !== undefined) return written(state, write);
        return suspends ? onlyHeld(state) : state;
      },
      assume: (state, condition, truth) => {
        const entered = truth ? gates.get(condition) : undefined;
        if (entered !== undefined) {
          return new Map([...state, ...entered.map((it) => [it.place.key, it] as const)]);
        }
        const test = tests.get(condition);
        if (test === undefined || (truth ? test.whenTrue : test.whenFalse) === undefined)
          return state;
        const idle = (truth ? test.whenTrue : test.whenFalse) ?? "";
        const { place } = test;
        if (state.get(place.key)?.held === true) return state;
        return new Map(state).set(place.key, { place, held: false, idle });
      },
      exceptions: "awaited",
    },
    program,
  );
}

/** What the function assigns to, as far as it could be a flag. */
function marksIn(owner: FlowOwner, program: Program): readonly Access[] {
  return graphOf(owner, program).points.flatMap(({ node, role }) => {
    if (node === undefined || role !== "value" || !isAssignment(node)) return [];
    return writeAt(node, program) ?? [];
  });
}

/** Functions that are asked to let the caller in: the flags that they have tested and set where they say yes. */
function gatesIn(owner: FlowOwner, program: Program): Gates {
  const gates = new Map<Node, readonly Flag[]>();
  const branches = new Set(
    graphOf(owner, program).points.flatMap(({ node, role }) =>
      role === "branch" && is.CallExpression(node) ? node : [],
    ),
  );
  if (branches.size === 0) return gates;
  for (const { call, fn } of callsOf(owner, program)) {
    if (!branches.has(call) || fn === owner || isAsync(fn)) continue;
    const yes = returnedBy(fn, program).filter((it) => is.TrueKeyword(unwrapped(it)));
    const [first, ...others] = yes.map((it) => heldIn(flagsInGate(fn, program), it));
    const held = (first ?? []).flatMap((flag): Flag | [] => {
      const isAlways = others.every((it) => it.some(({ place }) => place.key === flag.place.key));
      const place = isAlways ? placeAtCall(flag.place, call, fn, program) : undefined;
      return place === undefined ? [] : { ...flag, place };
    });
    if (held.length > 0) gates.set(call, held);
  }
  return gates;
}

interface FlagTest {
  readonly place: Location;
  /** What the flag is known to be then, where that says that nobody is inside. */
  readonly whenTrue: string | undefined;
  readonly whenFalse: string | undefined;
}

function flagTests(
  owner: FlowOwner,
  marks: readonly Access[],
  program: Program,
): ReadonlyMap<Node, FlagTest> {
  const tests = new Map<Node, FlagTest>();
  for (const { role, node } of graphOf(owner, program).points) {
    if (role !== "branch" || node === undefined) continue;
    const test = flagTest(node, program);
    if (test !== undefined) tests.set(node, test);
  }
  for (const { location } of marks) {
    for (const { at, whenTrue, whenFalse } of answersIn(location, owner, program)) {
      tests.set(at, {
        place: location,
        whenTrue: whenTrue === "empty" ? "empty" : undefined,
        whenFalse: whenFalse === "empty" ? "empty" : undefined,
      });
    }
  }
  return tests;
}

function flagTest(condition: Node, program: Program): FlagTest | undefined {
  const isComparison = is.BinaryExpression(condition);
  const mention = unwrapped(isComparison ? condition.left : condition);
  if (
    !is.Identifier(mention) &&
    !is.PropertyAccessExpression(mention) &&
    !is.CallExpression(mention)
  ) {
    return undefined;
  }
  const location = locationOf(mention, program);
  if (location === undefined) return undefined;
  const test = conditionAt(mention, mention);
  if (test === undefined || test.node !== condition) return undefined;
  if (!isComparison || test.whenTrue !== "other") {
    return {
      place: location,
      whenTrue: test.whenTrue === "empty" ? "empty" : undefined,
      whenFalse: test.whenFalse === "empty" ? "empty" : undefined,
    };
  }
  const { right, operatorToken } = condition;
  if (!is.StringLiteral(unwrapped(right))) return undefined;
  const idle = textOf(unwrapped(right));
  const isEqual =
    operatorToken.kind === Kind.EqualsEqualsEqualsToken ||
    operatorToken.kind === Kind.EqualsEqualsToken;
  return {
    place: location,
    whenTrue: isEqual ? idle : undefined,
    whenFalse: isEqual ? undefined : idle,
  };
}

function written(state: Flags, { location, value }: Access): Flags {
  const known = state.get(location.key);
  if (known === undefined) return state;
  const next = new Map(state);
  const looks = value === undefined ? "empty" : isEmpty(value) ? "empty" : textOf(unwrapped(value));
  if (looks === known.idle) next.delete(location.key);
  else next.set(location.key, { ...known, held: true });
  return next;
}

function onlyHeld(state: Flags): Flags {
  return new Map([...state].filter(([, it]) => it.held));
}

function common(a: Flags, b: Flags): Flags {
  const both = new Map<string, Flag>();
  for (const [key, it] of a) {
    const other = b.get(key);
    if (other !== undefined) both.set(key, { ...it, held: it.held && other.held });
  }
  return both;
}
