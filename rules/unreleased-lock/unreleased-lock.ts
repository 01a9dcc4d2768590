import { flowOwner } from "../../analysis/facts/flow.ts";
import { leakOf, type Leak, releasesOf } from "../../analysis/facts/lock-release.ts";
import { mayConcernLock } from "../../analysis/facts/lock-uses.ts";
import { type Acquisition, acquisitionsIn } from "../../analysis/facts/locks.ts";
import { lastJump } from "../../analysis/facts/paths.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Fix, type Note } from "../../analysis/rule.ts";
import { is, type Node, unwrapped } from "../../analysis/syntax.ts";
import { holdByUsing, holdingOf, releaseInFinally, runExclusively } from "../fixes/hold-lock.ts";
import { nameOfCall } from "../words/names.ts";

// See unreleased-lock.md for what this means to the user.
//
// A lock that its function never gives back at all is not this defect, unless it holds the only
// means of doing so: then it is given back elsewhere, by another method.
export const unreleasedLock = defineRule({
  id: "unreleased-lock",
  summary: "A lock is taken, and on some way out of the function nobody gives it back.",
  severity: "error",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    if (!mayConcernLock(call, program)) return;
    const owner = flowOwner(call);
    const acquisition =
      owner && acquisitionsIn(owner, program).find(({ at }) => callIn(at) === call);
    const leak = acquisition && leakOf(acquisition, program);
    if (acquisition === undefined || leak === undefined) return;
    yield {
      at: call,
      message: messageOf(acquisition, leak),
      why: "Whoever wants it next waits forever, and so does everything that waits for them.",
      notes: notesOf(leak),
      fixes: fixesOf(acquisition, program),
    };
  },
});

function callIn(at: Node): Node {
  return unwrapped(is.AwaitExpression(at) ? at.expression : at);
}

function messageOf({ held }: Acquisition, { raised }: Leak): string {
  const { name, permits } = held.lock;
  const what =
    permits === 1
      ? `\`${name}\` stays locked`
      : permits === undefined
        ? `\`${name}\` is not released`
        : `A permit of \`${name}\` is lost`;
  if (raised === undefined) return `${what} on a way out of the function.`;
  if (is.ThrowStatement(raised)) return `${what} when the function throws.`;
  return `${what} when the ${nameOfCall(callIn(raised))} fails.`;
}

function notesOf({ path, raised }: Leak): Note[] {
  if (raised !== undefined) {
    return [{ at: raised, message: "an error here leaves without releasing it" }];
  }
  const at = lastJump(path);
  const leaves = is.ReturnStatement(at) || is.ThrowStatement(at);
  const message = leaves ? "leaves without releasing it" : "goes on from here without releasing it";
  return [{ at, message }];
}

function fixesOf(acquisition: Acquisition, program: Program): Fix[] {
  const holding = holdingOf(acquisition, releasesOf(acquisition, program));
  if (holding === undefined) return [];
  return [
    ...holdByUsing(holding, program),
    ...releaseInFinally(holding),
    ...runExclusively(holding, program),
  ];
}
