// Which files of runtime/ somebody can ask for by name, `mutex` for sync/mutex.ts: as a sub-path of the npm package, and,
// but for those that make sense only together, as a vendored file. What is there is offered; nothing is listed by hand.

import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

export const RUNTIME = fileURLToPath(new URL("../runtime", import.meta.url));

/** Files that are parts of others. */
const PARTS = [
  /\.generated\.ts$/,
  /^core\/(?!errors|late)/,
  /^task\/task\.ts$/,
  /^stream\/index\.ts$/,
  /^testing\/(?!(index|vite|jest|esbuild)\.ts$)/,
  /^workers\/(?!(index|worker-pool|run-worker)\.ts$)/,
  /^shared\/(?!(index|atomic-.*|shared-(?!guard).*)\.ts$)/,
];

/** The package as a whole or in groups, the testing kit, and what follows the calls of all other primitives. */
const ONLY_IN_PACKAGE = /(^|\/)index\.ts$|^testing\/|^(trace|deadlocks)\.ts$/;

/** Every source file of the runtime, relative to its folder. */
export function runtimeFiles() {
  return readdirSync(RUNTIME, { recursive: true, encoding: "utf8" })
    .map((it) => it.replaceAll("\\", "/"))
    .filter((it) => it.endsWith(".ts") && !it.includes("node_modules/"))
    .sort();
}

/** What the npm package exports: sub-path and file. */
export function packageEntries() {
  const entries = runtimeFiles()
    .filter((file) => !PARTS.some((it) => it.test(file)))
    .map((file) => ({ path: subPath(file), file }));
  const paths = entries.map(({ path }) => path);
  const twice = paths.filter((path, index) => paths.indexOf(path) !== index);
  if (0 < twice.length) throw new Error(`Two files would be exported as ${twice.join(", ")}`);
  return entries;
}

/** What can be vendored: name and file. */
export function vendoredEntries() {
  return packageEntries()
    .filter(({ file }) => !ONLY_IN_PACKAGE.test(file))
    .map(({ file }) => ({ name: basename(file, ".ts"), file }));
}

/** `./mutex` for sync/mutex.ts, `./testing` for testing/index.ts, `./testing/vite` for testing/vite.ts. */
function subPath(file) {
  if (file === "index.ts") return ".";
  const [folder, ...rest] = file.split("/");
  const name = basename(file, ".ts");
  if (name === "index") return `./${folder}`;
  return folder === "testing" ? `./testing/${rest.at(-1)?.replace(/\.ts$/, "")}` : `./${name}`;
}
