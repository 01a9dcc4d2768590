/**
 * What a wait costs in memory, and what operations that have ended leave behind. Each case in a process of its own,
 * because what one has left would count for the next.
 */
import { spawnSync } from "node:child_process";

const waiters = 100_000;

const cases = {
  "a bare promise": {
    kind: "waiter",
    setUp: "",
    wait: "new Promise((resolve) => (last = resolve))",
  },
  ours: {
    kind: "waiter",
    setUp:
      'const { Mutex } = await import("mooring-runtime"); const lock = new Mutex(); await lock.lock();',
    wait: "lock.lock()",
    must: 260,
    stretch: 200,
  },
  "ours, one signal for all": {
    kind: "waiter",
    setUp:
      'const { Mutex } = await import("mooring-runtime"); const lock = new Mutex(); await lock.lock(); const options = { signal: new AbortController().signal };',
    wait: "lock.lock(options)",
    must: 420,
    stretch: 320,
  },
  "ours, recv": {
    kind: "waiter",
    setUp: 'const { channel } = await import("mooring-runtime"); const { rx, tx } = channel(1);',
    wait: "rx.recv()",
  },
  "ours, send": {
    kind: "waiter",
    setUp:
      'const { channel } = await import("mooring-runtime"); const { rx, tx } = channel(1); await tx.send(1);',
    wait: "tx.send(1)",
  },
  "async-sema": {
    kind: "waiter",
    setUp:
      'const { Sema } = (await import("async-sema")).default; const lock = new Sema(1); await lock.acquire();',
    wait: "lock.acquire()",
  },
  "@shopify/semaphore": {
    kind: "waiter",
    setUp:
      'const { Semaphore } = await import("@shopify/semaphore"); const lock = new Semaphore(1); await lock.acquire();',
    wait: "lock.acquire()",
  },
  "p-limit": {
    kind: "waiter",
    setUp:
      'const limit = (await import("p-limit")).default(1); limit(() => new Promise(() => {})); const work = async () => 1;',
    wait: "limit(work)",
  },
  "async-mutex": {
    kind: "waiter",
    setUp:
      'const { Mutex } = await import("async-mutex"); const lock = new Mutex(); await lock.acquire();',
    wait: "lock.acquire()",
  },
  "ours: lock with a signal": {
    kind: "retained",
    setUp:
      'const { Mutex } = await import("mooring-runtime"); const lock = new Mutex(); const { signal } = new AbortController();',
    operation: "(await lock.lock({ signal })).release()",
    must: 2,
  },
  "ours: linkSignals": {
    kind: "retained",
    setUp:
      'const { linkSignals } = await import("mooring-runtime"); const { signal } = new AbortController();',
    operation: "const linked = linkSignals(signal); linked.signal; linked[Symbol.dispose]()",
    must: 2,
  },
  "ours: select": {
    kind: "retained",
    setUp:
      'const { select, channel } = await import("mooring-runtime"); const { rx } = channel(1); const ready = async () => 1;',
    operation: "await select({ rx, ready })",
    must: 2,
  },
  "AbortSignal.any": {
    kind: "retained",
    setUp: "const { signal } = new AbortController();",
    operation: "AbortSignal.any([signal])",
  },
  "Promise.race": {
    kind: "retained",
    setUp: "const never = new Promise(() => {}); globalThis.never = never;",
    operation: "await Promise.race([never, Promise.resolve({})])",
  },
};

const settle = `const settle = async () => {
  for (let turn = 0; turn < 5; turn++) { gc(); await new Promise((resolve) => setImmediate(resolve)); }
  return process.memoryUsage().heapUsed;
};`;

const programs = {
  waiter: ({ setUp, wait }) => `${settle} let last; ${setUp}
    // What the waits wait for must not be collected before they are counted.
    globalThis.held = () => ${wait};
    const before = await settle();
    const waits = (globalThis.waits = []);
    for (let index = 0; index < ${waiters}; index++) waits.push(${wait});
    console.log(((await settle()) - before) / ${waiters}); process.exit(0);`,
  retained: ({ setUp, operation }) => `${settle} ${setUp}
    const run = async (count) => {
      for (let index = 0; index < count; index++) {
        ${operation};
        if (index % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await run(20_000);
    const before = await settle();
    await run(100_000);
    console.log(((await settle()) - before) / 100_000); process.exit(0);`,
};

export function measureMemory(folder) {
  return Object.entries(cases).map(([name, it]) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--expose-gc", "--no-warnings", "--input-type=module", "-e", programs[it.kind](it)],
      { cwd: folder, encoding: "utf8", timeout: 120_000 },
    );
    const bytes = stdout === "" ? undefined : Math.round(Number(stdout));
    if (bytes === undefined) process.stderr.write(`${name}: ${stderr.split("\n")[4]}\n`);
    return { name, kind: it.kind, bytes, must: it.must, stretch: it.stretch };
  });
}

export function memoryRows(memory) {
  return [
    ["memory in bytes", "per waiter", "retained per operation", "must", "stretch"],
    ...memory.map(({ name, kind, bytes, must, stretch }) => [
      name,
      kind === "waiter" ? String(bytes) : "",
      kind === "retained" ? String(bytes) : "",
      must === undefined ? "" : `≤ ${must}`,
      stretch === undefined ? "" : `≤ ${stretch}`,
    ]),
  ];
}
