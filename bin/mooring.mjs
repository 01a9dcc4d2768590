#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { load } from "./load.mjs";

// Runs the command line that `npm run build` makes from cli/.

const bundle = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));

if (existsSync(bundle)) {
  load(bundle);
} else {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  process.stderr.write(`mooring is not built yet. Run \`npm run build\` in ${folder} first.\n`);
  process.exitCode = 2;
}
