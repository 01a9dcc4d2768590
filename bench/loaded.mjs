import { build } from "esbuild";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const bench = dirname(fileURLToPath(import.meta.url));

/**
 * A module of this folder that is written in TypeScript. The sources are bundled as they are, so that a change can be
 * measured before it is built.
 *
 * @param {"core" | "fixes"} name
 */
export async function loaded(name) {
  const outfile = join(bench, ".work", `${name}.mjs`);
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [join(bench, `${name}.ts`)],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
    logLevel: "error",
  });
  return import(pathToFileURL(outfile).href);
}
