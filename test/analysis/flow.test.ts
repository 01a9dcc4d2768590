import {
  EXITS,
  type Exceptions,
  flowOwner,
  isReachable,
  pathFrom,
} from "../../analysis/facts/flow.ts";
import { isSuspension, suspensionsBetween } from "../../analysis/facts/segments.ts";
import type { Program } from "../../analysis/program.ts";
import {
  type CallExpression,
  is,
  isFunctionLike,
  type Node,
  nameOf,
  type SourceFile,
  textOf,
  walk,
} from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("flow.md", import.meta.url), function* (file, program) {
  for (const call of callsIn(file)) {
    const exceptions = EXCEPTIONS.get(nameOf(call.expression) ?? "");
    if (exceptions !== undefined) yield* escapes(call, exceptions, program);
    if (!isReachable(call, program)) yield { at: call, label: "unreachable" };
  }
});

checkFactPage(new URL("segments.md", import.meta.url), function* (file, program) {
  const starts = callsIn(file).filter((it) => nameOf(it.expression) === "start");
  for (const node of nodesIn(file)) {
    if (isSuspension(node, program)) yield { at: node, label: "suspends" };
    if (!is.CallExpression(node) || nameOf(node.expression) !== "use") continue;
    const before = starts.filter((it) => flowOwner(it) === flowOwner(node));
    for (const start of before) {
      const pauses = suspensionsBetween(start, node, program);
      if (pauses.length === 0) continue;
      yield { at: node, label: "after", message: pauses.map(firstLine).join(", ") };
    }
  }
});

/** What `start()` starts has to be used; which exceptions a path may take is in the name. */
const EXCEPTIONS: ReadonlyMap<string, Exceptions> = new Map([
  ["start", "thrown"],
  ["startAwaited", "awaited"],
  ["startAny", "any"],
]);

function* escapes(
  call: CallExpression,
  exceptions: Exceptions,
  program: Program,
): Iterable<Answer> {
  const path = pathFrom(call, { until: EXITS, stops: isUse, exceptions }, program);
  if (path === undefined) return;
  const at = isFunctionLike(path.at) ? path.to : `${path.to} at ${textOf(path.at)}`;
  yield { at: call, label: "escapes", message: at.replace(/\s+/g, " ") };
}

function firstLine(node: Node): string {
  return textOf(node).replace(/ *\n[^]*/, " …");
}

function isUse(node: Node): boolean {
  return is.CallExpression(node) && nameOf(node.expression) === "use";
}

function callsIn(file: SourceFile): CallExpression[] {
  return nodesIn(file).filter(is.CallExpression);
}

function nodesIn(file: SourceFile): Node[] {
  const nodes: Node[] = [];
  walk(file, (node) => {
    nodes.push(node);
    return undefined;
  });
  return nodes;
}
