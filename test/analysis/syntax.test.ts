import { ts } from "ts-morph";
import { afterAll, describe, expect, test } from "vitest";
import type { EngineSnapshot } from "../../analysis/engine/type-engine.ts";
import {
  is,
  isFunctionLike,
  isOneOf,
  Kind,
  type Node,
  startOf,
  walk,
} from "../../analysis/syntax.ts";
import { openOverMorph } from "../harness/check-page.ts";
import { disposeAll, openOverNative } from "../harness/native-engine.ts";
import { EVERY_KIND } from "./every-kind.ts";

const SHAPES = shapes();
const morph = openOverMorph(EVERY_KIND).snapshot();
const native = openOverNative(EVERY_KIND).snapshot();
afterAll(disposeAll);

describe("kinds", () => {
  test("are the compiler's own", () => {
    const names: Readonly<Record<string, string | number>> = ts.SyntaxKind;
    expect(Object.keys(Kind).filter((it) => names[it] !== valueOf(it))).toEqual([]);
  });

  test("each have a guard that holds for nothing else", () => {
    const numbers = [...new Set<number>(Object.values(Kind))];
    for (const [name, guard] of Object.entries(is)) {
      expect(
        numbers.filter((kind) => guard(nodeOf(kind))),
        name,
      ).toEqual([valueOf(name)]);
      expect(guard(undefined)).toBe(false);
    }
  });

  test("can be asked for together", () => {
    const isLiteral = isOneOf("StringLiteral", "NumericLiteral");
    expect(isLiteral(nodeOf(Kind.StringLiteral))).toBe(true);
    expect(isLiteral(nodeOf(Kind.Identifier))).toBe(false);
    expect(isLiteral(undefined)).toBe(false);
    expect(isFunctionLike(nodeOf(Kind.Constructor))).toBe(true);
    expect(isFunctionLike(nodeOf(Kind.FunctionType))).toBe(false);
  });
});

for (const [engine, snapshot] of Object.entries({ morph, native })) {
  describe(`the shapes of the ${engine} engine's nodes`, () => {
    const nodes = nodesIn(snapshot);

    test("have every name somewhere", () => {
      const names = new Set(SHAPES.flatMap(({ children }) => children.map(({ name }) => name)));
      const absent = [...names].filter((name) =>
        nodes.every((it) => Reflect.get(it, name) === undefined),
      );
      expect(absent).toEqual([]);
    });

    for (const { kind, children } of SHAPES) {
      test(kind, () => {
        const found = nodes.filter((it) => it.kind === valueOf(kind));
        expect(found.length, "occurs in every-kind.ts").toBeGreaterThan(0);
        for (const { name, isOptional, isShared, isList } of children) {
          const values = found.map((it): unknown => Reflect.get(it, name));
          const present = values.filter((it) => it !== undefined);
          if (!isOptional) expect(present.length, name).toBe(found.length);
          // What several kinds may have, not each of them does: arrow functions have no asterisk.
          else if (!isShared) expect(present.length, `${name} occurs`).toBeGreaterThan(0);
          expect(
            present.every((it) => Array.isArray(it) === isList),
            name,
          ).toBe(true);
        }
      });
    }
  });
}

describe("the two compilers", () => {
  test("make the same tree", () => {
    expect(nodesIn(native).map(outline)).toEqual(nodesIn(morph).map(outline));
  });

  test("keep the same children under the same names", () => {
    const theirs = nodesIn(native);
    for (const [index, node] of nodesIn(morph).entries()) {
      const shape = SHAPES.find(({ kind }) => valueOf(kind) === node.kind);
      for (const { name } of shape?.children ?? []) {
        const [ours, other] = [node, theirs[index]].map((it) => it && plain(Reflect.get(it, name)));
        expect(other, `${name} of ${outline(node)}`).toEqual(ours);
      }
    }
  });

  test("give each node its parent", () => {
    for (const node of nodesIn(native)) {
      node.forEachChild((child) => {
        expect(child.parent).toBe(node);
        return undefined;
      });
    }
  });
});

describe("startOf", () => {
  const code = [
    "\uFEFF/* é */ // \u{1F600}\r\n  import a from './a.ts' // trailing\r\n",
    "/** Doc */\u2028 export\tdefault /* inner */ function /* name */ f /**/ (/* none */) { }\r\n",
    "const b = /* one */ 1 /* two */ + // end\n\n  2;\u00A0\u3000let c;\n",
    "/* unfinished",
  ];
  const files = {
    "/marked.ts": code.join(""),
    "/script.js": "#!/usr/bin/env node\n// comment\nlet a;\n",
    "/page.tsx":
      "const p = ( // why\n  <a b = { /* c */ d } > text // no comment\n {e} <b/> </a> );\n",
    "/broken.ts": "function ( { if (a.  \n /* so */ } const = ;\n class { await }",
    ...EVERY_KIND,
  };

  for (const [path, text] of Object.entries(files)) {
    test(`is where the compiler starts: ${path}`, () => {
      for (const snapshot of [openOverMorph(files).snapshot(), openOverNative(files).snapshot()]) {
        const file = snapshot.file(path);
        expect(file?.text).toBe(text);
        const nodes = file === undefined ? [] : below(file);
        const starts = nodes.map((it) => `${nameOf(it.kind)} ${startOf(it)} ${it.end}`);
        expect(starts).toEqual(compilerStarts(path, text));
      }
    });
  }
});

function compilerStarts(path: string, text: string): readonly string[] {
  const starts: string[] = [];
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const visit = (node: ts.Node): void => {
    // White space is part of a text between tags; the compiler skips it there nevertheless.
    const start = ts.isJsxText(node) ? node.pos : node.getStart(file);
    starts.push(`${nameOf(node.kind)} ${start} ${node.end}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return starts;
}

/** What the interface says, read from its own source: the names of each kind's children. */
function shapes() {
  const path = new URL("../../analysis/shapes.ts", import.meta.url).pathname;
  const program = ts.createProgram([path], { strict: true, noLib: true, noEmit: true });
  const checker = program.getTypeChecker();
  const declaration = program
    .getSourceFile(path)
    ?.statements.filter(ts.isInterfaceDeclaration)
    .find((it) => it.name.text === "Shapes");
  if (declaration === undefined) throw new Error("analysis/shapes.ts declares no Shapes");
  return checker
    .getTypeAtLocation(declaration)
    .getProperties()
    .map((shape) => ({
      kind: shape.name,
      children: checker.getTypeOfSymbol(shape).getProperties().map(childOf),
    }));
}

function childOf(child: ts.Symbol) {
  const written = child.declarations?.[0];
  return {
    name: child.name,
    isOptional: (child.flags & ts.SymbolFlags.Optional) !== 0,
    isShared: written !== undefined && ts.isInterfaceDeclaration(written.parent),
    isList: /: (?:List\b|readonly .*\[\])/.test(written?.getText() ?? ""),
  };
}

function nodesIn(snapshot: EngineSnapshot): readonly Node[] {
  const files = Object.keys(EVERY_KIND).map((it) => snapshot.file(it));
  return files.flatMap((it) => (it === undefined ? [] : below(it)));
}

/** The node and all below it, in source order. */
function below(node: Node): readonly Node[] {
  const nodes = [node];
  walk(node, (it) => {
    nodes.push(it);
    return undefined;
  });
  return nodes;
}

function outline(node: Node): string {
  return `${nameOf(node.kind)} ${node.pos} ${node.end}`;
}

/** Nodes as their outline, in lists too; everything else as it is. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return isNode(value) ? outline(value) : value;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "forEachChild" in value;
}

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Kind).map(([name, kind]) => [kind, name]),
);

function nameOf(kind: number): string {
  return NAMES.get(kind) ?? `unknown kind ${kind}`;
}

function valueOf(name: string): unknown {
  return Reflect.get(Kind, name);
}

function nodeOf(kind: number): Node {
  const node: Node = {
    kind,
    pos: 0,
    end: 0,
    get parent() {
      return node;
    },
    forEachChild: () => undefined,
  };
  return node;
}
