import type { CancellationToken, Hover, HoverParams, MarkupContent } from "vscode-languageserver";
import type { Report } from "../../analysis/report.ts";
import { ALLOW_RULES } from "../../analysis/suppressions.ts";
import { rules } from "../../rules/index.ts";
import { throwIfCancelled } from "../pause.ts";
import { allFound } from "../results.ts";
import type { Session } from "../session.ts";
import { lineOf, linkTo, timelineMarkdown, timelinePlain } from "../timeline.ts";

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
  const found = entry === undefined ? [] : allFound(entry);
  const here = found.filter((it) => it.start <= offset && offset <= it.end);
  const [first] = here;
  if (first !== undefined) {
    const start = Math.min(...here.map((it) => it.start));
    const end = Math.max(...here.map((it) => it.end));
    const isAlone = here.length === 1;
    const parts = here.map((it) => {
      const isSaid =
        entry?.findings.includes(it) === true && session.options["showsMessages"] === true;
      return aboutFinding(it, session, isSaid, isAlone);
    });
    return { contents: markup(parts.join("\n\n---\n\n"), session), range: lines.range(start, end) };
  }
  const named = document && ruleAt(document.text, document.lines.offset(position), path);
  if (named === undefined || document === undefined) return null;
  return {
    contents: markup(aboutRule(named.rule, session), session),
    range: document.lines.range(named.start, named.end),
  };
}

/** What VS Code says above it by itself, the message, is left out there. */
function aboutFinding(report: Report, session: Session, isSaid: boolean, isAlone: boolean): string {
  const { rule, message, why, file, fixes } = report;
  const title = isSaid ? (isAlone ? "" : `**${rule}**`) : `**${rule}**: ${message}`;
  const parts = [title, happening(report, session), why];
  if (0 < fixes.length) {
    parts.push(`**How to fix it**\n\n${fixes.map((it) => `- ${it.title}`).join("\n")}`);
  }
  parts.push(linkToPage(rule, session));
  const exception = session.pages.section(rule, "When not to use it");
  if (exception !== undefined) parts.push(`**When not to use it**\n\n${exception}`);
  return parts.filter((it) => it !== "").join("\n\n");

  function happening({ notes, interleaving }: Report, { client, places }: Session): string {
    if (interleaving === undefined) {
      return notes
        .map((it, index) => {
          const place = linkTo(it, `line ${lineOf(it, file, places)}`, places);
          return `${index + 1}. ${place}: ${it.message}`;
        })
        .join("\n");
    }
    const { evidence } = interleaving;
    const place = linkTo(evidence, `line ${lineOf(evidence, file, places)}`, places);
    const lanes = client.markdown
      ? timelineMarkdown(interleaving, file, places)
      : timelinePlain(interleaving, file, places);
    return `**How it happens**\n\n${evidence.message} (${place})\n\n${lanes}`;
  }
}

function aboutRule(rule: string, session: Session): string {
  const known = [...rules, ...ALLOW_RULES].find((it) => it.id === rule);
  return [`**${rule}**`, known?.summary ?? "", linkToPage(rule, session)]
    .filter((it) => it !== "")
    .join("\n\n");
}

/** To the page, shown by the client where it can, else the file itself. */
function linkToPage(rule: string, session: Session): string {
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
  // Names stay in their quotes: without them sentences about code are hard to read.
  const plain = markdown.replace(/^\*\*(.+?)\*\*/gm, "$1").replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
  return { kind: "plaintext", value: plain };
}
