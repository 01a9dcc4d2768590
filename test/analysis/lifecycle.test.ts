import { staysOnSignal } from "../../analysis/facts/abort-listeners.ts";
import { unownedLoop } from "../../analysis/facts/background-loops.ts";
import { floodedBy } from "../../analysis/facts/backpressure.ts";
import { unclosedBy } from "../../analysis/facts/channels.ts";
import { orphanedBy } from "../../analysis/facts/controllers.ts";
import { disposesTooSoon, returnsPastDisposal } from "../../analysis/facts/disposals.ts";
import { listensLate } from "../../analysis/facts/late-listeners.ts";
import { forgottenTimer } from "../../analysis/facts/forgotten-timers.ts";
import { lateTimer } from "../../analysis/facts/late-timers.ts";
import { isRemoved, registrationOf, removalOf, targetKey } from "../../analysis/facts/listeners.ts";
import { nameOfLife } from "../../analysis/facts/lives.ts";
import { outlivingBy } from "../../analysis/facts/outliving.ts";
import { piledListener } from "../../analysis/facts/piled-listeners.ts";
import { intervalsInExecutor } from "../../analysis/facts/polling-timers.ts";
import { timersInRace } from "../../analysis/facts/race-timers.ts";
import { replacedBy } from "../../analysis/facts/replaced-handles.ts";
import { unreleasedBy } from "../../analysis/facts/resources.ts";
import { listenersLeftBy } from "../../analysis/facts/settled-listeners.ts";
import { serialLoop, stepsBefore } from "../../analysis/facts/serial-work.ts";
import type { Program } from "../../analysis/program.ts";
import {
  type CallExpression,
  is,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  walk,
} from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

// Facts about how long things last, each on a page of its own.

type Ask = (node: Node, program: Program) => Answer | undefined;

/** Asks about every node of every block. */
function checkEach(page: string, ask: Ask): void {
  checkFactPage(new URL(page, import.meta.url), function* (file, program) {
    const answers: Answer[] = [];
    walk(file, (node) => {
      const answer = ask(node, program);
      if (answer !== undefined) answers.push(answer);
      return undefined;
    });
    yield* answers;
  });
}

/** The same for calls only. */
function ofCalls(ask: (call: CallExpression, program: Program) => Answer | undefined): Ask {
  return (node, program) => (is.CallExpression(node) ? ask(node, program) : undefined);
}

checkEach("outliving.md", (node, program) => {
  if (!is.CallExpression(node) && !is.NewExpression(node)) return undefined;
  const found = outlivingBy(node, program);
  const message = found && `${found.begins}, ${nameOfLife(found.life)}`;
  return found && { at: node.expression, label: "outlives", message };
});

checkEach(
  "listeners.md",
  ofCalls((call, program) => {
    const added = registrationOf(call, program);
    if (added !== undefined) {
      const target = targetKey(added.target) ?? "?";
      const end = isRemoved(added, sourceFileOf(call), program) ? "removed" : "stays";
      const message = `${target}, ${end}${added.once ? ", once" : ""}`;
      return { at: call.expression, label: "listens", message };
    }
    const removed = removalOf(call, program);
    return removed && { at: call.expression, label: "removes", message: targetKey(removed.target) };
  }),
);

checkFactPage(new URL("race-timers.md", import.meta.url), function* (file, program) {
  const races: CallExpression[] = [];
  walk(file, (node) => {
    if (is.CallExpression(node)) races.push(node);
    return undefined;
  });
  for (const race of races) {
    for (const { timer, unreferenced } of timersInRace(race, program)) {
      yield { at: timer, label: "goes-on", message: unreferenced ? "unref" : undefined };
    }
  }
});

checkEach(
  "forgotten-timers.md",
  ofCalls((call, program) => {
    const found = forgottenTimer(call, program);
    if (found === undefined) return undefined;
    const message = `${textOf(found.handle)}, ${nameOf(found.end.name) ?? "?"}`;
    return { at: call.expression, label: "forgotten", message };
  }),
);

checkEach(
  "abort-listeners.md",
  ofCalls((call, program) => {
    const found = staysOnSignal(call, program);
    return found && { at: call.expression, label: "stays", message: found.because };
  }),
);

checkEach("controllers.md", (node, program) => {
  const found = is.NewExpression(node) ? orphanedBy(node, program) : undefined;
  return found && { at: node, label: "orphan", message: found.because };
});

checkEach("resources.md", (node, program) => {
  const found = is.VariableDeclaration(node) ? unreleasedBy(node, program) : undefined;
  return found && { at: found.name, label: "unreleased", message: found.path.to };
});

checkEach(
  "backpressure.md",
  ofCalls((call, program) => {
    const source = floodedBy(call, program);
    return source && { at: call.expression, label: "floods" };
  }),
);

checkEach(
  "late-listeners.md",
  ofCalls((call, program) => {
    const found = listensLate(call, program);
    return found && { at: call.expression, label: "late", message: found.event };
  }),
);

checkEach("disposals.md", (node, program) => {
  if (is.VariableDeclaration(node)) {
    const begun = disposesTooSoon(node, program);
    return begun && { at: begun, label: "too-soon" };
  }
  const past = is.ReturnStatement(node) ? returnsPastDisposal(node, program) : undefined;
  return past && { at: past.promise, label: "past" };
});

checkEach("replaced-handles.md", (node, program) => {
  if (!is.CallExpression(node) && !is.NewExpression(node)) return undefined;
  const found = replacedBy(node, program);
  return found && { at: node.expression, label: "replaces", message: found.again };
});

checkEach(
  "late-timers.md",
  ofCalls((call, program) => {
    const found = lateTimer(call, program);
    return found && { at: call.expression, label: "late", message: found.does };
  }),
);

checkEach(
  "piled-listeners.md",
  ofCalls((call, program) => {
    const found = piledListener(call, program);
    return found && { at: call.expression, label: "piles-up" };
  }),
);

checkEach(
  "settled-listeners.md",
  ofCalls((call, program) => {
    const found = listenersLeftBy(call, program);
    const message = found?.stay.map(({ event }) => textOf(event)).join(", ");
    return found && { at: call.expression, label: "leaves", message };
  }),
);

checkEach("polling-timers.md", (node, program) => {
  const [found] = is.NewExpression(node) ? intervalsInExecutor(node, program) : [];
  const message = found && `${found.handle ?? "nobody"}, ${String(found.ways.length)}`;
  return found && { at: found.timer.expression, label: "goes-on", message };
});

checkEach("serial-work.md", (node, program) => {
  if (is.ForOfStatement(node)) {
    const found = serialLoop(node, program);
    const message = found && found.collects.map(({ how }) => how).join(", ");
    return found && { at: found.call, label: "turns", message };
  }
  const steps = is.VariableStatement(node) ? stepsBefore(node, program) : undefined;
  const [, second] = steps ?? [];
  return second && { at: second.call, label: "steps", message: `${steps?.length ?? 0}` };
});

checkEach("background-loops.md", (node, program) => {
  const found = is.ExpressionStatement(node) ? unownedLoop(node, program) : undefined;
  return found && { at: found.call, label: "unowned" };
});

checkEach("channels.md", (node, program) => {
  const found = is.VariableDeclaration(node) ? unclosedBy(node, program) : undefined;
  return found && { at: found.sender, label: "unclosed", message: found.because };
});
