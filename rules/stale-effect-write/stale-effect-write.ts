import { type EffectWrite, isSaidBefore, lateWrites } from "../../analysis/facts/effect-writes.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Interleaving, type Profile } from "../../analysis/rule.ts";
import {
  calleeNameOf,
  is,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { abortWithEffect } from "../fixes/abort-with-effect.ts";
import { ignoreLateAnswers } from "../fixes/ignore-flag.ts";
import { step } from "../words/races.ts";

// See stale-effect-write.md for what this means to the user.
//
// One finding for a function that pauses: what guards one of its writes guards the others. A flag
// that only tells whether the component is still there is left to the strict profile, and so are
// requests that depend on a trigger through the object that is asked.
export const staleEffectWrite = defineRule({
  id: "stale-effect-write",
  summary:
    "An effect runs again before its request is answered, and the older answer may come last.",
  severity: "warning",
  profile: "recommended",
  equivalents: ["react-hooks-extra/no-leaked-fetch"],
  covers: ["stale-response"],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    const seen = new Set<Node>();
    const writes = lateWrites(call, program);
    for (const write of writes.toSorted((a, b) => weightOf(a, program) - weightOf(b, program))) {
      if (seen.has(write.fn) || isSaidBefore(write, program)) continue;
      seen.add(write.fn);
      yield late(write, writes, program);
    }
  },
});

/** What is reported by default comes first, so that it is not hidden by what is not. */
function weightOf(write: EffectWrite, program: Program): number {
  return profileOf(write, program) === undefined ? 0 : 1;
}

function profileOf({ vague, guarding, at }: EffectWrite, program: Program): Profile | undefined {
  const isMinor = vague || guarding.kind === "mounted" || isTestFile(sourceFileOf(at), program);
  return isMinor ? "strict" : undefined;
}

function late(write: EffectWrite, all: readonly EffectWrite[], program: Program): Finding {
  const { at, pause, target, trigger, guarding, effect } = write;
  return {
    at,
    profile: profileOf(write, program),
    message: messageOf(write),
    why: `The effect runs again when \`${trigger}\` changes, and nothing makes the run before keep its answer to itself. Whichever answer comes last stays.`,
    notes: [
      { at: effect.call.expression, message: `runs again when \`${trigger}\` changes` },
      { at: pause, message: "waits for the answer here" },
      ...(guarding.at === undefined ? [] : [{ at: guarding.at, message: noteOn(guarding.kind) }]),
    ],
    interleaving: twoRuns(write, target),
    fixes: [...ignoreLateAnswers(effect, all), ...abortWithEffect(effect, all, program)],
  };
}

function messageOf({ target, trigger, guarding }: EffectWrite): string {
  if (guarding.kind === "wrong") {
    return `The check in front of \`${target}\` lets the answer for an older \`${trigger}\` through, and stops the newest.`;
  }
  if (guarding.kind === "mounted") {
    return `\`${target}\` may get the answer for an older \`${trigger}\`: the component is still there then.`;
  }
  return `\`${target}\` may get the answer for an older \`${trigger}\` after the one for the newest.`;
}

function noteOn(kind: EffectWrite["guarding"]["kind"]): string {
  return kind === "wrong"
    ? "is true when the cleanup has run"
    : "tells that the component is there, as it is in both runs";
}

function twoRuns({ effect, at, pause, trigger }: EffectWrite, target: string): Interleaving {
  const name = nameOf(calleeNameOf(effect.call)) ?? "the effect";
  const where = unwrapped(is.AwaitExpression(pause) ? pause.expression : pause);
  const asking = is.CallExpression(where) ? where.expression : where;
  return {
    evidence: {
      kind: "handler",
      at: effect.call.expression,
      message: `\`${name}\` runs its function again when \`${trigger}\` changes, whether or not the last run is over.`,
    },
    steps: [
      step("A", "call", asking, `asks for the first \`${trigger}\``),
      step("A", "pause", pause, "pauses until the answer has come"),
      step("B", "call", asking, `asks for the next \`${trigger}\``),
      step("B", "write", at, `writes \`${target}\``),
      step("A", "write", at, `writes \`${target}\`, with the older answer`),
    ],
  };
}
