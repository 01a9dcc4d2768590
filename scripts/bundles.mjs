// How each program is bundled. One row per bundle; the rest follows from it.

import { basename } from "node:path";
import { build } from "esbuild";

export const BUNDLES = [
  // The largest part by far, and the same for all: a file of its own, so that it is shipped once,
  // loaded only by who needs it, and kept compiled whatever changes beside it. Its names are shortened,
  // which makes it a third smaller and quicker to load; what is ours in a stack keeps its name.
  { name: "compiler", entry: "@ts-morph/common", bringsCompiler: true, keepNames: false },
  { name: "cli", entry: "cli/main.ts" },
  // In two pieces, so that `initialize` is answered before the analysis is loaded.
  { name: "server", entry: "server/main.ts", apart: ["server/core.ts"] },
  { name: "server-core", entry: "server/core.ts" },
  // In two pieces, so that the editor does not wait for the protocol to load.
  {
    name: "client",
    entry: "client/extension.ts",
    external: ["vscode"],
    apart: ["client/connection.ts"],
    keepNames: false,
  },
  {
    name: "client-connection",
    entry: "client/connection.ts",
    external: ["vscode"],
    keepNames: false,
  },
];

/** `apart`: sources that have a bundle of their own, named `<folder>-<file>`, loaded when imported. */
export function bundle(
  { name, entry, external = [], apart = [], keepNames = true, bringsCompiler = false },
  outdir,
) {
  // A profile of a bundle that can be read shows whole lines.
  const minify = process.env.MOORING_READABLE !== "1";
  return build({
    entryPoints: { [name]: entry },
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    // The format whose compiled code Node can keep from one run to the next; see bin/load.mjs.
    format: "cjs",
    external,
    platform: "node",
    // jsonc-parser's older format hides its imports from bundlers.
    mainFields: ["module", "main"],
    target: "node20.19",
    minifyWhitespace: minify,
    minifySyntax: minify,
    // Stacks in reports about failures name functions. Restoring names that were shortened costs a
    // call for every function there is, which is more than all they save.
    minifyIdentifiers: minify && !keepNames,
    banner: { js: URL_OF_SCRIPT },
    define: { "import.meta.url": "__url" },
    // What is imported later is loaded later in this format, too.
    supported: { "dynamic-import": false },
    plugins: [
      ...(bringsCompiler ? [] : [shareCompiler]),
      ...(external.includes("vscode") ? [trustEditor] : []),
      ...apart.map(leaveOut),
    ],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
}

/**
 * ts-morph hands on the compiler of its part `common` as it is. The rest of it, classes around every
 * kind of node, is not used by the engine.
 */
const shareCompiler = {
  name: "share the compiler",
  setup({ onResolve }) {
    onResolve({ filter: /^(?:ts-morph|@ts-morph\/common)$/ }, () => ({
      path: "./compiler.cjs",
      external: true,
    }));
  },
};

/**
 * vscode-languageclient compares the editor's version with the one that it needs. So does the editor
 * with `engines` of the manifest, before it installs the extension, and the library for it is large.
 */
const trustEditor = {
  name: "trust the editor's version",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^semver\/functions\/(?:parse|satisfies)$/ }, ({ path }) => ({
      path,
      namespace: "trust",
    }));
    onLoad({ filter: /./, namespace: "trust" }, ({ path }) => ({
      contents: `module.exports = () => ${path.endsWith("parse") ? "({})" : "true"};`,
    }));
  },
};

/** Our sources ask where they are. */
const URL_OF_SCRIPT = `const __url = require("node:url").pathToFileURL(__filename).href;`;

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
