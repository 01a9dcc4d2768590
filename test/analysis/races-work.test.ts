import { expect, test } from "vitest";
import type { TypeEngine } from "../../analysis/engine/type-engine.ts";
import type { Program } from "../../analysis/program.ts";
import { checkFile } from "../../analysis/run.ts";
import { rules } from "../../rules/index.ts";
import { programOver } from "../harness/fact-page.ts";

// Twice the code may cost twice the questions and little more: what a race rule asks of a class must
// not grow with the square of its methods, nor with that of a function's lines.

const RACES = rules.filter(({ id }) =>
  /^(?:lost-update|racy-.*|stale-guard|leaky-busy-flag|lost-dirty-flag|live-iteration)$/.test(id),
);

test("a class costs as many questions as it has methods", () => {
  expect(questionsFor(classOf(60))).toBeLessThan(2.5 * questionsFor(classOf(30)));
});

test("a function costs as many questions as it has lines", () => {
  expect(questionsFor(functionOf(120))).toBeLessThan(2.5 * questionsFor(functionOf(60)));
});

function classOf(methods: number): string {
  const lines = [
    "declare function load(id: number): Promise<number>;",
    "export class HubService {",
  ];
  for (let at = 0; at < methods; at += 1) {
    const next = (at + 1) % methods;
    lines.push(
      `  private n${at} = 0;`,
      `  private c${at}: { ping(): void } | undefined;`,
      `  async m${at}(id: number) {`,
      `    this.n${at} = this.n${at} + (await load(id));`,
      `    if (!this.c${at}) return;`,
      `    await this.m${next}(id);`,
      `    this.c${at}.ping();`,
      `  }`,
      `  drop${at}() { this.c${at} = undefined; }`,
    );
  }
  return [...lines, "}"].join("\n");
}

function functionOf(lines: number): string {
  const body: string[] = [];
  for (let at = 0; at < lines; at += 1)
    body.push(`  if (total > ${at}) total = total + (await load(${at}));`);
  return [
    "declare function load(id: number): Promise<number>;",
    "let total = 0;",
    "export async function all() {",
    ...body,
    "}",
  ].join("\n");
}

/** How often the type engine is asked for a file. */
function questionsFor(text: string): number {
  const inner = programOver({ "/a.ts": text });
  let asked = 0;
  const counted = new Set<keyof TypeEngine>([
    "symbol",
    "promise",
    "value",
    "callee",
    "slot",
    "declared",
  ]);
  const types = new Proxy(inner.types, {
    get(target, key, receiver) {
      if (typeof key === "string" && new Set<string>(counted).has(key)) asked += 1;
      const it: unknown = Reflect.get(target, key, receiver);
      return typeof it === "function" ? it.bind(target) : it;
    },
  });
  const program: Program = { ...inner, types };
  const file = types.file("/a.ts");
  if (file === undefined) throw new Error("the file is not in the program");
  checkFile(program, file, RACES, { profile: "strict", rules: {} });
  return asked;
}
