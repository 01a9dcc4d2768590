/**
 * The runtime beside the libraries that people use today, in one run.
 *
 *     node run.mjs [--row lock-free,channel] [--rounds 3] [--json] [--no-memory] [--no-size]
 *
 * Every case runs in a process of its own, and the rounds go over all cases in turn: a background task then slows all of
 * them and not one. A figure is the median over the rounds of the CPU time per operation. Only ratios within one run
 * mean anything.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { install } from "./install.mjs";
import { memoryRows, measureMemory } from "./memory.mjs";
import { comparison, table } from "./report.mjs";
import { rows } from "./rows.mjs";
import { measureSizes } from "./sizes.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));

const HELP = `Usage: npm run bench:runtime -- [options]

  --row R[,R]    only these rows
  --rounds N     how often all cases are gone through (default 3)
  --runs N       measurements of a case in one round (default 5)
  --json         everything, for machines
  --no-memory    without the bytes for each waiter
  --no-size      without the sizes of bundles

Rows: ${rows.map((it) => it.id).join(", ")}
`;

const options = readOptions();

if (!existsSync(`${folder}node_modules/async-sema`)) {
  process.stderr.write("Installing the peers (once)\n");
  spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: folder, stdio: "ignore" });
}
await install();

const wanted = options.row?.split(",");
const chosen = rows.filter((row) => wanted === undefined || wanted.includes(row.id));
const samples = new Map();
const failures = new Map();

for (let round = 0; round < Number(options.rounds); round++) {
  for (const row of chosen) {
    const names = Object.keys(row.cases);
    const inTurn = round % 2 === 0 ? names : names.toReversed();
    // One process for each case, or one for all.
    for (const name of row.together ? [undefined] : inTurn) {
      process.stderr.write(`\r\x1b[K${round + 1}/${options.rounds} ${row.id}: ${name ?? "all"}`);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--expose-gc", "--no-warnings", "measure-case.mjs", row.id, options.runs].concat(
          name ?? [],
        ),
        { cwd: folder, encoding: "utf8", timeout: 180_000 },
      );
      if (status === 0) {
        const { medians, failures: failed } = JSON.parse(stdout);
        for (const [it, cost] of medians) {
          const key = `${row.id}/${it}`;
          samples.set(key, [...(samples.get(key) ?? []), cost]);
        }
        for (const [it, why] of Object.entries(failed)) failures.set(`${row.id}/${it}`, why);
      } else {
        const why = stderr.split("\n").find((line) => /Error/.test(line)) ?? "timed out";
        for (const it of name === undefined ? names : [name]) failures.set(`${row.id}/${it}`, why);
      }
    }
  }
}
process.stderr.write("\r\x1b[K");

const results = chosen.map((row) => ({
  id: row.id,
  title: row.title,
  cpu: Object.fromEntries(
    Object.keys(row.cases).map((name) => [name, median(samples.get(`${row.id}/${name}`))]),
  ),
  goals: row.goals,
  failures: Object.fromEntries(
    Object.keys(row.cases)
      .filter((name) => failures.has(`${row.id}/${name}`))
      .map((name) => [name, failures.get(`${row.id}/${name}`)]),
  ),
}));
const memory = options.memory && wanted === undefined ? measureMemory(folder) : [];
const sizes = options.size && wanted === undefined ? await measureSizes() : [];

const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
if (options.json) {
  process.stdout.write(`${JSON.stringify({ machine, results, memory, sizes }, undefined, 2)}\n`);
} else {
  process.stdout.write(`Node ${machine.node}, ${machine.cores} × ${machine.cpu}\n\n`);
  process.stdout.write(`${table(comparison(results))}\n`);
  if (0 < memory.length) process.stdout.write(`\n${table(memoryRows(memory))}\n`);
  if (0 < sizes.length) {
    const lines = sizes.map(({ name, minified, gzip, design, limit }) =>
      [name, minified, gzip, limit ?? "", design ?? ""].map(String),
    );
    process.stdout.write(
      `\n${table([["size in bytes", "minified", "gzip", "limit", "design"], ...lines])}\n`,
    );
  }
}

function median(list = []) {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        row: { type: "string" },
        rounds: { type: "string", default: "3" },
        runs: { type: "string", default: "5" },
        json: { type: "boolean", default: false },
        memory: { type: "boolean", default: true },
        size: { type: "boolean", default: true },
        help: { type: "boolean", short: "h", default: false },
      },
      allowNegative: true,
    });
    if (values.help) {
      process.stdout.write(HELP);
      process.exit();
    }
    for (const name of ["rounds", "runs"]) {
      if (!(1 <= Number(values[name]))) throw new Error(`--${name} takes a number from 1 on.`);
    }
    const known = rows.map((it) => it.id);
    const strange = values.row?.split(",").find((it) => !known.includes(it));
    if (strange !== undefined) throw new Error(`There is no row "${strange}".`);
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}
