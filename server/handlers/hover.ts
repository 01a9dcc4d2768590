import type { CancellationToken, Hover, HoverParams, MarkupContent } from "vscode-languageserver";
import type { Report } from "../../analysis/report.ts";
import { ALLOW_RULES } from "../../analysis/suppressions.ts";
import { rules } from "../../rules/index.ts";
import { throwIfCancelled } from "../pause.ts";
import type { Session } from "../session.ts";

/** Explains what is found at a place, or the rule that is named there. Asks no network. */
export async function hover(
  session: Session,
  { textDocument, position }: HoverParams,
  token: CancellationToken,
): Promise<Hover | null> {
  await session.settle(token);
  throwIfCancelled(token);
  const path = session.documents.pathOf(textDocument.uri);
  const document = session.documents.at(path);
  const entry = session.check(path);
  const lines = session.linesOf(path);
  const offset = lines.offset(position);
  const here = entry?.findings.filter((it) => it.start <= offset && offset <= it.end) ?? [];
  const [first] = here;
  if (first !== undefined) {
    const start = Math.min(...here.map((it) => it.start));
    const end = Math.max(...here.map((it) => it.end));
    const parts = here.map((it) => aboutFinding(it, session));
    return { contents: markup(parts.join("\n\n---\n\n"), session), range: lines.range(start, end) };
  }
  const named = document && ruleAt(document.text, document.lines.offset(position), path);
  if (named === undefined || document === undefined) return null;
  return {
    contents: markup(aboutRule(named.rule, session), session),
    range: document.lines.range(named.start, named.end),
  };
}

function aboutFinding(report: Report, session: Session): string {
  const { rule, message, why, notes, fixes } = report;
  const parts = [`**${rule}**: ${message}`, why];
  if (0 < notes.length) {
    const steps = notes.map((note, index) => {
      const { line } = session.linesOf(note.file).position(note.start);
      const uri = `${session.uriOf(note.file)}#L${line + 1}`;
      return `${index + 1}. [line ${line + 1}](${uri}): ${note.message}`;
    });
    parts.push(steps.join("\n"));
  }
  if (0 < fixes.length) {
    parts.push(`**How to fix it**\n\n${fixes.map((it) => `- ${it.title}`).join("\n")}`);
  }
  const exception = session.pages.section(rule, "When not to use it");
  if (exception !== undefined) parts.push(`**When not to use it**\n\n${exception}`);
  parts.push(linkTo(rule, session));
  return parts.filter((it) => it !== "").join("\n\n");
}

function aboutRule(rule: string, session: Session): string {
  const known = [...rules, ...ALLOW_RULES].find((it) => it.id === rule);
  return [`**${rule}**`, known?.summary ?? "", linkTo(rule, session)]
    .filter((it) => it !== "")
    .join("\n\n");
}

/** To the page, shown by the client where it can, else the file itself. */
function linkTo(rule: string, session: Session): string {
  const link = session.pages.link(rule);
  if (link === undefined) return "";
  const command = session.options["explainCommand"];
  if (typeof command !== "string") return `[All about ${rule}](${link})`;
  const argument = encodeURIComponent(JSON.stringify([rule]));
  return `[All about ${rule}](command:${command}?${argument})`;
}

/** The rule named at the offset: in a comment that allows it, or in a configuration. */
function ruleAt(text: string, offset: number, path: string) {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const line = /^[^\r\n]*/.exec(text.slice(lineStart))?.[0] ?? "";
  if (!/\.jsonc?$/.test(path) && !line.includes("mooring-allow")) return undefined;
  for (const { 0: word, index } of line.matchAll(/[a-z]+(?:-[a-z]+)+/g)) {
    const start = lineStart + index;
    const end = start + word.length;
    if (offset < start || end < offset) continue;
    if ([...rules, ...ALLOW_RULES].some((it) => it.id === word)) return { rule: word, start, end };
  }
  return undefined;
}

function markup(markdown: string, session: Session): MarkupContent {
  if (session.client.markdown) return { kind: "markdown", value: markdown };
  const plain = markdown.replace(/\*\*|`/g, "").replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
  return { kind: "plaintext", value: plain };
}
