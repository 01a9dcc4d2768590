#!/usr/bin/env node
/**
 * What somebody waits for who types, measured through the language server: until `initialize` is answered, until an edit
 * has its findings, until the files that an edit affects have theirs; and what the server holds on to after many edits.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { planEdits } from "./generator/edits.mjs";
import { installPeers, machine } from "./machine.mjs";
import { table } from "./report.mjs";
import { buildServer, EditorClient } from "./server-client.mjs";
import { median, percentile } from "./statistics.mjs";
import { prepareSubject } from "./subjects.mjs";

const help = `Usage: npm run bench:server -- [options]

  --files N,N      sizes of the generated project (default 500,3000)
  --body N         body edits (default 200)
  --signature N    signature edits (default 40)
  --seed N         of the choice of edits (default 1)
  --starts N       how often the server is started (default 11)
  --memory N       edits after which memory is looked at, in the smallest project; 0: none (default 10000)
  --json           everything, for machines
  --markdown       tables to paste into a page
`;

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "500,3000" },
    body: { type: "string", default: "200" },
    signature: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    starts: { type: "string", default: "11" },
    memory: { type: "string", default: "10000" },
    json: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) {
  console.log(help);
} else {
  installPeers();
  buildServer();
  const sizes = values.files.split(",").map(Number);
  const result = { date: new Date().toISOString(), machine: machine() };
  result.initialize = await starts(Number(values.starts));
  result.projects = [];
  for (const size of sizes) result.projects.push(await edits(size));
  const count = Number(values.memory);
  if (0 < count) result.memory = await memory(Math.min(...sizes), count);
  console.log(values.json ? JSON.stringify(result, undefined, 2) : page(result));
}

async function starts(count) {
  const { directory } = prepareSubject("generated-100", 100);
  const times = [];
  for (let index = 0; index < count; index++) {
    const client = new EditorClient(directory);
    times.push(await client.initialize());
    await client.stop();
  }
  return { median: median(times), p95: percentile(times, 0.95), times };
}

async function edits(files) {
  const { directory, ...subject } = prepareSubject(`generated-${files}`, files);
  // What an edit does to dropped promises is known with every rule on.
  writeFileSync(join(directory, "mooring.config.json"), '{ "profile": "strict" }');
  const texts = textsOf(directory);
  const client = new EditorClient(directory);
  await client.initialize();
  const planned = planEdits(texts, {
    body: Number(values.body),
    signature: Number(values.signature),
    seed: Number(values.seed),
  });

  const started = performance.now();
  const [first] = planned;
  await client.open(first.path, first.before);
  await client.pull(first.path);
  const firstFindings = performance.now() - started;
  const all = await client.workspace();
  const everything = performance.now() - started;
  await client.close(first.path);
  const known = new Map(all.items.map((it) => [it.uri, it.resultId]));

  const startCpu = client.cpu();
  const measured = [];
  for (const [index, edit] of planned.entries()) {
    measured.push(await apply(client, edit, known));
    if (index % 20 === 19) console.error(`${files} files: ${index + 1} of ${planned.length} edits`);
  }
  const memory = client.memory();
  await client.stop();
  return { subject, firstFindings, everything, startCpu, memory, edits: measured };
}

/** One edit in a file that is open, and taken back afterwards, unmeasured. */
async function apply(client, edit, known) {
  await client.open(edit.path, edit.before);
  const was = floating(await client.pull(edit.path));
  await settled(client, known);

  const cpuBefore = client.cpu();
  const started = performance.now();
  const found = await client.edit(edit.path, edit.after);
  const own = performance.now() - started;
  const cpuOwn = client.cpu() - cpuBefore;
  await settled(client, known);
  const everything = performance.now() - started;
  const cpu = { own: cpuOwn, everything: client.cpu() - cpuBefore };

  await client.edit(edit.path, edit.before);
  await settled(client, known);
  await client.close(edit.path);
  const is = floating(found);
  const isRight = edit.expected === "same" ? is === was : is > was;
  if (!isRight)
    console.error(`Wrong after a ${edit.kind} edit of ${edit.path}: ${was}, then ${is}.`);
  if (!isRight) process.exitCode = 1;
  return { kind: edit.kind, path: edit.path, own, everything, cpu, isRight };
}

/**
 * Until all that is affected is checked. A request that has nothing new to say stays open, so it
 * claims to know something else of one file.
 */
async function settled(client, known) {
  const [one, ...rest] = [...known].map(([uri, value]) => ({ uri, value }));
  const { items } = await client.workspace([{ ...one, value: "unknown" }, ...rest]);
  for (const { uri, resultId } of items) {
    if (resultId === undefined) known.delete(uri);
    else known.set(uri, resultId);
  }
}

function floating(diagnostics) {
  return diagnostics.filter((it) => it.code === "floating-promise").length;
}

/** Somebody types in twenty open files, for a long time. */
async function memory(files, count) {
  const { directory } = prepareSubject(`generated-${files}`, files);
  const texts = textsOf(directory);
  const client = new EditorClient(directory);
  await client.initialize();
  const planned = planEdits(texts, { body: 20, signature: 4, seed: Number(values.seed) });
  for (const path of new Set(planned.map((it) => it.path)))
    await client.open(path, texts.get(path));
  await client.workspace();
  const samples = [];
  const times = [];
  for (let index = 0; index < count; index++) {
    const { path, before, after } = planned[index % planned.length];
    const started = performance.now();
    await client.edit(path, index % (2 * planned.length) < planned.length ? after : before);
    times.push(performance.now() - started);
    samples.push({ resident: client.memory(), heap: await client.heap() });
    if (index % 1000 === 999) {
      const { resident, heap } = samples.at(-1);
      console.error(`${index + 1} edits: ${megabytes(resident)} MB, objects ${megabytes(heap)} MB`);
    }
  }
  await client.stop();
  const tenth = Math.floor(count / 10);
  const growthOf = (which) => {
    const values = samples.map((it) => it[which]);
    // The heap breathes; a leak raises the lowest point of each breath.
    const before = Math.min(...values.slice(tenth, 2 * tenth));
    const after = Math.min(...values.slice(-tenth));
    return { before, after, growth: after / before - 1 };
  };
  return {
    edits: count,
    resident: growthOf("resident"),
    heap: growthOf("heap"),
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
  };
}

function page({ initialize, projects, memory: held, machine: host }) {
  const parts = [`${host.processor}, ${host.cores} cores, Node ${host.node}`];
  parts.push(
    `initialize: ${initialize.median.toFixed(0)} ms (median), ${initialize.p95.toFixed(0)} ms (p95), from the start of the process`,
  );
  for (const project of projects) {
    const {
      subject,
      firstFindings,
      everything,
      startCpu,
      memory: bytes,
      edits: measured,
    } = project;
    parts.push(
      `${subject.files} files, ${subject.lines} lines: first findings after ${seconds(firstFindings)}, all after ${seconds(everything)} (${seconds(startCpu)} of CPU); ${megabytes(bytes)} MB at the end`,
    );
    const rows = [["edit", "edits", "p50 ms", "p95 ms", "max ms", "CPU ms"]];
    for (const kind of ["body", "signature"]) {
      const ofKind = measured.filter((it) => it.kind === kind);
      rows.push(row(`${kind}, the edited file`, ofKind, "own"));
      rows.push(row(`${kind}, everything affected`, ofKind, "everything"));
    }
    rows.push(row("all, the edited file", measured, "own"));
    parts.push(table(rows, values.markdown));
  }
  if (held !== undefined) {
    const words = ({ before, after, growth }) =>
      `${megabytes(before)} MB, then ${megabytes(after)} MB (${(100 * growth).toFixed(1)} %)`;
    parts.push(
      `memory over ${held.edits} edits, lowest in the second and in the last tenth: objects ${words(held.heap)}, resident ${words(held.resident)}; an edit took ${held.p50.toFixed(1)} ms (p50), ${held.p95.toFixed(1)} ms (p95)`,
    );
  }
  return parts.join("\n\n");
}

/** The clock counts what others do meanwhile as well; CPU time does not, but ticks in 10 ms: a mean. */
function row(name, edits, which) {
  if (edits.length === 0) return [name, "0", "–", "–", "–", "–"];
  const times = edits.map((it) => it[which]);
  const shown = [percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)];
  const cpu = edits.reduce((sum, it) => sum + it.cpu[which], 0) / edits.length;
  return [name, String(times.length), ...[...shown, cpu].map((it) => it.toFixed(1))];
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function megabytes(bytes) {
  return Math.round(bytes / 1024 / 1024);
}

function textsOf(directory) {
  const texts = new Map();
  const entries = readdirSync(join(directory, "src"), { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    texts.set(relative(directory, path).replaceAll("\\", "/"), readFileSync(path, "utf8"));
  }
  return new Map([...texts].sort(([left], [right]) => (left < right ? -1 : 1)));
}
