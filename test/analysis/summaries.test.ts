import { callbackParameter, observation } from "../../analysis/facts/callbacks.ts";
import { isToldInstead } from "../../analysis/facts/optional-callbacks.ts";
import { startedBy } from "../../analysis/facts/returns.ts";
import { rejectsFrom, throwsFrom } from "../../analysis/facts/summaries.ts";
import { waitedElsewhere } from "../../analysis/facts/waited-elsewhere.ts";
import type { Program } from "../../analysis/program.ts";
import {
  type FunctionLike,
  is,
  isFunctionLike,
  type Node,
  type NodeOf,
  nameOf,
  type SourceFile,
  textOf,
  walk,
} from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("summaries.md", import.meta.url), function* (file, program) {
  for (const fn of functionsIn(file)) {
    const throws = throwsFrom(fn, program);
    const rejects = rejectsFrom(fn, program);
    if (throws !== undefined) yield { at: throws, label: "throws", message: titleOf(fn) };
    if (rejects !== undefined) yield { at: rejects, label: "rejects", message: titleOf(fn) };
  }
});

checkFactPage(new URL("callbacks.md", import.meta.url), function* (file, program) {
  for (const fn of functionsIn(file)) {
    if (startedBy(fn, program) !== undefined && fn.name !== undefined) {
      yield { at: fn.name, label: "starts" };
    }
    for (const parameter of fn.parameters) yield* useOf(parameter, program);
  }
});

checkFactPage(new URL("waited-elsewhere.md", import.meta.url), function* (file, program) {
  const calls: Node[] = [];
  walk(file, (node) => {
    if (is.CallExpression(node)) calls.push(node);
    return undefined;
  });
  for (const at of calls) {
    const other = waitedElsewhere(at, program);
    if (other !== undefined) yield { at, label: "waited-elsewhere", message: textOf(other) };
  }
});

checkFactPage(new URL("optional-callbacks.md", import.meta.url), function* (file, program) {
  const calls: NodeOf<"CallExpression">[] = [];
  walk(file, (node) => {
    if (is.CallExpression(node)) calls.push(node);
    return undefined;
  });
  for (const at of calls) if (isToldInstead(at, program)) yield { at, label: "told" };
});

/** Parameters called `run` are callbacks, those called `saving` are promises. */
function* useOf(parameter: NodeOf<"Parameter">, program: Program): Iterable<Answer> {
  if (nameOf(parameter.name) === "saving") {
    const at = observation(parameter, program);
    if (at !== undefined) yield { at, label: "observes" };
  }
  if (nameOf(parameter.name) !== "run") return;
  const use = callbackParameter(parameter, program);
  if (use === undefined) return;
  const repeats = use !== "never" && use.repeats === true ? ", repeats" : "";
  const message = use === "never" ? "never" : `${use.runs}, ${use.result}${repeats}`;
  yield { at: parameter.name, label: "callback", message };
}

function functionsIn(file: SourceFile): FunctionLike[] {
  const functions: FunctionLike[] = [];
  walk(file, (node) => {
    if (isFunctionLike(node) && node.body !== undefined) functions.push(node);
    return undefined;
  });
  return functions;
}

/** The function's name, or that of the variable or member that holds it. */
function titleOf(fn: FunctionLike): string {
  const holder: Node & { readonly name?: Node | undefined } = fn.parent;
  return nameOf(fn.name) ?? nameOf(holder.name) ?? (is.Constructor(fn) ? "constructor" : "inner");
}
