import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import {
  isWaitedFor,
  type Unheard,
  type UnheardWait,
  unheardError,
  waitsWithoutErrors,
} from "../../analysis/facts/unheard-errors.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  type NewExpression,
  type Node,
  sourceFileOf,
  textOf,
} from "../../analysis/syntax.ts";
import { listenToErrors, rejectOnError } from "../fixes/listen-to-errors.ts";
import { waitForEvent, waitUntilFinished } from "../fixes/wait-for-event.ts";

// See unhandled-error-event.md for what this means to the user.
//
// Processes and threads have a rule of their own: see unhandled-worker-error.
export const unhandledErrorEvent = defineRule({
  id: "unhandled-error-event",
  summary: "An emitter may fail, and nothing listens to its `error` event.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression", "NewExpression"] },

  *check(node, program) {
    if (is.NewExpression(node)) {
      const waiting = waitsWithoutErrors(node, program);
      if (waiting !== undefined) {
        // A process that is waited for until it has ended is often watched for errors elsewhere.
        const isEnd = /^(?:exit|close)$/.test(waiting.event);
        const weight = isEnd ? ({ profile: "strict" } as const) : weightOf(node, program);
        yield { ...neverSettled(waiting, program), ...weight };
      }
    }
    if (is.NewExpression(node) || is.CallExpression(node)) yield* made(node, program);
  },
});

function* made(call: CallExpression | NewExpression, program: Program): Iterable<Finding> {
  const unheard = unheardError(call, program);
  if (unheard === undefined || unheard.model.runs !== undefined) return;
  if (isWaitedFor(unheard, program)) return;
  yield { ...unheardAt(unheard), ...weightOf(call, program) };
}

function unheardAt(unheard: Unheard): Finding {
  const { call, model } = unheard;
  return {
    at: call.expression,
    message: `Nothing listens to the \`error\` event of this ${model.gives}.`,
    why: "Node throws the error of an emitter that nobody listens to, which ends the process.",
    fixes: listenToErrors(unheard),
  };
}

function neverSettled(waiting: UnheardWait, program: Program): Finding {
  const { registration, event } = waiting;
  const { target, call } = registration;
  const name = target === undefined ? "the emitter" : `\`${textOf(target)}\``;
  return {
    at: call.expression,
    message: `Nothing listens to the \`error\` of ${name}, after which no \`${event}\` comes.`,
    why: "An `error` event that nobody listens to ends the process in Node. Where it does not, whoever waits for this promise waits for ever.",
    fixes: [
      ...rejectOnError(waiting),
      ...waitUntilFinished(waiting, program),
      ...waitForEvent(waiting, program),
    ],
  };
}

/** A test that ends fails, as it has to, and a script may well end with an error. */
function weightOf(node: Node, program: Program): Pick<Finding, "profile"> {
  return { profile: isTestOrScript(sourceFileOf(node), program) ? "strict" : undefined };
}
