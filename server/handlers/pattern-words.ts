import type { MarkupContent } from "vscode-languageserver";
import type { Pattern, PatternCode } from "../../snippets/pattern.ts";
import { expandSnippet, parseSnippet } from "../../snippets/snippet-text.ts";
import type { Session } from "../session.ts";

/** What somebody should know who is about to choose a pattern. */
export function aboutPattern(
  { title, when, whenNot, rules }: Pattern,
  code: PatternCode,
  session: Session,
): MarkupContent {
  const parts = [
    `**${title}**`,
    `**When.** ${when}`,
    `**When not.** ${whenNot}`,
    `\`\`\`${code.language}\n${previewOf(code.body)}\n\`\`\``,
  ];
  if (rules.length > 0)
    parts.push(`Done wrong: ${rules.map((it) => link(it, session)).join(", ")}`);
  const value = parts.join("\n\n");
  if (session.client.markdown) return { kind: "markdown", value };
  return { kind: "plaintext", value: value.replace(/\*\*|`{3}\w*\n?|`/g, "") };
}

/** The text that a snippet inserts, to be read: indented by two spaces. */
export function previewOf(snippet: string): string {
  const text = expandSnippet(parseSnippet(snippet));
  return text.replace(/^\t+/gm, (tabs) => "  ".repeat(tabs.length));
}

function link(rule: string, session: Session): string {
  const command = session.options["explainCommand"];
  if (typeof command !== "string") return `\`${rule}\``;
  return `[${rule}](command:${command}?${encodeURIComponent(JSON.stringify([rule]))})`;
}
