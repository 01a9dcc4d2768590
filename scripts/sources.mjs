// Whether dist/ is what the sources say. Imports nothing but Node; see prepare.mjs.

import { existsSync, readdirSync, statSync } from "node:fs";

/** Written last, when all bundles are complete. */
export const BUILT = "dist/.built";

const SOURCES = [
  "analysis",
  "cli",
  "rules",
  "server",
  "client",
  "snippets",
  "package-lock.json",
  "scripts/build.mjs",
  "scripts/bundles.mjs",
];

export function isBuilt() {
  if (!existsSync(BUILT)) return false;
  const built = statSync(BUILT).mtimeMs;
  return SOURCES.every((it) => !existsSync(it) || newest(it) <= built);
}

/** A folder's own date changes when a file in it comes or goes. */
function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const below = readdirSync(path)
    .filter((it) => it !== "node_modules" && !it.endsWith(".md"))
    .map((it) => newest(`${path}/${it}`));
  return Math.max(stats.mtimeMs, ...below);
}
