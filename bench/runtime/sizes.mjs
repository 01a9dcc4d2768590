import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { buildRuntime } from "../../scripts/build-runtime.mjs";

// In bytes of gzip. What is named together is measured together. `design` is the budget of the runtime's design, which was
// priced from prototypes and estimates that do less (README.md says what); `limit` is what a test holds us to.
const own = {
  everything: { design: 9000, limit: 22360 },
  "everything but workers and shared memory": { design: 9000, limit: 15510 },
  "CancellationToken, linkSignals, onAbort": { design: 500, limit: 1540 },
  "Mutex, Semaphore": { design: 900, limit: 1940 },
  RwLock: { design: 1000, limit: 1540 },
  Barrier: { design: 500, limit: 1230 },
  Notify: { design: 500, limit: 1000 },
  Condvar: { design: 500, limit: 1310 },
  OnceCell: { design: 500, limit: 1860 },
  "channel, unbounded": { design: 1200, limit: 2510 },
  oneshot: { design: 300, limit: 1440 },
  broadcast: { design: 800, limit: 2090 },
  watch: { design: 700, limit: 1720 },
  "spawn, scope, TaskGroup": { design: 1400, limit: 3820 },
  select: { design: 900, limit: 1890 },
  "sleep, timeout": { design: 700, limit: 1650 },
  retry: { design: 800, limit: 2040 },
  limiter: { design: 800, limit: 1360 },
  mapLimit: { design: 700, limit: 2260 },
  RateLimiter: { design: 700, limit: 2120 },
  stream: { design: 1300, limit: 3520 },
  shutdown: { design: 700, limit: 2310 },
  "WorkerPool of workers/worker-pool": { design: 2800, limit: 7070 },
  "* of testing/index": { design: 12000, limit: 12000 },
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

/** The package in a bundle, beside the peers, and each vendored file. */
export async function measureSizes() {
  const sizes = await ownSizes();
  for (const [name, text] of Object.entries(peers)) {
    sizes.push({ name, ...(await sizeOf(text, here)) });
  }
  for (const { name, text } of await vendoredFiles()) {
    sizes.push({ name: `file: ${name}`, ...(await sizeOf(text, here)) });
  }
  return sizes;
}

/** What who installs the package gets into a bundle of their own. */
export async function ownSizes() {
  const installed = mkdtempSync(join(tmpdir(), "mooring-sizes-"));
  try {
    await buildRuntime(installed);
    const threads = new Set([
      ...(await exportsOf("workers/index", installed)),
      ...(await exportsOf("shared/index", installed)),
    ]);
    const rest = (await exportsOf("index", installed)).filter((it) => !threads.has(it));
    const wholes = {
      everything: "*",
      "*": "*",
      "everything but workers and shared memory": `{ ${rest.join(", ")} }`,
    };
    const sizes = [];
    for (const [name, { design, limit }] of Object.entries(own)) {
      const [names, from = "index"] = name.split(" of ");
      const what = wholes[names] ?? `{ ${names} }`;
      const size = await sizeOf(`export ${what} from "./esm/${from}.js"`, installed);
      sizes.push({ name: `ours: ${name}`, ...size, design, limit });
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
