import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Analyser } from "../../analysis/analyser.ts";
import { pathOf } from "../../analysis/node-paths.ts";
import { packages } from "../../analysis/primitives/index.ts";
import { modelsOf } from "../../analysis/primitives/models.ts";
import type { FileResult } from "../../analysis/run.ts";
import { STRICT } from "../../analysis/settings.ts";
import { isHiddenPart } from "../../analysis/surface.ts";
import {
  is,
  isFunctionLike,
  type Node,
  type SourceFile,
  sourceFileOf,
  textOf,
  walk,
} from "../../analysis/syntax.ts";
import { generateProject } from "../../bench/generator/project.mjs";
import { rules } from "../../rules/index.ts";
import { memoryHost } from "../harness/memory-host.ts";
import { TSCONFIG } from "../harness/small-project.ts";

// All rules over services that call each other through several files, while statements of their bodies change.

const FILES = 32;
let original: ReadonlyMap<string, string>;

beforeAll(() => {
  const { texts } = generateProject({ files: FILES, seed: 3 });
  original = new Map([...texts].map(([path, text]) => [`/${path}`, text]));
});

function opened(texts: ReadonlyMap<string, string> = original): Analyser {
  const analyser = new Analyser({
    host: memoryHost({ "/tsconfig.json": TSCONFIG, ...Object.fromEntries(texts) }),
    rules,
    models: modelsOf(packages),
    settingsFor: () => STRICT,
    keep: "all",
  });
  analyser.open([...texts.keys()].toSorted());
  return analyser;
}

/** What may become of a statement of a body. */
const EDITS: readonly ((statement: string) => string)[] = [
  () => "",
  (it) => `${it}${it}`,
  (it) => `\nif (Math.random() > 2) {${it}\n}`,
  (it) => `\nthrow new Error("no");${it}`,
  (it) => `${it}\nawait Promise.resolve(1);`,
  (it) => `\nreturn;${it}`,
  (it) => `\nconst mark = 1;${it}`,
  (it) => `\n// nothing${it}`,
  (it) => it.replace("await ", ""),
  (it) => it.replace("===", "!=="),
  (it) => it.replace(/this\.(\w+)/, "this.$1Again"),
];

function bodiesOf(file: SourceFile): Node[] {
  const bodies: Node[] = [];
  walk(file, (it) => {
    if (is.Block(it) && isFunctionLike(it.parent)) bodies.push(it);
    return undefined;
  });
  return bodies;
}

function edited(analyser: Analyser, path: string, at: number, edit: number): string {
  const file = analyser.programOf(path)?.types.file(path);
  const statements = file && bodiesOf(file).flatMap((it) => (is.Block(it) ? it.statements : []));
  const statement = statements?.[at % statements.length];
  if (file === undefined || statement === undefined) return original.get(path) ?? "";
  const { pos, end } = statement;
  const changed = EDITS[edit]?.(file.text.slice(pos, end)) ?? "";
  return `${file.text.slice(0, pos)}${changed}${file.text.slice(end)}`;
}

test("after edits of bodies, all findings are those of a fresh analyser", () => {
  const paths = fc.constantFrom(...original.keys());
  const edit = fc.tuple(paths, fc.nat(200), fc.nat(EDITS.length - 1), fc.nat(3));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 12, maxLength: 12 }), (edits) => {
      const analyser = opened();
      const texts = new Map(original);
      shown([...analyser.check()]);
      for (const [path, at, kind, looks] of edits) {
        const text = edited(analyser, path, at, kind);
        texts.set(path, text);
        const affected = analyser.change([{ path, text }]);
        // Some look at everything, some at the file alone, and some not at all.
        if (looks > 0) shown([...analyser.check(looks === 1 ? [path] : affected)]);
      }
      expect(shown([...analyser.check()])).toEqual(shown([...opened(texts).check()]));
    }),
    { numRuns: 3, seed: 1 },
  );
}, 120_000);

function shown(results: readonly FileResult[]) {
  return results.map(({ file, findings, failures }) => ({ file, findings, failures }));
}

// Reading a body leaves no trace by itself, so whoever reads one of another file has to have been handed the function, or
// something in it, by a question. Held by a look-out in the place of each body's statements.
test("whoever reads a body of another file has asked about it", () => {
  const analyser = opened();
  const paths = [...original.keys()];
  const [first = ""] = paths;
  const program = analyser.programOf(first);
  const { trail } = program ?? {};
  const read = new Map<string, Set<Node>>();
  for (const path of paths) {
    const file = program?.types.file(path);
    for (const body of file === undefined ? [] : bodiesOf(file)) {
      const statements: unknown = Reflect.get(body, "statements");
      Object.defineProperty(body, "statements", {
        get: () => {
          const asking = trail?.asking;
          if (asking !== undefined && asking !== path) {
            read.set(asking, (read.get(asking) ?? new Set()).add(body));
          }
          return statements;
        },
      });
    }
  }
  shown([...analyser.check()]);
  const unasked = [...read].flatMap(([asking, bodies]) => {
    const prints = [...(trail?.into.get(asking)?.values() ?? [])].flatMap((it) => [...it]);
    const known = prints.map(([name, { print }]) => `${name} ${print ?? ""}`).join("\n");
    return [...bodies].flatMap((body) => {
      const isKnown = handedOver(body).some((it) => known.includes(it));
      return isKnown
        ? []
        : `${asking} reads ${sourceFileOf(body).fileName}, ${textOf(body.parent)}`;
    });
  });
  expect(read.size).toBeGreaterThan(5);
  expect(unasked).toEqual([]);
}, 60_000);

/** How prints name what a body comes with: a function around it, what is in one, or the surface of its file. */
function handedOver(body: Node): string[] {
  const file = sourceFileOf(body);
  if (!isHiddenPart(body, file)) return [`${file.fileName}:`];
  const names: string[] = [];
  for (let at = body.parent; !is.SourceFile(at); at = at.parent) {
    if (!isFunctionLike(at)) continue;
    const where = `${file.fileName}:${pathOf(at).steps.join("/")}`;
    names.push(`${where}:`, `${where}/`);
  }
  return names;
}
