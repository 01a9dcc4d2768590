import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import { nameOfTarget } from "../../analysis/facts/listeners.ts";
import { type LateTimer, lateTimer } from "../../analysis/facts/late-timers.ts";
import { forgottenTimer, type ForgottenTimer } from "../../analysis/facts/forgotten-timers.ts";
import { type Life, nameOfLife } from "../../analysis/facts/lives.ts";
import { type Outliving, outlivingBy } from "../../analysis/facts/outliving.ts";
import { type PiledListener, piledListener } from "../../analysis/facts/piled-listeners.ts";
import { replacedBy, type ReplacedHandle } from "../../analysis/facts/replaced-handles.ts";
import { listenersLeftBy, type SettledListeners } from "../../analysis/facts/settled-listeners.ts";
import { removesNothing, type VainRemoval } from "../../analysis/facts/vain-removals.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Note } from "../../analysis/rule.ts";
import {
  type CallExpression,
  calleeNameOf,
  is,
  type NewExpression,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
} from "../../analysis/syntax.ts";
import { endReplaced } from "../fixes/end-replaced.ts";
import { endTimer, undoInLife } from "../fixes/undo-in-life.ts";
import { removeWhatWasAdded } from "../fixes/remove-added.ts";

// See missing-teardown.md for what this means to the user.
//
// Sides of one mistake: what was begun is never ended (facts/outliving.ts), or cannot be any more
// because its handle is overwritten (facts/replaced-handles.ts), or there is one more of it after each
// call (facts/piled-listeners.ts) or wait (facts/settled-listeners.ts); it does its work after the end (facts/late-timers.ts,
// facts/forgotten-timers.ts); or the call
// that is meant to end it ends nothing (facts/vain-removals.ts).
export const missingTeardown = defineRule({
  id: "missing-teardown",
  summary: "An interval, a listener or the like outlives the component or object that began it.",
  severity: "warning",
  profile: "recommended",
  equivalents: [
    "react-web-api/no-leaked-event-listener",
    "react-web-api/no-leaked-interval",
    "react-web-api/no-leaked-resize-observer",
    "react-web-api/no-leaked-timeout",
  ],
  on: { kinds: ["CallExpression", "NewExpression"] },

  *check(node, program) {
    if (!is.CallExpression(node) && !is.NewExpression(node)) return;
    yield* atCall(node, program);
  },
});

function* atCall(call: CallExpression | NewExpression, program: Program): Iterable<Finding> {
  const finding = findingAt(call, program);
  if (finding !== undefined) yield { ...finding, ...weightOf(call, program, finding) };
}

function findingAt(call: CallExpression | NewExpression, program: Program): Finding | undefined {
  const outliving = outlivingBy(call, program);
  if (outliving !== undefined) return left(outliving, program);
  const replaced = replacedBy(call, program);
  if (replaced !== undefined) return overwritten(replaced);
  const late = lateTimer(call, program);
  if (late !== undefined) return tooLate(late);
  if (!is.CallExpression(call)) return undefined;
  const forgotten = forgottenTimer(call, program);
  if (forgotten !== undefined) return forgottenAtEnd(forgotten);
  const piled = piledListener(call, program);
  if (piled !== undefined) return oneMore(piled);
  const staying = listenersLeftBy(call, program);
  if (staying !== undefined) return stays(staying);
  const vain = removesNothing(call, program);
  return vain && inVain(vain);
}

function left(outliving: Outliving, program: Program): Finding {
  const { call, life, begins, registration, sibling } = outliving;
  const what =
    registration === undefined
      ? `this ${begins}`
      : `this ${begins} of ${nameOfTarget(registration)}`;
  return {
    at: call.expression,
    message: messageOf(life, what),
    why: WHY[life.kind],
    notes: notesOf(life, sibling),
    fixes: undoInLife(outliving, program),
  };
}

function messageOf(life: Life, what: string): string {
  if (life.kind === "effect") return `Nothing ends ${what} when the effect is over.`;
  const name = nameOfLife(life);
  if (life.kind === "class" && life.teardown === undefined) {
    return `Nothing ends ${what} when ${name} is gone.`;
  }
  return `Nothing ends ${what} when ${name} comes to its end.`;
}

const WHY: Readonly<Record<Life["kind"], string>> = {
  effect:
    "It goes on after the component is gone, and each time the effect runs there is one more of it.",
  class:
    "It goes on after the object is done with, keeps all of it in memory, and there is one more for each object.",
  closure:
    "It goes on after that, keeps all that it can see in memory, and there is one more for each call.",
};

function notesOf(life: Life, sibling: Node | undefined): Note[] {
  const notes: Note[] = [];
  if (life.kind !== "effect" && life.teardown !== undefined) {
    const { name } = life.teardown;
    notes.push({ at: name ?? life.teardown, message: "here it comes to its end" });
  }
  if (sibling !== undefined) notes.push({ at: sibling, message: "another one is removed here" });
  return notes;
}

function inVain(vain: VainRemoval): Finding {
  const { call, listener, added } = vain;
  const name = listener === undefined ? "it" : `\`${textOf(listener)}\``;
  return {
    at: call.expression,
    message: MESSAGES[vain.because](name),
    why: "Listeners are told apart by target, event and function. The one that was added goes on to be called, and keeps all that it can see in memory.",
    notes:
      added === undefined
        ? []
        : [{ at: added.call.arguments[1] ?? added.call, message: "added here" }],
    fixes: removeWhatWasAdded(vain),
  };
}

const MESSAGES: Readonly<Record<VainRemoval["because"], (name: string) => string>> = {
  fresh: () => "This removes nothing: the function is made here, so nobody has added it.",
  wrapped: (name) =>
    `This removes nothing: what was added is another function, which calls ${name}.`,
  event: (name) => `This removes nothing: ${name} was added for another event.`,
  target: (name) => `This removes nothing: ${name} was added to something else.`,
  capture: (name) => `This removes nothing: ${name} was added for the other phase of the event.`,
  early: (name) => `This removes nothing: ${name} is made by each call anew, and added only below.`,
  never: (name) => `This removes nothing: ${name} is never added.`,
};

function overwritten({ begun, holder, again }: ReplacedHandle): Finding {
  const { begins } = begun.pair;
  const name = textOf(holder.kind === "member" ? holder.access : holder.name);
  return {
    at: begun.call.expression,
    message: `The ${begins} that \`${name}\` holds already is not ended when this one replaces it.`,
    why: `The older ${begins} goes on, and nobody can end it any more.`,
    profile: again === "maybe" ? "strict" : undefined,
    fixes: endReplaced(begun, holder),
  };
}

function forgottenAtEnd({ call, handle, cleared, end }: ForgottenTimer): Finding {
  const name = textOf(handle);
  return {
    at: call.expression,
    profile: "strict",
    message: `\`${nameOf(end.name) ?? "The end"}\` does not clear \`${name}\`.`,
    why: "The timer fires after the object has come to its end, and works with what is over.",
    notes: [
      { at: cleared, message: "cleared here, at another time" },
      { at: end.name ?? end, message: "here the object comes to its end" },
    ],
  };
}

function oneMore({ registration, fn }: PiledListener): Finding {
  const { call } = registration;
  const name = nameOf(fn.name);
  return {
    at: call.expression,
    message: `Each call${name === undefined ? "" : ` of \`${name}\``} adds one more listener to ${nameOfTarget(registration)}, and nothing removes it.`,
    why: "All of them are called for each event, long after the promises that they settle, and keep all that they can see in memory.",
  };
}

function stays({ ends, stay }: SettledListeners): Finding {
  const events = stay.map(({ event }) => textOf(event)).join(" and ");
  return {
    at: ends.call.expression,
    severity: "hint",
    profile: "strict",
    message: `When ${textOf(ends.event)} has ended the wait, the listener for ${events} stays on ${nameOfTarget(ends)}.`,
    why: "There is one more of them after each wait. One that is left for `error` also takes the next error for itself, and nobody hears of it.",
    notes: stay.map(({ call }) => ({ at: call.expression, message: "stays" })),
  };
}

function tooLate(late: LateTimer): Finding {
  const { call, does, at, life } = late;
  const name = nameOf(calleeNameOf(at)) ?? "this";
  if (does === "sets-state") {
    return {
      at: call.expression,
      message: `Nothing ends this timer when the component is gone, and then it calls \`${name}\`.`,
      why: "It sets the state of what is no longer there, and keeps it in memory until then.",
      severity: "hint",
      notes: [{ at, message: "sets the state" }],
    };
  }
  const owner = life === undefined ? "the object" : nameOfLife(life);
  return {
    at: call.expression,
    message: `Nothing ends this timer when ${owner} comes to its end, and then it calls \`${name}\`.`,
    why: "What was stopped begins again, and nobody is left to stop it.",
    notes: [
      { at, message: "begins again" },
      ...(life === undefined ? [] : notesOf(life, undefined)),
    ],
    fixes: endTimer(late),
  };
}

/** What a test or script leaves behind goes with the process. */
function weightOf(node: Node, program: Program, { profile }: Finding): Pick<Finding, "profile"> {
  return { profile: isTestOrScript(sourceFileOf(node), program) ? "strict" : profile };
}
