import { readFileSync } from "node:fs";

/**
 * The page of a rule, as written. `rules/` stands next to `cli/`, to `dist/`, and in the npm
 * package, so the pages need no second copy that could be an old one.
 */
export function pageOf(id: string): string | undefined {
  try {
    return readFileSync(new URL(`../rules/${id}/${id}.md`, import.meta.url), "utf8");
  } catch {
    // No page is no reason to fail: there still is the summary.
    return undefined;
  }
}
