// Bundles what is shipped into dist/; see bundles.mjs. With a folder and names of bundles, bundles
// only these and the compiler, into that folder: for tests, which must not touch what others are
// running.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BUNDLES, bundle } from "./bundles.mjs";
import { BUILT } from "./sources.mjs";
import { noticesFor } from "./third-party.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const [folder, ...names] = process.argv.slice(2);
if (folder !== undefined) {
  const chosen = BUNDLES.filter((it) => it.bringsCompiler || names.includes(it.name));
  await Promise.all(chosen.map((it) => bundle(it, folder)));
  process.exit();
}

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist", { recursive: true });

const results = await Promise.all(BUNDLES.map((it) => bundle(it, "dist")));
const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));

writeFileSync("dist/THIRD-PARTY-NOTICES.txt", noticesFor(inputs));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
writeFileSync(BUILT, `${version}\n`);
