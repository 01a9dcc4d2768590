import { fact, type Program } from "../program.ts";
import {
  ancestor,
  type CallExpression,
  hasQuestionDot,
  is,
  isAssignment,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  unwrapped,
  walkBody,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { accessesTo, writesTo } from "./accesses.ts";
import { isTooLarge } from "./bounds.ts";
import { assertionsIn, comparedBy } from "./call-tests.ts";
import { sideOfDecision } from "./decisions.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { graphOf } from "./flow-walk.ts";
import { type Location, locationOf, variableOf } from "./locations.ts";
import { ownersOf, type Stops } from "./pauses.ts";
import { conditionsOn } from "./place-tests.ts";
import { sideOf } from "./tests.ts";

// What makes sure, after a pause, that a write is still right?
//
// A second look. Three kinds count, and each only where the write lies on one side of it, so that
// looking without leaving is no guard:
//
//  - the same place is tested again (`if (!this.conn) this.conn = made`), or what was read is
//    compared with what is there (`if (this.n !== n) return this.bump(id)`);
//  - a token: what this call put into a shared place before the pause is compared with what is
//    there now (`const turn = ++this.turn; …; if (turn !== this.turn) return`). The place has to be
//    written by this very work, or the comparison says nothing about the others;
//  - the signal of a controller that this work made and put where the next call finds and aborts it.
//
// Each of them may also be done by a function that is asked, or that throws (facts/call-tests.ts).
//
// *Must*: the caller passes what these looks read as nodes that a path may not pass, and a way
// around them is a way without a guard. Other flags (`if (this.closed) return`) say nothing about
// two calls of the same function; about another function they do, where that one sets them
// (`closesOfNode`). Preferred mistake: seeing a guard where there is none.

/** The nodes at which a second look begins that decides about the write. */
export function closesOf(write: Access, program: Program): Stops {
  return deciding(() => {
    const looks: Look[] = [];
    for (const { owner, at } of levelsOf(write.at, program)) {
      for (const { node, read } of conditionsOn(write.location, [owner], program)) {
        looks.push({ begins: pointOf(read), condition: node, at });
      }
      const throwing = [
        ...assertionsIn(write.location, owner, program),
        ...thrownIfAborted(owner, program),
      ];
      for (const begins of throwing) looks.push({ begins, condition: undefined, at });
      for (const { condition, begins, place } of looksIn(owner, program)) {
        const isOfPlace = place?.key === write.location.key;
        const counts =
          place === undefined || isOfPlace || isWrittenAround(place, write.at, program);
        if (counts) looks.push({ begins, condition, at });
      }
    }
    return looks;
  }, program);
}

interface Look {
  /** The node at which it begins. */
  readonly begins: Node;
  /** Undefined: the look throws where the write is not to happen, and so decides by itself. */
  readonly condition: Node | undefined;
  /** What it is to decide about, in the function of the condition. */
  readonly at: Node;
}

/** Whether a node begins a look that decides. Asked only about what lies on somebody's way. */
function deciding(looks: () => readonly Look[], program: Program): Stops {
  let all: ReadonlyMap<Node, readonly Look[]> | undefined;
  const known = new Map<Node, boolean>();
  return (node) => {
    all ??= byBeginning(looks());
    const here = all.get(node);
    if (here === undefined) return false;
    let decides = known.get(node);
    if (decides === undefined) {
      decides = here.some(
        ({ condition, at }) =>
          condition === undefined ||
          (sideOf(condition, at, program) ?? sideOfDecision(condition, at, program)) !== undefined,
      );
      known.set(node, decides);
    }
    return decides;
  };
}

function byBeginning(looks: readonly Look[]): ReadonlyMap<Node, readonly Look[]> {
  const all = new Map<Node, Look[]>();
  for (const look of looks) {
    const known = all.get(look.begins);
    if (known === undefined) all.set(look.begins, [look]);
    else known.push(look);
  }
  return all;
}

/** The functions around a node, and where in each of them the node happens. */
function levelsOf(
  node: Node,
  program: Program,
): readonly { readonly owner: FlowOwner; readonly at: Node }[] {
  let at = node;
  return ownersOf(node, program).map((owner) => {
    const level = { owner, at };
    at = owner;
    return level;
  });
}

/** A pattern reads where its whole declaration is evaluated. */
function pointOf(read: Node): Node {
  return is.BindingElement(read) ? (ancestor(read, is.VariableDeclaration) ?? read) : read;
}

/** The conditions of a function. */
const branchesIn: (owner: FlowOwner, program: Program) => ReadonlySet<Node> = fact(
  (owner, program) => {
    const conditions = new Set<Node>();
    if (isTooLarge(owner, program)) return conditions;
    for (const { role, node } of graphOf(owner, program).points) {
      if (role === "branch" && node !== undefined) conditions.add(node);
    }
    return conditions;
  },
);

interface Comparison {
  readonly condition: Node;
  readonly begins: Node;
  /** What is compared with something of this work's own; undefined for an own signal. */
  readonly place: Location | undefined;
}

/** The looks of a function that may decide about any of its writes. */
const looksIn: (owner: FlowOwner, program: Program) => readonly Comparison[] = fact(
  (owner, program) =>
    [...branchesIn(owner, program)].flatMap((condition): readonly Comparison[] => {
      const signal = ownSignalIn(condition, program);
      if (signal !== undefined) return [{ condition, begins: signal, place: undefined }];
      return tokensIn(condition, program).map(({ shared, place }) => ({
        condition,
        begins: shared,
        place,
      }));
    }),
);

/** `this.turn` in `turn === this.turn`; it counts where this work has written it itself. */
function tokensIn(
  condition: Node,
  program: Program,
): readonly { readonly shared: Node; readonly place: Location }[] {
  if (is.CallExpression(condition)) return tokensInCall(condition, program);
  if (!is.BinaryExpression(condition) || !EQUALITY.has(condition.operatorToken.kind)) return [];
  const a = unwrapped(condition.left);
  const b = unwrapped(condition.right);
  return [[a, b] as const, [b, a] as const].flatMap(([shared, own]) => {
    if (!isLocal(own, program)) return [];
    const place = locationOf(shared, program);
    if (place === undefined || isLocal(shared, program)) return [];
    if (!is.PropertyAccessExpression(shared)) return [{ shared, place }];
    // Behind `?.` the member itself is not always looked at, but what it is a member of is. And
    // `this.cached.promise` is this work's own where it has put `{ promise }` there as a whole.
    const look = hasQuestionDot(shared) ? unwrapped(shared.expression) : shared;
    const holder = locationOf(shared.expression, program);
    const places = holder === undefined ? [place] : [place, holder];
    return places.map((it) => ({ shared: look, place: it }));
  });
}

/** `this.isCurrent(turn)`, which compares `turn` with what is in `this.turn`. */
function tokensInCall(
  call: CallExpression,
  program: Program,
): readonly { readonly shared: Node; readonly place: Location }[] {
  const owner = flowOwner(call);
  const compared = owner === undefined ? [] : comparedBy(call, owner, program);
  return compared.flatMap(({ argument, place }) =>
    isLocal(argument, program) ? { shared: call, place } : [],
  );
}

const EQUALITY: ReadonlySet<number> = new Set([
  Kind.EqualsEqualsToken,
  Kind.EqualsEqualsEqualsToken,
  Kind.ExclamationEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
]);

/** A variable of this very work. */
function isLocal(expression: Node, program: Program): boolean {
  const name = unwrapped(expression);
  const declaration = is.Identifier(name) ? variableOf(name, program) : undefined;
  if (declaration === undefined || is.SourceFile(flowOwner(declaration))) return false;
  if (is.Parameter(declaration)) return true;
  const owners = ownersOf(expression, program);
  const owner = flowOwner(declaration);
  return owner !== undefined && owners.includes(owner);
}

/** Whether the work around the node writes the place. */
function isWrittenAround(place: Location, near: Node, program: Program): boolean {
  const owners = ownersOf(near, program);
  return writesTo(place, sourceFileOf(near), program).some((it) => {
    const owner = flowOwner(it.at);
    return owner !== undefined && owners.includes(owner);
  });
}

/** `controller.signal.aborted` of a controller that was made here and put where others find it. */
function ownSignalIn(condition: Node, program: Program): Node | undefined {
  const node = unwrapped(condition);
  if (!is.PropertyAccessExpression(node) || node.name.text !== "aborted") return undefined;
  return isOwnSignal(node.expression, program) ? node : undefined;
}

/** The calls of `signal.throwIfAborted()` for such a signal. */
const thrownIfAborted: (owner: FlowOwner, program: Program) => readonly Node[] = fact(
  (owner, program) => {
    const calls: Node[] = [];
    walkBody(owner, (node) => {
      const call = methodCall(node);
      if (call?.method === "throwIfAborted" && isOwnSignal(call.receiver, program))
        calls.push(node);
      return undefined;
    });
    return calls;
  },
);

function isOwnSignal(signal: Node, program: Program): boolean {
  const making = makingOf(signal, program, 0);
  if (making === undefined) return false;
  const { made, variable } = making;
  if (isAssignment(made)) return true;
  if (!is.NewExpression(made) || nameOf(made.expression) !== "AbortController") return false;
  const owner = variable && flowOwner(variable);
  const name = nameOf(variable?.name);
  let isPutAway = false;
  if (owner !== undefined) {
    walkBody(owner, (it) => {
      if (isAssignment(it) && nameOf(unwrapped(it.right)) === name) isPutAway = true;
      return undefined;
    });
  }
  return isPutAway;
}

interface Making {
  /** What makes the controller, or puts a new one somewhere. */
  readonly made: Node;
  /** The variable that holds it here. */
  readonly variable: NodeOf<"VariableDeclaration"> | undefined;
}

/** The controller of `controller.signal`, `const signal = controller.signal` and `const { signal } = controller`. */
function makingOf(written: Node, program: Program, steps: number): Making | undefined {
  const node = unwrapped(written);
  if (is.PropertyAccessExpression(node) && node.name.text === "signal") {
    return makingOf(node.expression, program, steps);
  }
  if (isAssignment(node)) return { made: node, variable: undefined };
  if (!is.Identifier(node) || steps > 2) return undefined;
  const declaration = variableOf(node, program);
  if (is.BindingElement(declaration)) {
    const whole = ancestor(declaration, is.VariableDeclaration);
    return whole?.initializer && makingOf(whole.initializer, program, steps + 1);
  }
  if (!is.VariableDeclaration(declaration) || declaration.initializer === undefined)
    return undefined;
  const from = unwrapped(declaration.initializer);
  const isSignal = is.PropertyAccessExpression(from) && from.name.text === "signal";
  return isSignal ? makingOf(from, program, steps + 1) : { made: from, variable: declaration };
}

/**
 * The nodes at which a second look begins that decides about a use: the place itself is tested
 * again, or something that every one of the writers writes too: `if (this.closed) return`, where
 * `close` both sets `closed` and empties the place.
 */
export function closesOfNode(
  use: Node,
  location: Location,
  writers: readonly Access[],
  program: Program,
): Stops {
  return deciding(() => {
    const looks: Look[] = [];
    for (const { owner, at } of levelsOf(use, program)) {
      for (const { node, read } of conditionsOn(location, [owner], program)) {
        looks.push({ begins: pointOf(read), condition: node, at });
      }
      for (const begins of assertionsIn(location, owner, program)) {
        looks.push({ begins, condition: undefined, at });
      }
      for (const condition of branchesIn(owner, program)) {
        const begins = flagIn(condition, location, writers, program);
        if (begins !== undefined) looks.push({ begins, condition, at });
      }
    }
    return looks;
  }, program);
}

/** What a condition mentions that all writers write as well. */
function flagIn(
  condition: Node,
  location: Location,
  writers: readonly Access[],
  program: Program,
): Node | undefined {
  const sides = is.BinaryExpression(condition) ? [condition.left, condition.right] : [condition];
  return sides.map(unwrapped).find((side) => {
    const flag = locationOf(side, program);
    if (flag === undefined || flag.key === location.key) return false;
    return writers.every((writer) => {
      const owner = flowOwner(writer.at);
      return accessesTo(flag, sourceFileOf(writer.at), program).some(
        (it) => it.kind !== "read" && flowOwner(it.at) === owner,
      );
    });
  });
}
