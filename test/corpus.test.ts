import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openMorph } from "../analysis/engine/morph.ts";
import { packages } from "../analysis/primitives/index.ts";
import { modelsOf } from "../analysis/primitives/models.ts";
import { assertNoFailures, checkFile } from "../analysis/run.ts";
import { RECOMMENDED, type Settings } from "../analysis/settings.ts";
import { Disk } from "../cli/disk.ts";
import { rules } from "../rules/index.ts";
import { PAGE_OPTIONS } from "./harness/page-options.ts";

// The snippets of RULES.md, as they are kept beside the repository: each line marked FLAG is
// reported by the rule of its file, and nothing at all in a file of correct code by what is on by
// default. Rules that are not written yet are listed by the test's output, not passed over silently.

const CORPUS = new URL("../../shared/corpus/", import.meta.url);

interface Expected {
  readonly file: string;
  readonly rule: string;
  readonly lines: readonly number[];
}

if (existsSync(CORPUS)) {
  const { expected, check } = corpus();
  const known = new Set(rules.map(({ id }) => id));
  const missing = new Set(expected.filter(({ rule }) => !known.has(rule)).map(({ rule }) => rule));
  if (missing.size > 0) console.info(`The corpus has rules to come: ${[...missing].join(", ")}`);

  describe("what must be reported is", () => {
    const bad = expected.filter(({ rule, file }) => known.has(rule) && /\.bad\.tsx?$/.test(file));
    test.each(bad)("$file", ({ file, rule, lines }) => {
      // Named, since some rules are on only where they are.
      const found = check(file, { profile: "strict", rules: { [rule]: "warning" } });
      expect(new Set(found.filter((it) => it.rule === rule).map((it) => it.line))).toEqual(
        new Set(lines),
      );
    });
  });

  describe("nothing is reported where nothing is wrong", () => {
    const good = expected.filter(({ file }) => /\.good\.tsx?$/.test(file));
    test.each(good)("$file", ({ file }) => {
      expect(check(file, RECOMMENDED)).toEqual([]);
    });
  });
} else {
  console.warn(
    `\n*** ${CORPUS.pathname} IS NOT THERE: the corpus is not checked. Put shared/ beside the repository. ***\n`,
  );
  test.skip("the corpus, which is not beside this repository", () => {});
}

/** The whole corpus is one project, with the libraries of this repository. */
function corpus() {
  const folder = fileURLToPath(CORPUS);
  const sources = readdirSync(`${folder}src`).filter((it) => /\.tsx?$/.test(it));
  const engine = openMorph({
    host: new Disk(folder),
    files: [`${folder}ambient.d.ts`, ...sources.map((it) => `${folder}src/${it}`)],
    compilerOptions: {
      ...PAGE_OPTIONS,
      lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      types: ["node"],
      typeRoots: [fileURLToPath(new URL("../node_modules/@types", import.meta.url))],
    },
  });
  const program = { types: engine.snapshot(), models: modelsOf(packages) };

  const check = (path: string, settings: Settings) => {
    const file = program.types.file(`${folder}${path}`);
    if (file === undefined) throw new Error(`${path} is not in the corpus`);
    const result = checkFile(program, file, rules, settings);
    assertNoFailures([result]);
    return result.findings.map(({ rule, message, start }) => ({
      rule,
      message,
      line: file.text.slice(0, start).split("\n").length,
    }));
  };
  // The form is that of shared/corpus/expected.json, which nobody but a person writes.
  const expected = JSON.parse(readFileSync(`${folder}expected.json`, "utf8")) as Expected[];
  return { expected, check };
}
