// Assembles the npm packages and packs them: `mooring` in dist/package, `mooring-runtime` in
// dist/runtime. In the first everything is bundled, so that neither has dependencies: installing
// them runs no one else's code and adds one folder each.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildRuntime } from "./build-runtime.mjs";
import { isBuilt } from "./sources.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const TARGET = "dist/package";
const RUNTIME = "dist/runtime";

if (!isBuilt()) execFileSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
rmSync(TARGET, { recursive: true, force: true });

const bundles = readdirSync("dist").filter((it) => /^(?:cli|compiler)\.cjs$|^THIRD/.test(it));
const pages = readdirSync("rules", { withFileTypes: true })
  .filter((it) => it.isDirectory())
  .map(({ name }) => `rules/${name}/${name}.md`)
  .filter((it) => readdirSync(dirname(it)).includes(it.split("/").at(-1)));

for (const path of [
  ...bundles.map((it) => `dist/${it}`),
  ...pages,
  "bin/mooring.mjs",
  "bin/load.mjs",
  "schema",
  "README.md",
  "LICENSE",
]) {
  mkdirSync(dirname(`${TARGET}/${path}`), { recursive: true });
  cpSync(path, `${TARGET}/${path}`, { recursive: true });
}

const { name, version, description, license, keywords, engines } = JSON.parse(
  readFileSync("package.json", "utf8"),
);
const manifest = {
  name,
  version,
  description,
  license,
  keywords,
  type: "module",
  bin: { mooring: "bin/mooring.mjs" },
  engines: { node: engines.node },
};
writeFileSync(`${TARGET}/package.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);

pack(TARGET);
await buildRuntime(RUNTIME);
pack(RUNTIME);

/** Packs a folder into dist/. */
function pack(folder) {
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", ".."], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename, size }] = JSON.parse(packed);
  process.stdout.write(`dist/${filename} (${Math.round(size / 1024)} kB)\n`);
}
