import { blockingBy, mayBlock, runAround } from "../../analysis/facts/blocking.ts";
import { calleeOf } from "../../analysis/facts/callees.ts";
import { isScript, isTestFile } from "../../analysis/facts/file-roles.ts";
import { overlapOf } from "../../analysis/facts/overlap.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Evidence } from "../../analysis/rule.ts";
import {
  calleeNameOf,
  is,
  type FunctionLike,
  isAsync,
  isInside,
  nameOf,
  sourceFileOf,
} from "../../analysis/syntax.ts";
import { awaitTwin } from "../fixes/await-twin.ts";

// See blocking-call-in-async.md for what this means to the user.
//
// What a program does while it starts, a script, or a test, keeps nobody waiting. In a function that
// answers events, as the code shows, everybody waits; in any other async function somebody may, so
// that is a hint for the strict profile. What is over at once is never more than that.
export const blockingCallInAsync = defineRule({
  id: "blocking-call-in-async",
  summary: "A call stops everything else that the program does until it is over.",
  severity: "warning",
  profile: "recommended",
  equivalents: ["n/no-sync"],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    if (!mayBlock(call)) return;
    const file = sourceFileOf(call);
    if (isScript(file, program) || isTestFile(file, program)) return;
    const run = runAround(call, program);
    if (run === undefined) return;
    const handler = isAsync(run) ? undefined : handlerOf(run, program);
    // A function that is not async is looked at where a handler or an async one calls it.
    if (!isAsync(run) && (handler === undefined || !isInside(run, handler.at))) return;
    const blocking = blockingBy(call, program);
    if (blocking === undefined) return;
    const evidence = handler ?? handlerOf(run, program);
    const isMinor = evidence === undefined || blocking.isBrief;
    const name = nameOf(calleeNameOf(call)) ?? "it";
    const isDirect = blocking.at === call;
    yield {
      at: calleeNameOf(call),
      message: isDirect
        ? `\`${name}\` stops everything else until it is over.`
        : `\`${name}\` stops everything else until a call in it is over.`,
      why: "The program has one thread: until then it answers no request, no timer and no event.",
      severity: isMinor ? "hint" : undefined,
      profile: isMinor ? "strict" : undefined,
      notes: [
        ...(isDirect ? [] : [{ at: blocking.at, message: "waits here, with all else" }]),
        ...(evidence === undefined ? [] : [{ at: evidence.at, message: evidence.message }]),
      ],
      fixes: isDirect ? awaitTwin(call, calleeOf(call, program).model?.blocks?.instead) : [],
    };
  },
});

/** What shows that the function answers somebody; nobody waits for a timer or a watcher of files. */
function handlerOf(fn: FunctionLike, program: Program): Evidence | undefined {
  const overlap = overlapOf(fn, program);
  if (overlap?.strength !== "seen" || overlap.evidence.kind !== "handler") return undefined;
  const { at } = overlap.evidence;
  const by = is.CallExpression(at) ? nameOf(calleeNameOf(at)) : undefined;
  return by !== undefined && OF_ITS_OWN.test(by) ? undefined : overlap.evidence;
}

const OF_ITS_OWN = /^(?:set(?:Interval|Timeout|Immediate)|watch|watchFile)$/;
