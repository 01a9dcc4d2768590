#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Runs the command line that `npm run build` makes from cli/.

const bundle = new URL("../dist/cli.mjs", import.meta.url);

if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  process.stderr.write(`mooring is not built yet. Run \`npm run build\` in ${folder} first.\n`);
  process.exitCode = 2;
}
