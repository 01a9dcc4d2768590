import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openMorph } from "../../analysis/engine/morph.ts";
import { packages } from "../../analysis/primitives/index.ts";
import { modelsOf } from "../../analysis/primitives/models.ts";
import type { Program } from "../../analysis/program.ts";
import { type Node, type SourceFile, startOf } from "../../analysis/syntax.ts";
import { type Marker, parseMarkers, renderMarkers } from "./markers.ts";
import { memoryHost } from "./memory-host.ts";
import { type Case, type Page, readPage, rewriteBlock } from "./page.ts";
import { PAGE_OPTIONS } from "./page-options.ts";

const GLOBALS = readFileSync(new URL("globals.d.ts", import.meta.url), "utf8");

/** With UPDATE=1, pages are rewritten to what the fact says today. Review the diff. */
const update = process.env["UPDATE"] === "1";

/** An answer, to be shown by carets below the node. */
export interface Answer {
  readonly at: Node;
  readonly label: string;
  readonly message?: string | undefined;
}

/** Asks a fact about every block of a page and compares its answers with the carets there. */
export function checkFactPage(
  path: URL,
  answers: (file: SourceFile, program: Program) => Iterable<Answer>,
): void {
  const page = readPage(path);
  const program = programOf(page);
  describe(path.pathname.split("/").at(-1) ?? "", () => {
    for (const block of page.cases) {
      test(`${block.heading} (line ${block.line})`, () => {
        const { code, markers } = parseMarkers(block.text);
        const file = program.types.file(fileOf(block));
        if (file === undefined) throw new Error(`${fileOf(block)} is not in the program`);
        if (!block.broken) expect(program.types.problems(file.fileName)).toEqual([]);
        const found = [...answers(file, program)].map((it) => markerOf(it, file, markers));
        const actual = renderMarkers(code, found);
        if (update) rewriteBlock(path, block, actual);
        else expect(actual).toBe(block.text);
      });
    }
  });
}

/** A program over texts in memory, for facts that are tested without a page. */
export function programOver(files: Readonly<Record<string, string>>): Program {
  const host = memoryHost(files);
  const engine = openMorph({
    host,
    files: Object.keys(files).filter(isRoot),
    compilerOptions: PAGE_OPTIONS,
  });
  return { types: engine.snapshot(), models: modelsOf(packages) };
}

/** Own files, and what declares the platform; other packages are found from imports. */
function isRoot(path: string): boolean {
  return !path.startsWith("/node_modules/") || path.startsWith("/node_modules/@types/");
}

function programOf(page: Page): Program {
  return programOver({
    // Where Node's own types would be, so that the globals are the platform's and not the user's.
    "/node_modules/@types/node/index.d.ts": GLOBALS,
    "/setup.d.ts": page.setup,
    ...Object.fromEntries(Object.entries(page.modules).map(([name, it]) => [`/${name}`, it])),
    ...Object.fromEntries(page.cases.map((it) => [fileOf(it), parseMarkers(it.text).code])),
  });
}

function fileOf({ line, language }: Case): string {
  return `/line-${line}.${language}`;
}

/** A message that the page leaves out is not compared. */
function markerOf({ at, label, message }: Answer, file: SourceFile, expected: readonly Marker[]) {
  if (/\s/.test(label)) throw new Error(`“${label}” is no label: a page takes one word.`);
  const range = { start: startOf(at, file), end: at.end, label };
  const twin = expected.find((it) => it.start === range.start && it.label === label);
  return twin !== undefined && twin.message === undefined ? range : { ...range, message };
}
