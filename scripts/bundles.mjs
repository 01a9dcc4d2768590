// How each program is bundled. One row per bundle; the rest follows from it.

import { basename } from "node:path";
import { build } from "esbuild";

export const BUNDLES = [
  {
    name: "cli",
    entry: "cli/main.ts",
    // In pieces, so that `mooring explain` does not load a compiler.
    splitting: true,
    format: "esm",
  },
  // In two pieces, so that `initialize` is answered before the compiler is loaded.
  { name: "server", entry: "server/main.ts", format: "cjs", apart: ["server/core.ts"] },
  { name: "server-core", entry: "server/core.ts", format: "cjs" },
  // In two pieces, so that the editor does not wait for the protocol to load.
  {
    name: "client",
    entry: "client/extension.ts",
    format: "cjs",
    external: ["vscode"],
    apart: ["client/connection.ts"],
    keepNames: false,
  },
  {
    name: "client-connection",
    entry: "client/connection.ts",
    format: "cjs",
    external: ["vscode"],
    keepNames: false,
  },
];

/** `apart`: sources that have a bundle of their own, named `<folder>-<file>`, loaded when imported. */
export function bundle(
  { name, entry, splitting = false, format, external = [], apart = [], keepNames = true },
  outdir,
) {
  return build({
    entryPoints: { [name]: entry },
    outdir,
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
    // A profile of a bundle that can be read names its functions.
    minify: process.env.MOORING_READABLE !== "1",
    // Stacks in reports about failures name functions.
    keepNames,
    banner: { js: format === "esm" ? FOR_MODULES : FOR_SCRIPTS },
    define: format === "esm" ? {} : { "import.meta.url": "__url" },
    // The older module format loads its pieces in one go, and lazily all the same.
    supported: format === "esm" ? {} : { "dynamic-import": false },
    plugins: apart.map(leaveOut),
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
}

/** Packages in the older module format ask for these; a bundle in the newer one has to bring them. */
const FOR_MODULES = `import { createRequire as __createRequire } from "node:module";
import { fileURLToPath as __fileURLToPath } from "node:url";
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __fileURLToPath(new URL(".", import.meta.url));`;

/** And the other way round: our sources ask where they are. */
const FOR_SCRIPTS = `const __url = require("node:url").pathToFileURL(__filename).href;`;

function leaveOut(source) {
  const [folder, file] = source.split("/");
  const path = `./${folder}-${basename(file, ".ts")}.cjs`;
  return {
    name: `leave out ${source}`,
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`/${file.replace(".", "\\.")}$`) }, ({ kind }) =>
        kind === "dynamic-import" ? { path, external: true } : undefined,
      );
    },
  };
}
