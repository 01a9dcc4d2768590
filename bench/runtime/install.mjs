import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const target = new URL("node_modules/mooring-runtime/", import.meta.url);

/** Puts the runtime, as it is in the sources now, where the cases import it from. */
export async function install() {
  mkdirSync(target, { recursive: true });
  await build({
    entryPoints: {
      index: fileURLToPath(new URL("../../runtime/index.ts", import.meta.url)),
      testing: fileURLToPath(new URL("../../runtime/testing/index.ts", import.meta.url)),
    },
    outdir: fileURLToPath(target),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  const manifest = {
    name: "mooring-runtime",
    type: "module",
    exports: { ".": "./index.mjs", "./testing": "./testing.mjs" },
  };
  writeFileSync(new URL("package.json", target), JSON.stringify(manifest));
}
