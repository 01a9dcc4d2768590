import { Session } from "node:inspector/promises";
import { expect, test } from "vitest";
import type { TypeEngine } from "../../analysis/engine/type-engine.ts";
import type { Program } from "../../analysis/program.ts";
import { checkFile } from "../../analysis/run.ts";
import { rules } from "../../rules/index.ts";
import { programOver } from "../harness/fact-page.ts";

// Twice the code may cost twice the work and little more: what a race rule does must not grow with the
// square of a class's methods, nor with that of a function's lines. Counted are the questions to the
// type engine, and the calls of functions of the analysis and the rules, which V8 counts exactly. Where
// a function is so large that it would be too much all the same, the rules give up on it and say so.

const RACES = rules.filter(({ id }) =>
  /^(?:lost-.*|racy-.*|stale-.*|leaky-busy-flag|live-iteration|inconsistent-lock)$/.test(id),
);

test("a class costs as many questions as it has methods", () => {
  expect(questionsFor(classOf(60))).toBeLessThan(2.5 * questionsFor(classOf(30)));
});

test("a function costs as many questions as it has lines", () => {
  expect(questionsFor(functionOf(120))).toBeLessThan(2.5 * questionsFor(functionOf(60)));
});

test("a class of two hundred methods costs twice as much as one of a hundred", async () => {
  expect(await callsFor(classOf(200))).toBeLessThan(2.5 * (await callsFor(classOf(100))));
});

test("a function costs little more than twice as much when it is twice as long", async () => {
  for (const make of [functionOf, placesOf, writesOf]) {
    const short = await callsFor(make(500));
    const long = await callsFor(make(1000));
    expect(long).toBeLessThan(3 * short);
    expect(await callsFor(make(2000))).toBeLessThan(2.5 * long);
  }
});

test("a function that is too large is given up on, and that is said once", () => {
  expect(check(placesOf(500)).limits).toEqual([]);
  expect(check(placesOf(2000)).limits.map(({ message }) => message)).toEqual([
    "`all` is too large to be followed: races in it are not looked for.",
  ]);
});

test("a place that is read too often is given up on, and that is said once", () => {
  expect(check(functionOf(25)).limits).toEqual([]);
  expect(check(functionOf(50)).limits.map(({ message }) => message)).toEqual([
    "`all` reads `total` 100 times: races of it are not looked for there.",
  ]);
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

/** As many places as lines, each read and written. */
function placesOf(lines: number): string {
  const places = Array.from({ length: lines / 2 }, (_, at) => at);
  return [
    "declare function load(id: number): Promise<number>;",
    ...places.map((at) => `let t${at} = 0;`),
    "export async function all() {",
    ...places.flatMap((at) => [
      `  const v${at} = await load(${at});`,
      `  t${at} = t${at} + v${at};`,
    ]),
    "}",
  ].join("\n");
}

/** One place that is tested at the top and written in each line. */
function writesOf(lines: number): string {
  return [
    "declare function load(id: number): Promise<number>;",
    "let total = 0;",
    "export async function all() {",
    "  if (total > 3) return;",
    ...Array.from({ length: lines }, (_, at) => `  total = await load(${at});`),
    "}",
  ].join("\n");
}

/** How often functions of the analysis and of the rules are called for a file. */
async function callsFor(text: string): Promise<number> {
  const program = programOver({ "/a.ts": text });
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    checkIn(program);
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const own = result.filter(({ url }) => /\/(?:analysis|rules)\/(?!engine\/)/.test(url));
    return own
      .flatMap((it) => it.functions)
      .reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
  } finally {
    session.disconnect();
  }
}

function check(text: string) {
  return checkIn({ ...programOver({ "/a.ts": text }), limits: [] });
}

function checkIn(program: Program) {
  const file = program.types.file("/a.ts");
  if (file === undefined) throw new Error("the file is not in the program");
  return checkFile(program, file, RACES, { profile: "strict", rules: {} });
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
  checkIn({ ...inner, types });
  return asked;
}
