import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { buildRuntime } from "../../scripts/build-runtime.mjs";

// Budgets in bytes of gzip, from the design of the runtime. What is named together is measured together.
const own = {
  everything: 9000,
  "everything but workers and shared memory": 9000,
  "CancellationToken, linkSignals, onAbort": 500,
  "Mutex, Semaphore": 900,
  RwLock: 1000,
  Barrier: 500,
  Notify: 500,
  Condvar: 500,
  OnceCell: 500,
  "channel, unbounded": 1200,
  oneshot: 300,
  broadcast: 800,
  watch: 700,
  "spawn, scope, TaskGroup": 1400,
  select: 900,
  "sleep, timeout": 700,
  retry: 800,
  limiter: 800,
  mapLimit: 700,
  RateLimiter: 700,
  stream: 1300,
  shutdown: 700,
  "WorkerPool of workers/worker-pool": 2800,
  "* of testing/index": 12_000,
};

const peers = {
  "async-sema": 'export { Sema } from "async-sema"',
  "async-mutex": 'export { Mutex, Semaphore } from "async-mutex"',
  "p-limit": 'export { default } from "p-limit"',
  "p-map": 'export { default } from "p-map"',
  "p-queue": 'export { default } from "p-queue"',
  "p-retry": 'export { default } from "p-retry"',
  "p-timeout": 'export { default } from "p-timeout"',
  "ts-chan": 'export { Chan } from "ts-chan"',
  "effect: Effect, Semaphore, Queue":
    'export * as Effect from "effect/Effect"; export * as Semaphore from "effect/Semaphore"; export * as Queue from "effect/Queue"',
};

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** What who installs the package gets into a bundle of their own, beside what the peers do; then each vendored file. */
export async function measureSizes() {
  const installed = mkdtempSync(join(tmpdir(), "mooring-sizes-"));
  try {
    await buildRuntime(installed);
    const sizes = [];
    const threads = new Set([
      ...(await exportsOf("workers/index", installed)),
      ...(await exportsOf("shared/index", installed)),
    ]);
    const rest = (await exportsOf("index", installed)).filter((it) => !threads.has(it));
    for (const [name, budget] of Object.entries(own)) {
      const [names, from = "index"] = name.split(" of ");
      const what =
        { everything: "*", "*": "*" }[names] ??
        `{ ${names === "everything but workers and shared memory" ? rest.join(", ") : names} }`;
      const size = await sizeOf(`export ${what} from "./esm/${from}.js"`, installed);
      sizes.push({ name: `ours: ${name}`, ...size, budget });
    }
    for (const [name, text] of Object.entries(peers)) {
      sizes.push({ name, ...(await sizeOf(text, here)) });
    }
    for (const { name, text } of await vendoredFiles()) {
      sizes.push({ name: `file: ${name}`, ...(await sizeOf(text, here)) });
    }
    return sizes;
  } finally {
    rmSync(installed, { recursive: true });
  }
}

/** What `mooring runtime add` writes. */
async function vendoredFiles() {
  const { outputFiles } = await build({
    entryPoints: [join(root, "rules/fixes/vendored.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
  const { primitives, vendoredFile } = await import(url);
  return primitives.map(({ name }) => ({ name, text: vendoredFile(name).text }));
}

async function exportsOf(from, installed) {
  const { metafile } = await build({
    entryPoints: [join(installed, `esm/${from}.js`)],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
  });
  return Object.values(metafile.outputs)[0].exports;
}

async function sizeOf(contents, resolveDir) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "silent",
  });
  const text = outputFiles[0].text;
  return { minified: text.length, gzip: gzipSync(text, { level: 9 }).length };
}
