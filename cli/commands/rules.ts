import type { Rule } from "../../analysis/rule.ts";
import { ALLOW_RULES } from "../../analysis/suppressions.ts";
import { paintFor, type Shell } from "../shell.ts";

/** All rules, one line each; or as JSON, with all that is known of them. */
export function listRules(
  { json }: { readonly json: boolean },
  shell: Shell,
  rules: readonly Rule[],
): number {
  const rows = [
    ...rules.map(({ id, summary, severity, profile, equivalents }) => {
      return { id, summary, severity, profile, equivalents };
    }),
    ...ALLOW_RULES.map(({ id, summary, severity }) => {
      return { id, summary, severity, profile: "recommended", equivalents: [] };
    }),
  ];
  if (json) {
    shell.out.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    return 0;
  }
  const paint = paintFor(shell.out, shell);
  const width = Math.max(...rows.map((it) => it.id.length));
  for (const { id, severity, profile, summary } of rows) {
    const place = `${severity.padEnd(7)}  ${profile.padEnd(11)}`;
    shell.out.write(`${paint("bold", id.padEnd(width))}  ${place}  ${paint("dim", summary)}\n`);
  }
  return 0;
}
