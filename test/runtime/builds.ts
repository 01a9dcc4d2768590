import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { primitives, vendoredFile } from "../../rules/fixes/vendored.ts";
// @ts-expect-error a script without types
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { RUNTIME, runtimeFiles } from "../../scripts/runtime-entries.mjs";

// The runtime as its users have it, for the tests that are written for the sources: each build is a folder in which every
// source file has one of the same name that passes on what the build has in its place.

export const BUILDS = ["esm", "cjs", "vendored"] as const;

export type Build = (typeof BUILDS)[number];

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, ".work/runtime-builds");
const packed = join(folder, "package");

export function folderOf(build: Build): string {
  return join(folder, build);
}

/** Makes all builds anew. */
export async function makeBuilds(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await buildRuntime(packed);
  for (const file of runtimeFiles()) {
    for (const build of ["esm", "cjs"] as const) {
      passOn(build, file, join(packed, build, file.replace(/\.ts$/, ".js")));
    }
  }
  for (const { name } of primitives) write(vendoredPath(name), vendoredFile(name)?.text ?? "");
  const byFile = new Map(primitives.map((it) => [it.name, it]));
  for (const file of runtimeFiles()) {
    const name = basename(file, ".ts");
    if (file === "index.ts") write(join(folderOf("vendored"), file), vendoredIndex("."));
    else if (file === "stream/index.ts") write(join(folderOf("vendored"), file), streamIndex());
    else if (file === "workers/worker-error.ts")
      passOn("vendored", file, vendoredPath("worker-pool"));
    else passOn("vendored", file, byFile.has(name) ? vendoredPath(name) : join(RUNTIME, file));
  }
}

function vendoredPath(name: string): string {
  return join(folderOf("vendored"), "files", `${name}.ts`);
}

/** Every primitive from its own file, and from the sources what there is only in the package. */
function vendoredIndex(base: string): string {
  const own = primitives.map(
    ({ name, provides }) => `export { ${provides.join(", ")} } from "${base}/files/${name}.ts";`,
  );
  return [
    ...own,
    'export * as stream from "./stream/index.ts";',
    `export { selectable } from "${base}/files/select.ts";`,
    `export { WorkerError } from "${base}/files/worker-pool.ts";`,
    ...["trace.ts", "deadlocks.ts"].map(
      (it) => `export * from ${JSON.stringify(join(RUNTIME, it))};`,
    ),
    "",
  ].join("\n");
}

function streamIndex(): string {
  const names = ["buffered", "chunks", "merge", "take-until", "throttle"];
  return names.map((it) => `export * from "../files/${it}.ts";\n`).join("");
}

function passOn(build: Build, file: string, target: string): void {
  const path = join(folderOf(build), file);
  const from = relative(dirname(path), target).replaceAll("\\", "/");
  write(path, `export * from ${JSON.stringify(from.startsWith(".") ? from : `./${from}`)};\n`);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
