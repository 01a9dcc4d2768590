import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { subject } from "./subject.ts";

// A hundred thousand operations on one signal that stays. Each case runs in a process of its own, whose heap nothing
// else fills, and is repeated there: what the first round keeps is compiled code and the like.

const folder = mkdtempSync(join(tmpdir(), "mooring-leaks-"));
const bundle = join(folder, "runtime.mjs");
buildSync({
  entryPoints: [fileURLToPath(new URL("index.ts", subject))],
  bundle: true,
  format: "esm",
  outfile: bundle,
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const cases = {
  "lock that is free": "await (await mutex.lock({ signal })).release()",
  "lock that is waited for": `
    const guard = await mutex.lock({ signal });
    const next = mutex.lock({ signal });
    guard.release();
    (await next).release();`,
  "wait that is cancelled": `
    const own = new AbortController();
    const wait = parked.notified({ signal: own.signal }).catch(() => {});
    own.abort();
    await wait;`,
  "linked signals":
    "const linked = linkSignals(signal, other.signal); linked.signal; linked[Symbol.dispose]()",
  "child token": "const token = root.child(); token.signal; token[Symbol.dispose]()",
  "time limit": "await timeout(60_000, (it) => it.aborted, { signal })",
  "task, and leaving it": `
    const own = new AbortController();
    const wait = endless.join({ signal: own.signal }).catch(() => {});
    own.abort();
    await wait;`,
  select: "await select({ never: rx, ready: aborted(AbortSignal.abort()) }, { signal })",
  "select that waits": `
    const ready = oneshot();
    const wait = select({ never: rx, ready: ready.rx, end: aborted(signal) }, { signal });
    ready.tx.send(1);
    await wait;`,
  "scope with a task": "await scope((s) => { s.spawn(() => 1); }, { signal })",
  retry: "await retry(() => 1, { signal })",
  channel: "await tx2.send(1); await rx2.recv({ signal })",
  "recv that is cancelled": `
    const own = new AbortController();
    const wait = rx.recv({ signal: own.signal }).catch(() => {});
    own.abort();
    await wait;`,
  mapLimit: "await mapLimit([1, 2], 2, (it, _, own) => own.aborted, { signal })",
  "key of a keyed lock": "(await keyed.lock(`key ${round}`, { signal })).release()",
  "single flight": "await flight(round)",
  "resource pool": "await pool.use((it, own) => own.aborted, { signal })",
  batcher: "await load(round, { signal })",
};

test.each(Object.entries(cases))("H4 nothing is retained: %s", (_, operation) => {
  const text = `
    import { getEventListeners } from "node:events";
    import * as runtime from ${JSON.stringify(bundle)};
    const { Mutex, Notify, KeyedMutex, linkSignals, CancellationToken, timeout, spawn, select, aborted, oneshot,
      channel, scope, retry, mapLimit, singleFlight, ResourcePool, batcher } = runtime;
    const { signal } = new AbortController();
    const other = new AbortController();
    const [mutex, parked, keyed, root] = [new Mutex(), new Notify(), new KeyedMutex(), new CancellationToken(signal)];
    const endless = spawn(() => new Promise(() => {}));
    const { rx, tx } = channel(1);
    const { rx: rx2, tx: tx2 } = channel(1);
    const flight = singleFlight(async (key) => key);
    const pool = new ResourcePool({ create: () => ({}), max: 1 });
    const load = batcher(async (keys) => keys);
    const collect = async () => {
      for (let turn = 0; turn < 4; turn++) { gc(); await new Promise(setImmediate); }
      return process.memoryUsage().heapUsed;
    };
    const run = async (count) => {
      for (let round = 0; round < count; round++) {
        ${operation};
        if (round % 1000 === 0) await new Promise(setImmediate);
      }
    };
    await run(20_000);
    const before = await collect();
    await run(100_000);
    const retained = ((await collect()) - before) / 100_000;
    root[Symbol.dispose]();
    console.log(JSON.stringify({ retained, listeners: getEventListeners(signal, "abort").length }));
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--expose-gc", "--input-type=module", "-e", text],
    { encoding: "utf8", timeout: 100_000 },
  );
  expect(stderr).toBe("");
  const { retained, listeners }: { retained: number; listeners: number } = JSON.parse(stdout);
  expect(listeners).toBe(0);
  // The smallest object takes 16 bytes; below 8 per operation it is the heap's own unrest.
  expect(retained).toBeLessThan(8);
});
