import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

// Budgets in bytes of gzip, from the design of the runtime. What is named together is measured together.
const own = {
  "*": 9000,
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

const runtime = fileURLToPath(new URL("../../runtime", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));

export async function measureSizes() {
  const sizes = [];
  for (const [names, budget] of Object.entries(own)) {
    const what = names === "*" ? "*" : `{ ${names} }`;
    const size = await sizeOf(`export ${what} from "./index.ts"`, runtime);
    sizes.push({ name: names === "*" ? "ours: everything" : `ours: ${names}`, ...size, budget });
  }
  for (const [name, text] of Object.entries(peers)) {
    sizes.push({ name, ...(await sizeOf(text, here)) });
  }
  return sizes;
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
