import { existsSync, readFileSync } from "node:fs";
import { pageForReaders } from "../rules/page.ts";

/**
 * The pages of the rules lie beside the program, in `rules/`, where the extension and the sources
 * both have them: what is shown needs no network and is never older than the rule.
 */
export class Pages {
  private readonly texts = new Map<string, string | undefined>();
  private readonly links = new Map<string, string | undefined>();
  private readonly template: string | undefined;

  /** `template`: where the client has them itself, with `{rule}` for the id of the rule. */
  constructor(template: unknown) {
    const isOne = typeof template === "string" && template.includes("{rule}");
    this.template = isOne ? template : undefined;
  }

  /** As people read it. */
  text(rule: string): string | undefined {
    if (!this.texts.has(rule)) this.texts.set(rule, read(rule));
    return this.texts.get(rule);
  }

  /** The text below a heading of the page. */
  section(rule: string, heading: string): string | undefined {
    const [, ...sections] = this.text(rule)?.split(/^## /m) ?? [];
    const found = sections.find((it) => it.startsWith(`${heading}\n`));
    return found?.slice(heading.length).trim();
  }

  link(rule: string): string | undefined {
    if (!this.links.has(rule)) {
      const url = urlOf(rule);
      const isThere = url !== undefined && existsSync(url);
      this.links.set(
        rule,
        isThere ? (this.template?.replace("{rule}", rule) ?? url.href) : undefined,
      );
    }
    return this.links.get(rule);
  }
}

function read(rule: string): string | undefined {
  const url = urlOf(rule);
  try {
    return url && pageForReaders(readFileSync(url, "utf8"));
  } catch {
    // No page is no reason to fail: there still is the summary.
    return undefined;
  }
}

/** Rules are asked for by name from outside, and a name is no path. */
function urlOf(rule: string): URL | undefined {
  return /^[\w-]+$/.test(rule)
    ? new URL(`../rules/${rule}/${rule}.md`, import.meta.url)
    : undefined;
}
