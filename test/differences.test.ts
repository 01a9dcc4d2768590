import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { packages } from "../analysis/primitives/index.ts";
import { modelsOf } from "../analysis/primitives/models.ts";
import { assertNoFailures, checkFile } from "../analysis/run.ts";
import { STRICT } from "../analysis/settings.ts";
import { rules } from "../rules/index.ts";
import { openOverMorph } from "./harness/check-page.ts";
import { parseMarkers, renderMarkers } from "./harness/markers.ts";
import { type Case, type Page, readPage, rewriteBlock } from "./harness/page.ts";

// What the rules of typescript-eslint document, met by all rules together under the strict profile.
// Messages are on the rules' own pages; here the name of the rule says enough. What is not met, and
// why, is in docs/differences.md. With UPDATE=1 the carets are written anew.

const GLOBALS = readFileSync(new URL("harness/globals.d.ts", import.meta.url), "utf8");
const FOLDER = new URL("differences/", import.meta.url);
const MODELS = modelsOf(packages);
const update = process.env["UPDATE"] === "1";

for (const name of readdirSync(FOLDER).filter((it) => it.endsWith(".md"))) {
  const path = new URL(name, FOLDER);
  const page = readPage(path);
  describe(name, () => {
    const engine = openOverMorph(textsOf(page));
    for (const block of page.cases) {
      test(`${block.heading} (line ${block.line})`, () => {
        const { code } = parseMarkers(block.text);
        const types = engine.snapshot();
        const problems = types.problems(fileOf(block)).map((it) => it.message);
        if (!block.broken) expect(problems, "the example type-checks").toEqual([]);
        const file = types.file(fileOf(block));
        if (file === undefined) throw new Error(`${fileOf(block)} is not in the program`);
        const result = checkFile({ types, models: MODELS }, file, rules, STRICT);
        assertNoFailures([result]);
        const actual = renderMarkers(
          code,
          result.findings.map(({ start, end, rule }) => ({ start, end, label: rule })),
        );
        if (update) rewriteBlock(path, block, actual);
        else expect(actual).toBe(block.text);
      });
    }
  });
}

function textsOf({ cases, modules, setup }: Page): Record<string, string> {
  const blocks = cases.map((it) => [fileOf(it), parseMarkers(it.text).code]);
  const files = Object.entries(modules).map(([name, text]) => [`/${name}`, text]);
  return {
    "/globals.d.ts": GLOBALS,
    "/setup.d.ts": setup,
    ...Object.fromEntries([...files, ...blocks]),
  };
}

function fileOf({ line, language }: Case): string {
  return `/line-${line}.${language}`;
}
