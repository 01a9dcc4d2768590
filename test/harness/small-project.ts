import { Analyser, type AnalyserOptions } from "../../analysis/analyser.ts";
import { insertBefore } from "../../analysis/edit.ts";
import { modelsOf } from "../../analysis/primitives/models.ts";
import { fact, resolve } from "../../analysis/program.ts";
import { defineRule, type Rule } from "../../analysis/rule.ts";
import { assertNoFailures } from "../../analysis/run.ts";
import { RECOMMENDED } from "../../analysis/settings.ts";
import { calleeNameOf, enclosingFunction, is, type Node, walk } from "../../analysis/syntax.ts";
import { memoryHost } from "./memory-host.ts";

// Two rules as small as rules can be: one asks about types, the other about bodies in other files.
// How the core treats rules can be said with them, whatever the real ones come to be.

export const droppedPromise = defineRule({
  id: "dropped-promise",
  summary: "A call gives a promise that nobody looks at.",
  severity: "error",
  profile: "recommended",
  equivalents: [],
  on: {
    kinds: ["ExpressionStatement"],
    where: [{ child: "expression", kinds: ["CallExpression"] }],
  },
  *check({ expression }, program) {
    if (program.types.promise(expression).extent !== "all") return;
    yield {
      at: expression,
      message: "Nothing waits for this call.",
      why: "The next line runs first.",
      fixes: [
        {
          title: "Await the call",
          safety: "safe",
          edits: [insertBefore(expression, "await ")],
        },
      ],
    };
  },
});

export const throwingCall = defineRule({
  id: "throwing-call",
  summary: "While a module is loaded, a function is called that throws.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression"] },
  *check(call, program) {
    if (enclosingFunction(call) !== undefined) return;
    const thrown = program.types
      .symbol(calleeNameOf(call))
      ?.declarations.map((it) => resolve(it, program))
      .map((it) => it && throwIn(it, program))
      .find((it) => it !== undefined && it !== "none");
    if (thrown === undefined) return;
    yield {
      at: call,
      message: "This call throws.",
      why: "Nobody catches it.",
      notes: [{ at: thrown, message: "It is thrown here." }],
    };
  },
});

/** The first `throw` in a function, or in one that it calls. */
const throwIn = fact<Node, Node | "none">((declaration, program) => {
  const thrown: Node[] = [];
  walk(declaration, (node) => {
    if (is.ThrowStatement(node)) thrown.push(node);
    if (!is.CallExpression(node)) return undefined;
    for (const it of program.types.symbol(calleeNameOf(node))?.declarations ?? []) {
      const callee = resolve(it, program);
      const inside = callee === undefined ? "none" : throwIn(callee, program);
      if (inside !== "none") thrown.push(inside);
    }
    return undefined;
  });
  return thrown[0] ?? "none";
}, "none");

export const SMALL_RULES: readonly Rule[] = [droppedPromise, throwingCall];

/** A config for tests: few library files to read. */
export const TSCONFIG = JSON.stringify({
  compilerOptions: { strict: true, target: "es2022", module: "esnext", lib: ["es2022"], types: [] },
});

export function smallAnalyser(
  files: Readonly<Record<string, string>>,
  options: Partial<AnalyserOptions> = {},
): Analyser {
  return new Analyser({
    host: memoryHost(files),
    rules: SMALL_RULES,
    models: modelsOf([]),
    settingsFor: () => RECOMMENDED,
    keep: "all",
    ...options,
  });
}

/** What is found, by the text that is marked. */
export function markedBy(analyser: Analyser, files?: readonly string[]): readonly string[] {
  const results = [...analyser.check(files)];
  assertNoFailures(results);
  return results
    .flatMap((it) => it.findings)
    .map(
      ({ file, rule, start, end }) =>
        `${file} ${rule}: ${analyser.textOf(file)?.slice(start, end)}`,
    )
    .toSorted();
}

/** What is found, with every place there is in it. */
export function findingsOf(analyser: Analyser, files?: readonly string[]): readonly string[] {
  const results = [...analyser.check(files)];
  assertNoFailures(results);
  return results
    .flatMap((it) => it.findings)
    .map(({ file, rule, start, notes }) => {
      const also = notes.map((it) => ` → ${it.file}@${it.start}`);
      return `${file} ${rule}@${start}${also.join("")}`;
    })
    .toSorted();
}

/** Five files of which each rests on others, by types or by what bodies do. */
export const SHOP = {
  "/tsconfig.json": TSCONFIG,
  "/store.ts": `
    export function load(id: number): string { return "" + id; }
    export const save = (id: number) => { load(id); };
  `,
  "/cart.ts": `
    import { load, save } from "./store";
    export function add(id: number): void { load(id); save(id); }
  `,
  "/order.ts": `
    import { add } from "./cart";
    export interface Order { readonly add: typeof add }
    export function place(): void { add(1); }
  `,
  "/page.ts": `
    import { place, type Order } from "./order";
    export function show(order: Order): void { order.add(2); }
    place();
  `,
  "/clock.ts": "export function now(): number { return 1; }\nnow();",
};
