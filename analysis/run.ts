import { bug } from "./bug.ts";
import type { Problem, Question } from "./engine/type-engine.ts";
import { copiedFrom } from "./engine/type-names.ts";
import { compileInterest } from "./interest.ts";
import type { Limit, Program } from "./program.ts";
import { type Report, reportOf } from "./report.ts";
import type { Rule } from "./rule.ts";
import { levelOf, levelOfFinding, type Settings } from "./settings.ts";
import { withoutAllowed } from "./suppressions.ts";
import { type Node, type SourceFile, walk } from "./syntax.ts";

/** A rule that threw: it is skipped for that file, and everything else is still reported. */
export interface Failure {
  readonly rule: string;
  readonly file: string;
  readonly error: unknown;
}

export interface FileResult {
  readonly file: string;
  /** In source order. */
  readonly findings: readonly Report[];
  readonly failures: readonly Failure[];
  /** What was too large to be followed, here or in what the file uses. */
  readonly limits: readonly Limit[];
  /** What the parser could not make sense of; the rest of the file was analysed all the same. */
  readonly syntax: readonly Problem[];
}

/**
 * Runs the rules over the files, one shared walk per file. Yields after each file, so that the
 * caller decides when to pause, to answer something else, or to stop.
 */
export function* run(
  program: Program,
  files: Iterable<string>,
  rules: readonly Rule[],
  settingsFor: (file: string) => Settings,
): Generator<FileResult, void> {
  for (const path of files) {
    const file = program.types.file(path);
    if (file !== undefined) yield checkFile(program, file, rules, settingsFor(path));
  }
}

/** All findings in one file that is part of the program. */
export function checkFile(
  program: Program,
  file: SourceFile,
  rules: readonly Rule[],
  settings: Settings,
): FileResult {
  // A primitive that was copied from the runtime was checked there, and nobody here wrote it.
  if (copiedFrom(file.text) !== undefined) return nothingIn(file);
  const active = rules.filter((rule) => levelOf(rule, settings) !== "off");
  const candidates = candidatesIn(file, active);
  program.types.prefetch(candidates.flatMap(questionsFor));
  const findings: Report[] = [];
  const failures: Failure[] = [];
  const broken = new Set<Rule>();

  for (const { rule, node } of candidates) {
    if (broken.has(rule)) continue;
    try {
      for (const finding of rule.check(node, program)) {
        const level = levelOfFinding(rule, finding, settings);
        if (level !== "off") findings.push(reportOf(rule, finding, level));
      }
    } catch (error) {
      broken.add(rule);
      failures.push({ rule: rule.id, file: file.fileName, error });
    }
  }

  const ran = new Set(active.filter((rule) => !broken.has(rule)).map((rule) => rule.id));
  const distinct = withoutCovered(findings, active);
  const left = [...withoutAllowed(file, distinct, { rules, ran, settings })];
  left.sort((a, b) => a.start - b.start || a.end - b.end || compare(a.rule, b.rule));
  const syntax = program.types.syntaxProblems(file.fileName);
  const limits = program.limits?.splice(0) ?? [];
  return { file: file.fileName, findings: left, failures, limits, syntax };
}

function nothingIn({ fileName }: SourceFile): FileResult {
  return { file: fileName, findings: [], failures: [], limits: [], syntax: [] };
}

/** One defect is said once: by the rule that says it best. */
function withoutCovered(findings: readonly Report[], rules: readonly Rule[]): Report[] {
  const covers = new Map(rules.map((it) => [it.id, it.covers ?? []]));
  return findings.filter(
    (finding) =>
      !findings.some(
        (other) =>
          covers.get(other.rule)?.includes(finding.rule) === true &&
          other.start <= finding.end &&
          finding.start <= other.end,
      ),
  );
}

interface Candidate {
  readonly rule: Rule;
  readonly node: Node & Parameters<Rule["check"]>[0];
}

/** One walk for all rules: each node is shown to the rules that asked for its kind. */
function candidatesIn(file: SourceFile, rules: readonly Rule[]): Candidate[] {
  const interested = compileInterest(rules);
  const candidates: Candidate[] = [];
  walk(file, (node) => {
    for (const row of interested(node.kind)) {
      // Sound: the table hands a rule only nodes of the kinds that it declares in `on`.
      if (row.meets(node)) candidates.push({ rule: row.rule, node: node as Candidate["node"] });
    }
    return undefined;
  });
  return candidates;
}

function questionsFor({ rule, node }: Candidate): Question[] {
  return (rule.on.asks ?? []).flatMap(({ about, child }) => {
    const asked: unknown = child === undefined ? node : Reflect.get(node, child);
    return isNode(asked) ? [{ about, node: asked }] : [];
  });
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value && "pos" in value;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** For callers that report failures themselves: says a failure in one sentence. */
export function describeFailure({ rule, file, error }: Failure, version: string): string {
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `mooring ${version}: the rule ${rule} failed on ${file} and was skipped there. ${cause}`;
}

/** Reports failures as bugs, which tests turn into errors. */
export function assertNoFailures(results: Iterable<FileResult>): void {
  for (const { failures } of results) {
    for (const failure of failures) bug(describeFailure(failure, "test"));
  }
}
