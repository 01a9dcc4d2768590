import { circleAt, type Nested, type Opposite } from "../../analysis/facts/lock-order.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Interleaving, type Note } from "../../analysis/rule.ts";
import { is, type Node, sourceFileOf, unwrapped } from "../../analysis/syntax.ts";
import { runWithoutLock, swapLocks } from "../fixes/reorder-locks.ts";

// See lock-cycle.md for what this means to the user.
//
// A lock that is taken again by a function that need not take it (it may have been told by an
// argument that its caller has the lock) is left to the strict profile.
export const lockCycle = defineRule({
  id: "lock-cycle",
  summary: "Locks are taken in a circle, so that somebody waits for a lock that never comes.",
  severity: "error",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    const circle = circleAt(call, program);
    if (circle?.kind === "again") yield again(circle.nested);
    else if (circle?.kind === "unordered") yield unordered(circle.nested);
    else if (circle !== undefined) yield opposite(circle, program);
  },
});

function again(it: Nested): Finding {
  const { at, outer, inner, certain } = it;
  const { name, permits } = outer.lock;
  const isOne = permits === 1;
  return {
    at,
    severity: isOne ? "error" : "warning",
    profile: certain ? undefined : "strict",
    message: isOne
      ? `This waits for \`${name}\`, which its own task holds already.`
      : `This waits for another place in \`${name}\` while its own task keeps one.`,
    why: isOne
      ? "The lock is given back when the work under it is over, and the work waits for the lock: neither ever happens."
      : "Once every place is taken by such a task, each of them waits for a place that another one keeps, forever.",
    notes: [...takenFirst(outer.since, name, at), ...takenThere(it, inner.name)],
    fixes: isOne && certain ? runWithoutLock(it) : [],
  };
}

function takenFirst(since: readonly Node[], name: string, at: Node): Note[] {
  const [first] = since;
  const isHere = first !== undefined && sourceFileOf(first) === sourceFileOf(at);
  return isHere ? [{ at: lockCall(first), message: `\`${name}\` is taken here first` }] : [];
}

function takenThere({ at, taken }: Nested, name: string): Note[] {
  return taken === at ? [] : [{ at: taken, message: `\`${name}\` is taken again here` }];
}

/** Under what a callback runs, without the callback. */
function lockCall(node: Node): Node {
  const inner = unwrapped(is.AwaitExpression(node) ? node.expression : node);
  return is.CallExpression(inner) ? inner.expression : inner;
}

function unordered({ at, outer, inner }: Nested): Finding {
  return {
    at,
    severity: "warning",
    message: `\`${inner.name}\` is taken under \`${outer.lock.name}\`, in whatever order the two come.`,
    why: "Two calls with the same two keys the other way round each hold the lock that the other one waits for, forever. Take them in an order that is the same for everybody, such as sorted.",
    notes: takenFirst(outer.since, outer.lock.name, at),
  };
}

function opposite({ first, second }: Opposite, program: Program): Finding {
  const [a, b] = [first.outer.lock.name, first.inner.name];
  return {
    at: second.at,
    severity: "warning",
    message: `\`${a}\` is taken under \`${b}\` here, and the other way round elsewhere.`,
    why: `When two tasks take one of them each at the same time, each waits for the one that the other holds, forever.`,
    notes: [
      ...takenFirst(first.outer.since, a, second.at),
      { at: lockCall(first.at), message: `\`${b}\` is taken under it here` },
    ],
    interleaving: standstill(first, second),
    fixes: swapLocks(second, program),
  };
}

function standstill(first: Nested, second: Nested): Interleaving {
  const [a, b] = [first.outer.lock.name, second.outer.lock.name];
  const outer = (it: Nested) => lockCall(it.outer.since[0] ?? it.at);
  return {
    evidence: {
      kind: first.outer.lock.root === "this" ? "shared-instance" : "exported",
      at: outer(first),
      message: `\`${a}\` and \`${b}\` are there because several tasks come here at once.`,
    },
    steps: [
      { task: "A", action: "acquire", at: outer(first), text: `takes \`${a}\`` },
      { task: "B", action: "acquire", at: outer(second), text: `takes \`${b}\`` },
      { task: "A", action: "pause", at: lockCall(first.at), text: `waits for \`${b}\`` },
      { task: "B", action: "pause", at: lockCall(second.at), text: `waits for \`${a}\`` },
    ],
  };
}
