import { writeAt } from "../../analysis/facts/access-kinds.ts";
import { ambientFrom } from "../../analysis/facts/ambient.ts";
import { callAccessesIn } from "../../analysis/facts/call-accesses.ts";
import { answersIn, assertionsIn } from "../../analysis/facts/call-tests.ts";
import { lateUse } from "../../analysis/facts/event-dispatch.ts";
import { addersElsewhere, drainAt } from "../../analysis/facts/drains.ts";
import { effectBy } from "../../analysis/facts/effects.ts";
import { lateWrites } from "../../analysis/facts/effect-writes.ts";
import { fileWindow } from "../../analysis/facts/file-windows.ts";
import { closesOf } from "../../analysis/facts/guards.ts";
import { givenBehind, heldAt } from "../../analysis/facts/held-values.ts";
import { lateOpening } from "../../analysis/facts/late-openings.ts";
import { lateSettled } from "../../analysis/facts/late-settled.ts";
import { lateAnswer } from "../../analysis/facts/late-answers.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import { locationOf } from "../../analysis/facts/locations.ts";
import { acquisitionsIn } from "../../analysis/facts/lock-flow.ts";
import { circleAt } from "../../analysis/facts/lock-order.ts";
import { leakOf } from "../../analysis/facts/lock-release.ts";
import { originsOf } from "../../analysis/facts/origins.ts";
import { ownersOf } from "../../analysis/facts/pauses.ts";
import { isSharedRun } from "../../analysis/facts/shared-runs.ts";
import { raceIn } from "../../analysis/facts/races.ts";
import { recordRace } from "../../analysis/facts/records.ts";
import { storeBehindLook, updateInSteps } from "../../analysis/facts/shared-memory.ts";
import { unfinishedAt } from "../../analysis/facts/unfinished.ts";
import { reachedInto, staleUseOf } from "../../analysis/facts/stale-uses.ts";
import { isFoundWanting, sideOfDecision } from "../../analysis/facts/decisions.ts";
import { conditionsOn } from "../../analysis/facts/place-tests.ts";
import { sideOf } from "../../analysis/facts/tests.ts";
import { testWindow, valueWindow } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import {
  is,
  isAssignment,
  isFunctionLike,
  type Node,
  nameOf,
  type SourceFile,
  textOf,
  walk,
} from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

/** What an acquisition takes, and whether some way out leaves it taken. */
function* releases(node: Node, program: Program): Iterable<Answer> {
  const owner = isFunctionLike(node) ? node : undefined;
  for (const acquisition of owner === undefined ? [] : acquisitionsIn(owner, program)) {
    const leak = leakOf(acquisition, program);
    yield {
      at: acquisition.at,
      label: leak === undefined ? "released" : "kept",
      message: leak?.path.to,
    };
  }
}

/** Asks about every node of a file. */
function page(name: string, ask: (node: Node, program: Program) => Iterable<Answer>): void {
  checkFactPage(new URL(name, import.meta.url), (file: SourceFile, program) => {
    const answers: Answer[] = [];
    walk(file, (node) => {
      answers.push(...ask(node, program));
      return undefined;
    });
    return answers;
  });
}

/** The argument of a call of this function. */
function argumentOf(node: Node, name: string): Node | undefined {
  return is.CallExpression(node) && nameOf(node.expression) === name
    ? node.arguments[0]
    : undefined;
}

page("origins.md", function* (node, program) {
  const value = argumentOf(node, "made");
  if (value === undefined) return;
  for (const { node: at, whole, opaque } of originsOf(value, program)) {
    yield { at, label: whole ? "itself" : opaque ? "hidden" : "part" };
  }
});

page("call-accesses.md", function* (node, program) {
  const place = argumentOf(node, "here");
  const location = place && locationOf(place, program);
  const owner = flowOwner(node);
  if (location === undefined || owner === undefined) return;
  for (const { at, kind, pause, inner } of callAccessesIn(location, owner, program)) {
    const made = `${kind} by ${textOf(inner.at)}`;
    yield { at, label: pause === undefined ? "now" : "late", message: made };
  }
});

page("call-tests.md", function* (node, program) {
  const place = argumentOf(node, "here");
  const location = place && locationOf(place, program);
  const owner = flowOwner(node);
  if (location === undefined || owner === undefined) return;
  for (const { at, whenTrue, whenFalse, isValue } of answersIn(location, owner, program)) {
    yield { at, label: isValue ? "value" : "answer", message: `${whenTrue}, ${whenFalse}` };
  }
  for (const at of assertionsIn(location, owner, program)) yield { at, label: "asserts" };
});

page("late-settled.md", function* (node, program) {
  const late = lateSettled(node, program);
  if (late === undefined) return;
  yield { at: late.kept.at, label: "kept" };
  yield { at: node, label: "late", message: late.rivals.map(({ at }) => textOf(at)).join() };
});

page("held-values.md", function* (node, program) {
  const value = argumentOf(node, "here");
  const held = is.Identifier(value)
    ? heldAt(value, program)
    : is.PropertyAccessExpression(value)
      ? givenBehind(value, program)
      : undefined;
  if (value === undefined) return;
  yield { at: value, label: "holds", message: held?.map(textOf).join(" or ") ?? "anything" };
});

page("tests.md", function* (node, program) {
  const place = argumentOf(node, "here");
  const location = place && locationOf(place, program);
  if (location === undefined) return;
  for (const condition of conditionsOn(location, ownersOf(node, program), program)) {
    const side = sideOf(condition.node, node, program);
    const outcome = side === undefined ? "either" : side ? condition.whenTrue : condition.whenFalse;
    yield { at: condition.node, label: "tests", message: outcome };
  }
});

page("decisions.md", function* (node, program) {
  const place = argumentOf(node, "here");
  const location = place && locationOf(place, program);
  if (location === undefined) return;
  for (const condition of conditionsOn(location, ownersOf(node, program), program)) {
    const side = sideOfDecision(condition.node, node, program);
    const found = isFoundWanting(condition, node, program) ? "wanting" : "no matter";
    if (side !== undefined) yield { at: condition.node, label: "decides", message: found };
  }
});

page("windows.md", function* (node, program) {
  const write = writeAt(node, program);
  if (write === undefined || write.kind === "read") return;
  const closes = closesOf(write, program);
  const window = valueWindow(write, program, closes) ?? testWindow(write, program, closes);
  const [pause] = window?.pauses ?? [];
  if (window === undefined || pause === undefined) return;
  yield { at: window.read, label: "condition" in window ? "tested" : "read" };
  yield { at: pause, label: "pause" };
  yield { at: node, label: "rests", message: textOf(window.read) };
});

page("guards.md", function* (node, program) {
  const write = writeAt(node, program);
  if (write === undefined || write.kind === "read" || write.value === undefined) return;
  const closes = closesOf(write, program);
  const window = valueWindow(write, program, closes) ?? testWindow(write, program, closes);
  if (window === undefined) return;
  const isOpen = raceIn(window, program) !== undefined;
  yield { at: node, label: isOpen ? "open" : "kept" };
});

page("stale-uses.md", function* (node, program) {
  const object = is.PropertyAccessExpression(node) ? reachedInto(node, program) : undefined;
  const stale = object && staleUseOf(object, program);
  if (object === undefined || stale === undefined) return;
  yield { at: stale.condition.node, label: "tested" };
  yield { at: object, label: "stale", message: stale.writers.map((it) => textOf(it.at)).join() };
});

page("effects.md", function* (node, program) {
  if (!is.CallExpression(node)) return;
  const effect = effectBy(node, program);
  if (effect === undefined) return;
  const triggers = effect.triggers === "anything" ? ["anything"] : effect.triggers.map(textOf);
  yield { at: node.expression, label: "again", message: triggers.join() };
  for (const { at, trigger, guarding } of lateWrites(node, program)) {
    yield { at, label: "late", message: `${trigger}, ${guarding.kind}` };
  }
});

page("late-answers.md", function* (node, program) {
  const late = lateAnswer(node, program);
  if (late === undefined) return;
  yield { at: late.question, label: "question" };
  yield { at: node, label: "answer", message: isFunctionLike(late.fn) ? late.target : "" };
});

page("file-windows.md", function* (node, program) {
  const window = is.CallExpression(node) ? fileWindow(node, program) : undefined;
  if (window !== undefined) yield { at: node, label: window.kind, message: textOf(window.first) };
});

page("lock-release.md", releases);

page("lock-order.md", function* (node, program) {
  const circle = is.CallExpression(node) ? circleAt(node, program) : undefined;
  if (circle !== undefined) yield { at: node, label: "circle" };
});

page("event-dispatch.md", function* (node, program) {
  const late = is.PropertyAccessExpression(node) ? lateUse(node, program) : undefined;
  if (late !== undefined) yield { at: node, label: "late" };
});

page("shared-runs.md", function* (node, program) {
  if (isSharedRun(node, program)) yield { at: node, label: "shared" };
});

page("drains.md", function* (node, program) {
  const drain = drainAt(node, program);
  if (drain === undefined) return;
  yield { at: drain.read, label: "looked" };
  const adders = addersElsewhere(drain, program).map(({ at }) => textOf(at));
  yield { at: node, label: "emptied", message: adders.join() };
});

page("late-openings.md", function* (node, program) {
  const write = writeAt(node, program);
  const late = write?.kind === "write" ? lateOpening(write, program) : undefined;
  if (late === undefined) return;
  yield { at: late.condition.node, label: "tested" };
  yield { at: node, label: "late", message: `${textOf(late.setter.at)}, ${textOf(late.ending)}` };
});

page("unfinished.md", function* (node, program) {
  const write = writeAt(node, program);
  const unfinished = write?.kind === "write" ? unfinishedAt(write, program) : undefined;
  if (unfinished === undefined) return;
  yield { at: node, label: "marked" };
  yield { at: unfinished.use, label: "relied" };
});

page("ambient.md", function* (node, program) {
  const ambient = isAssignment(node) ? ambientFrom(node, program) : undefined;
  if (ambient !== undefined) yield { at: ambient.read, label: "foreign", message: textOf(node) };
});

page("shared-memory.md", function* (node, program) {
  const steps = updateInSteps(node, program) ?? storeBehindLook(node, program);
  if (steps !== undefined) yield { at: node, label: "steps", message: textOf(steps.read) };
});

page("records.md", function* (node, program) {
  const race = is.CallExpression(node) ? recordRace(node, program) : undefined;
  if (race !== undefined) yield { at: node, label: "over", message: race.name };
});
