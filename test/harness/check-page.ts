import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { applyEdits, piecesOf } from "../../analysis/edit.ts";
import { openMorph } from "../../analysis/engine/morph.ts";
import type { Engine } from "../../analysis/engine/type-engine.ts";
import { packages } from "../../analysis/primitives/index.ts";
import { modelsOf } from "../../analysis/primitives/models.ts";
import type { FixReport, InterleavingReport, Report } from "../../analysis/report.ts";
import type { Rule } from "../../analysis/rule.ts";
import { assertNoFailures, checkFile } from "../../analysis/run.ts";
import type { Settings } from "../../analysis/settings.ts";
import { LANE_BAR, timelineOf } from "../../analysis/timeline.ts";
import { type Marker, parseMarkers, renderMarkers } from "./markers.ts";
import { memoryHost } from "./memory-host.ts";
import { type Block, type Case, type Page, readPage, rewriteBlock } from "./page.ts";
import { PAGE_OPTIONS } from "./page-options.ts";

const GLOBALS = readFileSync(new URL("globals.d.ts", import.meta.url), "utf8");

/** With UPDATE=1, pages are rewritten to what the rule says today. Review the diff. */
const updating = process.env["UPDATE"] === "1";

/** The engine that a page is checked with; the same pages run over each engine. */
export type OpenEngine = (files: Readonly<Record<string, string>>) => Engine;

export const openOverMorph: OpenEngine = (files) =>
  openMorph({ host: memoryHost(files), files: Object.keys(files), compilerOptions: PAGE_OPTIONS });

/**
 * Runs one rule over every block of its pages and requires that
 *
 *  - the block type-checks, and the findings are exactly those the markers announce,
 *  - each fix shown on the page produces the text shown,
 *  - each fix offered, shown or not, leaves text that type-checks, removes its finding, adds none,
 *    and does so with other words in the place of those that it made up,
 *  - each fix offered is shown at least once on one of the pages,
 *  - each interleaving shown is what the first race in the block above it tells, and the pages of
 *    a rule that finds races show one.
 */
export function checkPages(paths: readonly URL[], rule: Rule, openEngine = openOverMorph): void {
  const offered = new Set<string>();
  const shown = new Set<string>();
  let races = 0;
  let interleavings = 0;

  for (const path of paths) {
    const page = readPage(path);
    const checker = new PageChecker(page, rule, openEngine);
    describe(path.pathname.split("/").at(-1) ?? "", () => {
      for (const block of page.cases) {
        test(`${block.heading} (line ${block.line})`, () => {
          // Only the default engine writes: two that write the same page would race.
          const update = updating && openEngine === openOverMorph;
          const { code, markers } = parseMarkers(block.text);
          const findings = checker.findings(block, code);
          const actual = renderMarkers(code, markersOf(findings, markers));
          if (update) rewriteBlock(path, block, actual);
          else expect(actual).toBe(block.text);

          for (const repair of block.repairs) {
            shown.add(general(repair.title));
            const edits = findings.flatMap((it) => fixOf(it, repair.title)?.edits ?? []);
            const repaired = applyEdits(code, edits);
            if (update) rewriteBlock(path, repair, repaired);
            else expect(repaired).toBe(repair.text);
          }
          const race = findings.find((it) => it.interleaving !== undefined);
          if (race !== undefined) races += 1;
          if (block.interleaving !== undefined) {
            interleavings += 1;
            const told = race?.interleaving === undefined ? "" : toldOnPage(race.interleaving);
            if (update) rewriteBlock(path, block.interleaving, told);
            else expect(told).toBe(block.interleaving.text);
          }
          for (const finding of findings) {
            for (const fix of finding.fixes) {
              offered.add(general(fix.title));
              checker.verify(block, code, finding, fix);
              for (const word of fix.chosen ?? []) {
                checker.verify(block, code, finding, withOther(word, fix));
              }
            }
          }
        });
      }
    });
  }

  test("an interleaving is shown where races are found", () => {
    const remedy =
      "Put a ```text interleaving block with a … in it below an example; UPDATE=1 fills it.";
    expect(races === 0 || interleavings > 0, remedy).toBe(true);
  });

  test("every fix is shown", () => {
    expect([...offered].filter((it) => !shown.has(it))).toEqual([]);
  });
}

/** Without line numbers, which a page does not show. */
function toldOnPage(interleaving: InterleavingReport): string {
  const rows = timelineOf(interleaving, { width: 96, placeOf: () => "" });
  const lanes = rows.map(({ left, right }) => `${left}${LANE_BAR}${right}`.trimEnd());
  return `${interleaving.evidence.message}\n\n${lanes.join("\n")}\n`;
}

/** One in-memory program for a whole page; a block is put in, checked, and changed in place. */
class PageChecker {
  private readonly rule: Rule;
  private readonly engine: Engine;

  constructor(page: Page, rule: Rule, openEngine: OpenEngine) {
    this.rule = rule;
    const blocks = page.cases.map((it) => [fileOf(it), parseMarkers(it.text).code]);
    const modules = Object.entries(page.modules).map(([name, text]) => [`/${name}`, text]);
    this.engine = openEngine({
      "/node_modules/@types/node/index.d.ts": GLOBALS,
      "/setup.d.ts": page.setup,
      ...Object.fromEntries([...modules, ...blocks]),
    });
  }

  findings(block: Case, code: string): readonly Report[] {
    if (!block.broken) expect(this.problems(block), "the example type-checks").toEqual([]);
    return this.run(block, code);
  }

  /** Applies one fix by itself. */
  verify(block: Case, code: string, finding: Report, fix: FixReport): void {
    const before = this.run(block, code);
    const repaired = applyEdits(code, fix.edits);
    const created = (fix.creates ?? []).map(({ file, text }) => ({ path: file, text }));
    if (created.length > 0) this.engine.change(created);
    try {
      const after = this.run(block, repaired);
      const what = `${fix.title}\n\n${repaired}\n`;
      if (!block.broken) expect(this.problems(block), what).toEqual([]);
      expect(after.length, `${what}removes its finding and adds none`).toBeLessThan(before.length);
      expect(after.map(identity), what).not.toContain(identity(finding));
    } finally {
      const gone = created.map(({ path }) => ({ path, text: undefined }));
      if (gone.length > 0) this.engine.change(gone);
      this.put(block, code);
    }
  }

  private run(block: Case, code: string): readonly Report[] {
    this.put(block, code);
    const types = this.engine.snapshot();
    const program = { types, models: MODELS };
    const file = types.file(fileOf(block));
    if (file === undefined) throw new Error(`${fileOf(block)} is not in the program`);
    const result = checkFile(program, file, [this.rule], settingsOf(this.rule, block));
    assertNoFailures([result]);
    return result.findings;
  }

  private put(block: Block, text: string): void {
    const path = fileOf(block);
    if (this.engine.snapshot().file(path)?.text === text) return;
    this.engine.change([{ path, text }]);
  }

  private problems(block: Block): readonly string[] {
    return this.engine
      .snapshot()
      .problems(fileOf(block))
      .map((it) => it.message);
  }
}

const MODELS = modelsOf(packages);

function settingsOf(rule: Rule, { strict }: Case): Settings {
  if (strict) return { profile: "strict", rules: rule.profile === "opt-in" ? on(rule) : {} };
  return { profile: "recommended", rules: rule.profile === "recommended" ? {} : on(rule) };
}

function on({ id, severity }: Rule) {
  return { [id]: severity };
}

function fileOf({ line, language }: Block): string {
  return `/line-${line}.${language}`;
}

/** A finding by what it is about; its place moves when text is put in before it. */
function identity({ rule, message, end, start, file }: Report): string {
  return `${rule} ${message} ${end - start} ${file} ${start}`;
}

function fixOf(finding: Report, title: string): FixReport | undefined {
  return finding.fixes.find((it) => it.title === title);
}

/** The fix as it is when somebody writes another word for one that it made up. */
function withOther(word: string, fix: FixReport): FixReport {
  const other = /^\d/.test(word) ? `${word}0` : `${word}Chosen`;
  const texts = fix.edits.map((it) => piecesOf(it.text));
  expect(texts.flat(), `${fix.title}: the word is in the new text`).toContain(word);
  return {
    ...fix,
    title: `${fix.title}, with '${other}' for '${word}'`,
    edits: fix.edits.map((it, index) => ({
      ...it,
      text: (texts[index] ?? []).map((piece) => (piece === word ? other : piece)).join(""),
    })),
  };
}

/** Titles that name the user's own code, in quotes, are the same fix under another name. */
function general(title: string): string {
  return title.replace(/'[^']+'/g, "'…'");
}

/** A message is rendered unless the page leaves it out at this very place. */
function markersOf(findings: readonly Report[], expected: readonly Marker[]): Marker[] {
  return findings
    .flatMap((it) => [
      { ...it, label: it.rule },
      // Notes in other files have no line here to stand under.
      ...it.notes
        .filter(({ file }) => file === it.file)
        .map((note) => ({ ...note, label: "note" })),
    ])
    .map(({ start, end, label, message }) => {
      const twin = expected.find((it) => it.start === start && it.label === label);
      return twin !== undefined && twin.message === undefined
        ? { start, end, label }
        : { start, end, label, message };
    });
}
