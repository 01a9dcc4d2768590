import { type AllowComment, allowComments, type NamedRule } from "./allow-comments.ts";
import { closest } from "./closest.ts";
import type { Edit } from "./edit.ts";
import type { FixReport, Report } from "./report.ts";
import type { Rule, Severity } from "./rule.ts";
import type { Level, Settings } from "./settings.ts";
import type { SourceFile } from "./syntax.ts";

// `// mooring-allow floating-promise: fire and forget` takes a finding out of the report.
//
// Comments rot: the code they speak of is repaired, moved, or copied elsewhere with its comment.
// So each has to say why, and one that allows nothing is a finding itself.

/** What is reported about the comments; ids that settings know like those of rules. */
export const ALLOW_RULES = [
  {
    id: "allow-without-reason",
    severity: "error",
    summary: "A comment allows a finding, and does not say why that is right.",
  },
  {
    id: "unknown-allow",
    severity: "error",
    summary: "A comment allows findings of a rule that does not exist.",
  },
  {
    id: "unused-allow",
    severity: "warning",
    summary: "A comment allows a finding that is not there.",
  },
] as const satisfies readonly { id: string; severity: Severity; summary: string }[];

type AllowRule = (typeof ALLOW_RULES)[number]["id"];

export interface Checked {
  /** All rules there are, so that a comment can name one that is off. */
  readonly rules: readonly Rule[];
  /** The ids of those that ran to the end: only about these can a comment be called unused. */
  readonly ran: ReadonlySet<string>;
  readonly settings: Settings;
}

/** The findings that no comment allows, and what is wrong with the comments. Unordered. */
export function withoutAllowed(
  file: SourceFile,
  findings: readonly Report[],
  checked: Checked,
): readonly Report[] {
  const comments = allowComments(file);
  if (comments.length === 0) return findings;

  const used = new Set<NamedRule>();
  const result = findings.filter((finding) => {
    const line = finding.file === file.fileName ? lineOf(file, finding.start) : undefined;
    let allowed = false;
    for (const comment of comments) {
      if (comment.reason === "" || (comment.scope !== "file" && comment.scope !== line)) continue;
      for (const name of comment.rules) {
        if (name.id !== finding.rule) continue;
        used.add(name);
        allowed = true;
      }
    }
    return !allowed;
  });
  for (const comment of comments) result.push(...remarks(file, comment, used, checked));
  return result;
}

function* remarks(
  file: SourceFile,
  comment: AllowComment,
  used: ReadonlySet<NamedRule>,
  { rules, ran, settings }: Checked,
): Generator<Report, void> {
  const about = (id: AllowRule, remark: Omit<Remark, "file">) =>
    report(id, { ...remark, file: file.fileName }, settings);

  if (comment.rules.length === 0) {
    const message = "This comment does not name the rule that it allows.";
    yield* about("unknown-allow", { ...comment, message, why: "It allows nothing." });
    return;
  }
  const known = rules.map((it) => it.id);
  const unknown = comment.rules.filter(({ id }) => !known.includes(id));
  for (const { id, start, end } of unknown) {
    const near = closest(id, known);
    const message = `There is no rule \`${id}\`${near === undefined ? "." : `; did you mean \`${near}\`?`}`;
    const fix = near && write(`Write \`${near}\``, { file: file.fileName, start, end, text: near });
    const why = "The comment allows nothing under this name.";
    yield* about("unknown-allow", { start, end, message, why, fixes: fix ? [fix] : [] });
  }
  if (comment.reason === "") {
    const message = `This comment does not say why ${listed(comment.rules)} may stay.`;
    const why = "Without a reason behind a colon the finding stays reported.";
    yield* about("allow-without-reason", { ...comment, message, why });
    return;
  }
  if (comment.scope === "nothing") {
    const message = "This comment stands behind the first statement.";
    const why = "Only a comment at the top of the file can speak for the whole file.";
    yield* about("unused-allow", { ...comment, message, why });
    return;
  }

  const unused = comment.rules.filter((it) => ran.has(it.id) && !used.has(it));
  if (unused.length === 0) return;
  const where = comment.scope === "file" ? "in this file" : "here";
  const message = `There is no ${listed(unused)} ${where} to allow.`;
  const why = "The next one that appears here is hidden under a reason that was given for another.";
  const fixes = [removal(file, comment, unused)];
  const range = unused.length === comment.rules.length ? comment : (unused[0] ?? comment);
  yield* about("unused-allow", { ...range, message, why, fixes });
}

interface Remark {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly why: string;
  readonly fixes?: readonly FixReport[];
}

function* report(id: AllowRule, remark: Remark, settings: Settings): Generator<Report, void> {
  const { file, start, end, message, why, fixes = [] } = remark;
  const level: Level | undefined =
    settings.rules[id] ?? ALLOW_RULES.find((rule) => rule.id === id)?.severity;
  if (level === undefined || level === "off") return;
  yield { rule: id, severity: level, message, why, file, start, end, notes: [], fixes };
}

/** Takes the comment away, with its line where it stands alone; or only the names, if some are used. */
function removal(file: SourceFile, comment: AllowComment, unused: readonly NamedRule[]): FixReport {
  const title = "Remove the comment";
  const { fileName, text } = file;
  const remaining = comment.rules.filter((it) => !unused.includes(it));
  const [first, last] = [comment.rules[0], comment.rules.at(-1)];
  if (remaining.length > 0 && first !== undefined && last !== undefined) {
    const names = remaining.map((it) => it.id).join(", ");
    const edit = { file: fileName, start: first.start, end: last.end, text: names };
    return { title: `Remove ${listed(unused)} from the comment`, safety: "safe", edits: [edit] };
  }
  let { start, end } = comment.whole;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.slice(lineStart, start);
  const after = /^[ \t]*(?:\r\n|\r|\n|$)/.exec(text.slice(end))?.[0];
  if (after !== undefined && before.trim() === "") {
    start = lineStart;
    end += after.length;
  } else if (after !== undefined) {
    start -= before.length - before.trimEnd().length;
  }
  return { title, safety: "safe", edits: [{ file: fileName, start, end, text: "" }] };
}

function write(title: string, edit: Edit): FixReport {
  return { title, safety: "suggestion", edits: [edit] };
}

function listed(rules: readonly NamedRule[]): string {
  const names = rules.map(({ id }) => `\`${id}\``);
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** Counted as {@link allowComments} counts. */
function lineOf(file: SourceFile, offset: number): number {
  let line = 0;
  for (
    let at = file.text.indexOf("\n");
    at >= 0 && at < offset;
    at = file.text.indexOf("\n", at + 1)
  )
    line += 1;
  return line;
}
