import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { NativeUnavailable, openNative } from "../../analysis/engine/native.ts";
import type { Place, TypeEngine } from "../../analysis/engine/type-engine.ts";
import { is, isOneOf, isTypeNode, Kind, type Node, textOf, walk } from "../../analysis/syntax.ts";
import { rules } from "../../rules/index.ts";
import { checkPages, openOverMorph } from "../harness/check-page.ts";
import { memoryHost } from "../harness/memory-host.ts";
import { disposeAll, openOverNative } from "../harness/native-engine.ts";
import { BOTH } from "./both-engines.ts";

afterAll(disposeAll);

// The seam holds as long as the pages of every rule pass over another compiler, unchanged.
for (const rule of rules) {
  describe(rule.id, () => {
    const page = new URL(`../../rules/${rule.id}/${rule.id}.md`, import.meta.url);
    const cases = new URL(`../../rules/${rule.id}/${rule.id}.cases.md`, import.meta.url);
    checkPages([page, cases], rule, openOverNative);
  });
}

describe("both engines", () => {
  const morph = openOverMorph(BOTH).snapshot();
  const native = openOverNative(BOTH).snapshot();

  for (const path of Object.keys(BOTH).filter((it) => !it.includes("node_modules"))) {
    const [ours, theirs] = [morph, native].map((it) => nodesIn(it.file(path)));

    test(`see the same code in ${path}`, () => {
      expect(theirs?.map(textOf)).toEqual(ours?.map(textOf));
      expect(native.problems(path)).toEqual(morph.problems(path));
      expect(new Set(native.importsOf(path))).toEqual(new Set(morph.importsOf(path)));
    });

    for (const about of ["promise", "value", "slot", "symbol", "declared", "callee"] as const) {
      test(`answer the same about each ${about} in ${path}`, () => {
        const asked = ours?.map((it, index) => [it, theirs?.[index]] as const) ?? [];
        for (const [node, twin] of asked.filter(([it]) => MAY_ASK[about](it))) {
          if (twin === undefined) continue;
          const answers = [answer(native, about, twin), answer(morph, about, node)];
          expect(answers[0], textOf(node)).toEqual(answers[1]);
        }
      });
    }

    test(`find the same room for values in ${path}`, () => {
      const names = ["run", "then", "signal", "balance"];
      for (const [index, node] of (ours ?? []).entries()) {
        const twin = theirs?.[index];
        if (twin === undefined) continue;
        const [first, second] = [native.signatures(twin, names), morph.signatures(node, names)];
        expect(plain(first), textOf(node)).toEqual(plain(second));
        if (!isValue(node)) continue;
        const [held, meant] = [native.members(twin, names), morph.members(node, names)];
        expect(plain(held), textOf(node)).toEqual(plain(meant));
      }
    });

    test(`find the same inherited members in ${path}`, () => {
      for (const [index, node] of (ours ?? []).entries()) {
        const twin = theirs?.[index];
        if (!isMember(node) || twin === undefined) continue;
        expect(plain(native.inherited(twin)), textOf(node)).toEqual(plain(morph.inherited(node)));
      }
    });
  }
});

describe("a change", () => {
  const engine = openOverNative({ "/a.ts": "import { b } from './b.ts';\nb();" });

  test("is not there before it is announced", () => {
    expect(engine.snapshot().problems("/a.ts")).toHaveLength(1);
    expect(engine.snapshot().file("/b.ts")).toBeUndefined();
  });

  test("adds a file", () => {
    engine.change([{ path: "/b.ts", text: "export async function b() {}" }]);
    const snapshot = engine.snapshot();
    expect(snapshot.problems("/a.ts")).toEqual([]);
    expect(snapshot.importsOf("/a.ts")).toEqual(["/b.ts"]);
    expect(snapshot.isOwn("/b.ts")).toBe(true);
    expect(snapshot.promise(lastCallIn(snapshot.file("/a.ts"))).extent).toBe("all");
  });

  test("replaces a text", () => {
    engine.change([{ path: "/b.ts", text: "export function b() {}" }]);
    const snapshot = engine.snapshot();
    expect(snapshot.promise(lastCallIn(snapshot.file("/a.ts"))).extent).toBe("none");
  });

  test("removes a file", () => {
    engine.change([{ path: "/b.ts", text: undefined }]);
    expect(engine.snapshot().problems("/a.ts")).toHaveLength(1);
  });

  test("sees the same node as the same object", () => {
    const file = engine.snapshot().file("/a.ts");
    expect(engine.snapshot().file("/a.ts")).toBe(file);
    expect(lastCallIn(file)).toBe(lastCallIn(file));
    expect(file?.statements).toBe(file?.statements);
  });
});

describe("where TypeScript 7 is not", () => {
  test("opening says so", () => {
    expect(openFrom("/nowhere/")).toThrow(NativeUnavailable);
    expect(openFrom("/nowhere/")).toThrow(/no `typescript` package can be found/);
  });

  test("another version is named", () => {
    const folder = mkdtempSync(join(tmpdir(), "mooring-"));
    mkdirSync(join(folder, "node_modules/typescript"), { recursive: true });
    writeFileSync(join(folder, "node_modules/typescript/package.json"), '{ "version": "6.0.2" }');
    expect(openFrom(`${folder}/`)).toThrow(/TypeScript 6\.0\.2 is not/);
  });
});

function openFrom(from: string) {
  return () =>
    openNative({
      host: memoryHost({}),
      files: [],
      config: undefined,
      compilerOptions: {},
      packages: "host",
      from,
    });
}

type About = "promise" | "value" | "slot" | "symbol" | "declared" | "callee";

function answer(engine: TypeEngine, about: About, node: Node): unknown {
  return plain(engine[about](node));
}

/** Answers without what has to differ: numbers of symbols, and where the library is. */
function plain(found: unknown): unknown {
  if (Array.isArray(found)) return found.map(plain);
  if (typeof found !== "object" || found === null) return found;
  if (isPlace(found) && /\/lib\.[^/]*$/.test(found.file)) {
    return { kind: found.kind, file: found.file.split("/").at(-1) };
  }
  const parts = Object.entries(found).filter(([name]) => name !== "id");
  return Object.fromEntries(parts.map(([name, part]) => [name, plain(part)]));
}

function isPlace(found: object): found is Place {
  return "file" in found && "start" in found;
}

const isNamed = isOneOf("Identifier", "PrivateIdentifier");
const isMember = isOneOf("MethodDeclaration", "PropertyDeclaration", "MethodSignature");

const MAY_ASK: Readonly<Record<About, (node: Node) => boolean>> = {
  promise: isValue,
  value: isValue,
  slot: isValue,
  symbol: isNamed,
  declared: isNamed,
  callee: (node) => is.CallExpression(node) || is.NewExpression(node),
};

function isValue(node: Node): boolean {
  if (isTypeNode(node.parent) || is.ExpressionWithTypeArguments(node.parent)) return false;
  const { kind } = node;
  if (Kind.ArrayLiteralExpression <= kind && kind <= Kind.SatisfiesExpression) return true;
  return is.Identifier(node) && !isTypeNode(node);
}

function nodesIn(file: Node | undefined): readonly Node[] {
  const nodes: Node[] = [];
  if (file !== undefined) {
    walk(file, (it) => {
      nodes.push(it);
      return undefined;
    });
  }
  return nodes;
}

function lastCallIn(file: Node | undefined): Node {
  const call = nodesIn(file).findLast((it) => is.CallExpression(it));
  if (call === undefined) throw new Error("There is no call.");
  return call;
}
