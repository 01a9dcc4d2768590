import { insertBefore, replace } from "../../analysis/edit.ts";
import type { Late } from "../../analysis/facts/late-listeners.ts";
import { declarationOf } from "../../analysis/facts/references.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  type CallExpression,
  is,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
  walk,
} from "../../analysis/syntax.ts";
import { indentOf, isInList, statementAfter, statementRemoved } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

/** Begins to listen in front of what sets off the event, and waits where it did before. */
export function listenFirst(call: CallExpression, late: Late, program: Program): Fix[] {
  if (late.kind === "made") return listenAtOnce(call, late, program);
  if (late.kind === "handed-over" || late.kind === "shown") return [];
  const trigger = statementOf(late.trigger) ?? statementAwaiting(late.trigger);
  const awaiting = is.AwaitExpression(call.parent) ? call.parent : undefined;
  const declares = awaiting && ancestor(awaiting, is.VariableStatement);
  const statement = statementOf(awaiting ?? call) ?? declares;
  if (trigger === undefined || statement === undefined || !isInList(trigger)) return [];
  if (trigger.parent !== statement.parent || declaresBetween(call, trigger, program)) return [];
  const title = `Begin to listen for '${late.event}' before it can come`;
  const indent = indentOf(trigger);
  if (awaiting === undefined) {
    const edits = [
      insertBefore(trigger, `${textOf(statement)}\n${indent}`),
      statementRemoved(statement),
    ];
    return [{ title, safety: "suggestion", edits }];
  }
  const isOnlyWait = statement !== declares;
  const awaited = statementAwaiting(late.trigger) === undefined ? undefined : late.trigger;
  if (isOnlyWait && awaited !== undefined) {
    // What sets it off takes its time, and may fail in the meantime.
    const edits = [
      replace(awaited, `Promise.all([${textOf(call)}, ${textOf(awaited)}])`),
      statementRemoved(statement),
    ];
    return [{ title, safety: "suggestion", edits }];
  }
  const name = unusedName(call, [late.event.replace(/\W/g, ""), "heard", "arrived"]);
  if (name === undefined) return [];
  const begins = insertBefore(trigger, `const ${name} = ${textOf(call)};\n${indent}`);
  // A promise that is waited for only after other pauses has to be heard meanwhile.
  const edits = isOnlyWait
    ? [begins, ...statementAfter(trigger, `await ${name};`), statementRemoved(statement)]
    : [begins, ...statementAfter(trigger, `${name}.catch(() => {});`), replace(call, name)];
  return [{ title, safety: "suggestion", edits, chosen: [name] }];
}

/** Begins to listen right behind what makes the emitter. */
function listenAtOnce(call: CallExpression, late: Late, program: Program): Fix[] {
  const statement = statementOf(call);
  const made = ancestor(late.trigger, (it): it is Node => it?.parent === statement?.parent);
  if (made === undefined || statement === undefined || !isInList(made)) return [];
  if (declaresBetween(call, made, program)) return [];
  return [
    {
      title: `Begin to listen for '${late.event}' at once`,
      safety: "suggestion",
      edits: [...statementAfter(made, textOf(statement)), statementRemoved(statement)],
    },
  ];
}

function statementAwaiting(call: Node): Node | undefined {
  return is.AwaitExpression(call.parent) ? statementOf(call.parent) : undefined;
}

/** Whether the listener mentions something that is declared only behind the trigger. */
function declaresBetween(call: CallExpression, trigger: Node, program: Program): boolean {
  const file = sourceFileOf(call);
  const from = trigger.end;
  let found = false;
  walk(call, (it) => {
    if (found || !is.Identifier(it) || nameOf(it) === undefined) return undefined;
    const declaration = declarationOf(it, program);
    if (declaration === undefined || sourceFileOf(declaration) !== file) return undefined;
    found = from <= declaration.pos && declaration.end <= startOf(call, file);
    return undefined;
  });
  return found;
}
