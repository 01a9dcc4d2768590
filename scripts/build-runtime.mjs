// Builds the package `mooring-runtime` into dist/runtime, or into the folder that is named.
//
// One output file per source file, and no bundle: whoever imports one primitive loads, and later bundles, that one and
// what it needs. The same for `import` (esm/) and `require` (cjs/), with the same declarations beside both, since a
// declaration counts as a module of the kind of its folder. The export map is made from the files; see
// runtime-entries.mjs. Names of properties that nobody but the package itself uses are shortened, the same in all files;
// see runtime-private-names.mjs.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { packageEntries, RUNTIME, runtimeFiles } from "./runtime-entries.mjs";
import { privateNames } from "./runtime-private-names.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = RUNTIME;

/** @param {string} folder the target, which is emptied */
export async function buildRuntime(folder) {
  const target = resolve(folder);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const mangleProps = privateNames();
  let mangleCache = {};
  for (const format of /** @type {const} */ (["esm", "cjs"])) {
    const { outputFiles, mangleCache: used } = await build({
      absWorkingDir: source,
      entryPoints: runtimeFiles(),
      outdir: join(target, format),
      outbase: source,
      write: false,
      format,
      // Among other things this names the exports of CommonJS modules in a way that every loader understands.
      platform: "node",
      target: "es2022",
      mangleProps,
      mangleCache,
    });
    mangleCache = used ?? mangleCache;
    for (const { path, text } of outputFiles) write(path, withBuiltNames(text));
  }
  declare(target);
  write(join(target, "cjs/package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
  write(join(target, "package.json"), `${JSON.stringify(manifest(), undefined, 2)}\n`);
  cpSync(join(source, "README.md"), join(target, "README.md"));
  cpSync(join(root, "LICENSE"), join(target, "LICENSE"), { force: true });
}

function manifest() {
  const own = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const exports = Object.fromEntries(
    packageEntries().map(({ path, file }) => {
      const name = file.replace(/\.ts$/, "");
      return [
        path,
        {
          import: { types: `./esm/${name}.d.ts`, default: `./esm/${name}.js` },
          require: { types: `./cjs/${name}.d.ts`, default: `./cjs/${name}.js` },
        },
      ];
    }),
  );
  return {
    ...own,
    main: "./cjs/index.js",
    module: "./esm/index.js",
    types: "./esm/index.d.ts",
    exports: { ...exports, "./package.json": "./package.json" },
    files: ["esm", "cjs"],
  };
}

/** Sources import each other under their own names; what is built has others. */
function withBuiltNames(text) {
  return text.replaceAll(
    /((?:from|import|require\()\s*\(?["']\.{1,2}\/[^"'\n]*)\.ts(["'])/g,
    "$1.js$2",
  );
}

function declare(target) {
  const options = join(target, "tsconfig.json");
  write(
    options,
    JSON.stringify({
      extends: join(root, "runtime/tsconfig.json"),
      compilerOptions: {
        noEmit: false,
        emitDeclarationOnly: true,
        declaration: true,
        stripInternal: true,
        rootDir: source,
        outDir: join(target, "esm"),
        types: ["node"],
        typeRoots: [join(root, "node_modules/@types")],
      },
      include: [`${source}/**/*.ts`],
      exclude: [],
    }),
  );
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", options], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The declarations could not be made:\n${stdout}`);
  rmSync(options);
  for (const file of readdirSync(join(target, "esm"), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".d.ts")) continue;
    const text = withBuiltNames(readFileSync(join(target, "esm", file), "utf8"));
    // Who compiles for an older library has no `Disposable`, unless this says where it is.
    const needed = /Disposable|Symbol\.(async)?[dD]ispose/.test(text);
    const complete = needed ? `/// <reference lib="esnext.disposable" />\n${text}` : text;
    for (const format of ["esm", "cjs"]) write(join(target, format, file), complete);
  }
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = process.argv[2] ?? join(root, "dist/runtime");
  await buildRuntime(target);
  process.stdout.write(`Built ${relative(process.cwd(), target)}\n`);
}
