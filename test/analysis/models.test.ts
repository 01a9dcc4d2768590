import { expect, test } from "vitest";
import { calleeOf } from "../../analysis/facts/callees.ts";
import { callbackOf } from "../../analysis/facts/callbacks.ts";
import { packages } from "../../analysis/primitives/index.ts";
import { modelsOf } from "../../analysis/primitives/models.ts";
import type { CallModel } from "../../analysis/primitives/primitive.ts";
import type { Program } from "../../analysis/program.ts";
import {
  is,
  isFunctionExpression,
  type Node,
  type SourceFile,
  walk,
} from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("models.md", import.meta.url), function* (file, program) {
  for (const node of nodesIn(file)) {
    if (is.CallExpression(node) || is.NewExpression(node)) yield* saidOf(node, program);
    if (!isFunctionExpression(node)) continue;
    const use = callbackOf(node, program);
    if (use === undefined || use === "never") continue;
    const repeats = use.repeats === true ? ", repeats" : "";
    yield { at: node, label: "callback", message: `${use.runs}, ${use.result}${repeats}` };
  }
});

test("every statement has a reason, in a sentence", () => {
  for (const { modules, calls = {}, types = {} } of packages) {
    for (const [name, { reason }] of [...Object.entries(calls), ...Object.entries(types)]) {
      expect(reason, `${modules.join(", ")} ${name}`).toMatch(/^[A-Z].+\.$/);
    }
  }
});

test("no package takes back what another one says", () => {
  const said = new Map<string, CallModel>();
  for (const { modules, calls = {} } of packages) {
    for (const module of modules) {
      for (const [name, model] of Object.entries(calls)) {
        expect(said.get(`${module} ${name}`) ?? model, `${module} ${name}`).toBe(model);
        said.set(`${module} ${name}`, model);
      }
    }
  }
});

test("later packages win, and a named owner wins over any owner", () => {
  const models = modelsOf([
    { modules: ["shop"], calls: { "*.on": { reason: "Any.", observes: true } } },
    { modules: ["shop"], calls: { "Cart.on": { reason: "One." }, pay: { reason: "First." } } },
    { modules: ["shop"], calls: { pay: { reason: "Second." } } },
  ]);
  const reasonOf = (name: string) => models.call({ module: "shop", name })?.reason;
  expect(reasonOf("Cart.on")).toBe("One.");
  expect(reasonOf("Basket.on")).toBe("Any.");
  expect(reasonOf("on")).toBe(undefined);
  expect(reasonOf("pay")).toBe("Second.");
});

/** What the models say of a call, or of the promise that it gives. */
function* saidOf(call: Node, program: Program): Iterable<Answer> {
  const { model } = calleeOf(call, program);
  if (model?.result !== undefined) yield { at: call, label: model.result };
  if (model?.throws === true) yield { at: call, label: "throws" };
  if (model?.observes === true) yield { at: call, label: "observes" };
  for (const name of program.types.promise(call).names) {
    const type = program.models.type(name)?.promise;
    if (type !== undefined) yield { at: call, label: type };
  }
}

function nodesIn(file: SourceFile): Node[] {
  const nodes: Node[] = [];
  walk(file, (node) => {
    nodes.push(node);
    return undefined;
  });
  return nodes;
}
