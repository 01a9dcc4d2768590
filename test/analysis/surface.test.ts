import { expect, test } from "vitest";
import { openMorph } from "../../analysis/engine/morph.ts";
import { surfaceOf } from "../../analysis/surface.ts";
import { memoryHost } from "../harness/memory-host.ts";

function surface(text: string, path = "/cart.ts") {
  const host = memoryHost({ [path]: text });
  const engine = openMorph({
    host,
    files: [path],
    compilerOptions: { noLib: true, allowJs: true },
  });
  const file = engine.snapshot().file(path);
  if (file === undefined) throw new Error(`${path} is not in the program`);
  return surfaceOf(file);
}

test.each([
  [
    "a body",
    "export function f(): number { return 1; }",
    "export function f(): number { return 2; }",
  ],
  ["an arrow's value", "export const f = (): number => 1;", "export const f = (): number => 2;"],
  [
    "a method's body",
    "export class Cart { add(): void { this.n = 1; } n = 0 }",
    "export class Cart { add(): void { this.n = 2; } n = 0 }",
  ],
  [
    "a setter's body",
    "export class Cart { set size(to: number) { to; } }",
    "export class Cart { set size(to: number) { to + 1; } }",
  ],
  [
    "a constructor's body",
    "export class Cart { n: number; constructor() { this.n = 1; } }",
    "export class Cart { n: number; constructor() { this.n = 2; } }",
  ],
  [
    "a comment",
    "export const n: number = 1;",
    "// Why.\nexport const /* so */ n: /* or so */ number = 1;",
  ],
  ["white space", "export const n: number = 1;", "\n\nexport const n:\n  number = 1;"],
  [
    "an import that only bodies use",
    "export function f(): void {}",
    'import { g } from "./g";\nexport function f(): void { g(); }',
  ],
])("others do not see %s", (_, before, after) => {
  expect(surface(after).text).toBe(surface(before).text);
});

test.each([
  ["a parameter", "export function f(): void {}", "export function f(n: number): void {}"],
  [
    "a body that says what is returned",
    "export function f() { return 1; }",
    "export function f() { return ''; }",
  ],
  ["an arrow's inferred value", "export const f = () => 1;", "export const f = () => '';"],
  ["a value", "export const n = 1;", "export const n = 2;"],
  ["a name", "export const n = 1;", "export const m = 1;"],
  ["documentation", "export const n = 1;", "/** @deprecated */ export const n = 1;"],
  [
    "a constructor's body that says what a property is",
    "export class Cart { n; constructor() { this.n = 1; } }",
    "export class Cart { n; constructor() { this.n = ''; } }",
  ],
  [
    "where a mentioned import comes from",
    'import { g } from "./g"; export const f = g;',
    'import { g } from "./h"; export const f = g;',
  ],
  ["where an export comes from", 'export * from "./g";', 'export * from "./h";'],
  ["what an export is called", "const n = 1; export { n };", "const n = 1; export { n as m };"],
])("others see %s", (_, before, after) => {
  expect(surface(after).text).not.toBe(surface(before).text);
});

test("in JavaScript, where assignments declare, bodies are seen as well", () => {
  const text = "export class Cart { set size(to) { this.total = to; } }";
  const before = surface(text, "/cart.js");
  const after = surface(text.replace("= to", "= 'none'"), "/cart.js");
  expect(after.text).not.toBe(before.text);
});

test("an import shows through where the surface mentions it", () => {
  const { exposing } = surface(`
    import { used } from "./hidden";
    import { Shape } from "./shape";
    import whole, * as all from "./all";
    import old = require("./old");
    import "./effect";
    export * from "./star";
    export { one } from "./one";
    export type Lazy = import("./lazy").Lazy;
    export const later = () => import("./later");
    export function area(shape: Shape): number { return used(shape); }
    export const both = [all, old];
  `);
  const expected = ["./all", "./later", "./lazy", "./old", "./one", "./shape", "./star"];
  expect([...exposing].toSorted()).toEqual(expected);
});

test.each([
  ["declare const n: number;", "/globals.d.ts", true],
  ["function log() {}", "/script.js", true],
  ["export {}; declare global { var n: number }", "/cart.ts", true],
  ['import "g"; declare module "g" { interface G {} }', "/cart.ts", true],
  ["export as namespace Cart; export const n: number;", "/cart.d.ts", true],
  ["export {}; namespace Inner { export const n = 1; }", "/cart.ts", false],
  ['import "./g";', "/cart.ts", false],
  ["exports.n = 1;", "/cart.js", false],
  ["module.exports = { n: 1 };", "/cart.cjs", false],
  ['require("./g");', "/cart.js", false],
])("%s in %s is seen without an import: %s", (text, path, isGlobal) => {
  expect(surface(text, path).isGlobal).toBe(isGlobal);
});
