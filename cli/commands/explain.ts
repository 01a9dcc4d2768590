import type { Rule } from "../../analysis/rule.ts";
import { ALLOW_RULES } from "../../analysis/suppressions.ts";
import { pageForReaders } from "../../rules/page.ts";
import { renderMarkdown } from "../markdown.ts";
import { pageOf } from "../pages.ts";
import { paintFor, type Shell } from "../shell.ts";
import { unknownRule } from "../usage.ts";

const ABOUT_COMMENTS = `A comment takes one finding out of the report and says why that is right:

\`\`\`ts
// mooring-allow floating-promise: fire and forget, the queue writes it down
queue.push(order);

queue.push(order); // mooring-allow floating-promise: fire and forget
\`\`\`

It speaks of its own line or, where it stands alone, of the next line of code. Several rules are
separated by commas. \`/* mooring-allow-file RULE: reason */\` before the first statement speaks of
the whole file. The reason behind the colon is required, and a comment that allows nothing is
reported, so that none of them outlives the code that it is about.
`;

/** The page of a rule, without asking the network: rendered for people, as it is for pipes. */
export function explain(id: string, shell: Shell, rules: readonly Rule[]): number {
  const comment = ALLOW_RULES.find((it) => it.id === id);
  const rule = rules.find((it) => it.id === id);
  if (rule === undefined && comment === undefined) {
    throw unknownRule(
      id,
      [...rules, ...ALLOW_RULES].map((it) => it.id),
    );
  }
  const summary = rule?.summary ?? comment?.summary ?? "";
  const body = comment === undefined ? "" : `\n${ABOUT_COMMENTS}`;
  const written = pageOf(id);
  const page = written === undefined ? `# ${id}\n\n${summary}\n${body}` : pageForReaders(written);

  const paint = paintFor(shell.out, shell);
  const isTerminal = shell.out.isTTY === true || paint("bold", "") !== "";
  const columns = Math.min(shell.out.columns ?? 80, 100);
  shell.out.write(isTerminal ? `\n${renderMarkdown(page, { paint, columns })}\n` : page);
  return 0;
}
