// Bundles what is shipped into dist/. One row per program; the rest follows from it.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BUILT } from "./sources.mjs";
import { noticesFor } from "./third-party.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const BUNDLES = [
  {
    name: "cli",
    entry: "cli/main.ts",
    // In pieces, so that `mooring explain` does not load a compiler.
    splitting: true,
    format: "esm",
    external: [],
  },
];

/** Packages in the older module format ask for these; a bundle in the newer one has to bring them. */
const BANNER = `import { createRequire as __createRequire } from "node:module";
import { fileURLToPath as __fileURLToPath } from "node:url";
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __fileURLToPath(new URL(".", import.meta.url));`;

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist", { recursive: true });

const results = await Promise.all(
  BUNDLES.map(({ name, entry, splitting, format, external }) =>
    build({
      entryPoints: { [name]: entry },
      outdir: "dist",
      outExtension: { ".js": format === "esm" ? ".mjs" : ".cjs" },
      chunkNames: `${name}-[hash]`,
      bundle: true,
      splitting,
      format,
      external,
      platform: "node",
      // jsonc-parser's older format hides its imports from bundlers.
      mainFields: ["module", "main"],
      target: "node20.19",
      minify: true,
      // Stacks in reports about failures name functions.
      keepNames: true,
      banner: format === "esm" ? { js: BANNER } : {},
      legalComments: "none",
      metafile: true,
      logLevel: "warning",
    }),
  ),
);
const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));

writeFileSync("dist/THIRD-PARTY-NOTICES.txt", noticesFor(inputs));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
writeFileSync(BUILT, `${version}\n`);
