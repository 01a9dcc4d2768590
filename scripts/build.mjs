// Bundles what is shipped into dist/; see bundles.mjs.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BUNDLES, bundle } from "./bundles.mjs";
import { BUILT } from "./sources.mjs";
import { noticesFor } from "./third-party.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist", { recursive: true });

const results = await Promise.all(BUNDLES.map((it) => bundle(it, "dist")));
const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));

writeFileSync("dist/THIRD-PARTY-NOTICES.txt", noticesFor(inputs));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
writeFileSync(BUILT, `${version}\n`);
