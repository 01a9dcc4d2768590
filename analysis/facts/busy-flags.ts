import { fact, type Program } from "../program.ts";
import { is, isAssignment, Kind, type Node, textOf, unwrapped } from "../syntax.ts";
import { type Access, writeAt } from "./access-kinds.ts";
import { type Solution, solve } from "./dataflow.ts";
import type { FlowOwner } from "./flow-graph.ts";
import { graphOf } from "./flow-walk.ts";
import { locationOf } from "./locations.ts";
import { conditionAt, isEmpty } from "./tests.ts";

// Which flags has a function tested and set before it paused, and not yet set back?
//
// `if (this.busy) return; this.busy = true;` with no pause in between lets one task in at a time,
// until the flag looks again as it did when nobody was inside. A flag may also be a state
// (`if (this.state !== "idle") return; this.state = "busy"`). *Must*: it holds on every way to the
// node, exceptions of awaited calls included. Not seen: flags that a called function sets back, and
// counters, which let several in.

/** The flags that are held at a node of the function, as `flag` and the key of their place. */
export function flagsAt(node: Node, owner: FlowOwner, program: Program): readonly string[] {
  const solution = flagsIn(owner, program);
  const state = solution?.before(node);
  return [...(state ?? [])].filter(([, it]) => it.held).map(([key]) => `flag ${key}`);
}

interface Flag {
  /** Tested and set in one go; before that only tested. */
  readonly held: boolean;
  /** What it looks like when nobody is inside: `empty`, or the text of a literal. */
  readonly idle: string;
}

type Flags = ReadonlyMap<string, Flag>;

const NO_FLAGS: Flags = new Map();

/** The flow of flags through a function; undefined where it tests and sets none. */
const flagsIn: (owner: FlowOwner, program: Program) => Solution<Flags> | undefined = fact(
  (owner, program) => {
    const tests = flagTests(owner, program);
    if (tests.size === 0) return undefined;
    const keys = new Set([...tests.values()].map(({ key }) => key));
    const writes = new Map<Node, Access>();
    for (const { node } of graphOf(owner, program).points) {
      const access = node === undefined || !isAssignment(node) ? undefined : writeAt(node, program);
      if (node !== undefined && access !== undefined && keys.has(access.location.key)) {
        writes.set(node, access);
      }
    }
    if (writes.size === 0) return undefined;
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
          const test = tests.get(condition);
          if (test === undefined || (truth ? test.whenTrue : test.whenFalse) === undefined)
            return state;
          const idle = (truth ? test.whenTrue : test.whenFalse) ?? "";
          const known = state.get(test.key);
          return known?.held === true ? state : new Map(state).set(test.key, { held: false, idle });
        },
        exceptions: "awaited",
      },
      program,
    );
  },
);

interface FlagTest {
  readonly key: string;
  /** What the flag is known to be then, where that says that nobody is inside. */
  readonly whenTrue: string | undefined;
  readonly whenFalse: string | undefined;
}

function flagTests(owner: FlowOwner, program: Program): ReadonlyMap<Node, FlagTest> {
  const tests = new Map<Node, FlagTest>();
  for (const { role, node } of graphOf(owner, program).points) {
    if (role !== "branch" || node === undefined) continue;
    const test = flagTest(node, program);
    if (test !== undefined) tests.set(node, test);
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
      key: location.key,
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
    key: location.key,
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
  else next.set(location.key, { held: true, idle: known.idle });
  return next;
}

function onlyHeld(state: Flags): Flags {
  return new Map([...state].filter(([, it]) => it.held));
}

function common(a: Flags, b: Flags): Flags {
  const both = new Map<string, Flag>();
  for (const [key, it] of a) {
    const other = b.get(key);
    if (other !== undefined) both.set(key, { held: it.held && other.held, idle: it.idle });
  }
  return both;
}
