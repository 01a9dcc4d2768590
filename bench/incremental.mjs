#!/usr/bin/env node
/**
 * How long an edit takes in an open project, measured on the core's own interface: what the language server waits for.
 * Body edits leave the file's interface alone; signature edits change what other files see.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { planEdits } from "./generator/edits.mjs";
import { installPeers, machine } from "./machine.mjs";
import { table } from "./report.mjs";
import { percentile } from "./statistics.mjs";
import { prepareSubject } from "./subjects.mjs";
import { families } from "./tools.mjs";

const help = `Usage: npm run bench:incremental -- [options]

  --files N        size of the generated project (default 500)
  --body N         body edits (default 200)
  --signature N    signature edits (default 40)
  --seed N         of the choice of edits (default 1)
  --families A,B   only the rules of these families (default all rules)
  --core PATH      a module with another openCore (default bench/core.mjs)
  --json           everything, for machines
  --markdown       a table to paste into a page
`;

try {
  await main();
} catch (cause) {
  console.error(cause.message);
  process.exitCode = 2;
}

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(help);
    return;
  }
  installPeers();
  const { directory, ...subject } = prepareSubject(`generated-${options.files}`, options.files);
  const texts = textsOf(directory);
  const { openCore } = await import(pathToFileURL(options.core).href);

  const started = performance.now();
  const core = await openCore(directory, options.only);
  const opened = performance.now() - started;
  const baseline = await findingsBefore(core, directory, texts);
  const measured = [];
  for (const edit of planEdits(texts, options))
    measured.push(await apply(core, directory, edit, baseline));
  core.close?.();

  const wrong = measured.filter((edit) => !edit.right);
  const result = {
    date: new Date().toISOString(),
    machine: machine(),
    subject,
    openMilliseconds: opened,
    residentBytes: process.memoryUsage.rss(),
    edits: measured,
  };
  console.log(options.json ? JSON.stringify(result, null, 2) : page(result, options.markdown));
  for (const edit of wrong) {
    console.error(
      `Wrong answer after a ${edit.kind} edit of ${edit.path}: ${edit.was} dropped promises, then ${edit.is}.`,
    );
  }
  // A fast answer that is wrong is no result.
  if (0 < wrong.length) process.exitCode = 1;
}

/** Every file is asked about once, so that the edits measure an open project and not its first reading. */
async function findingsBefore(core, directory, texts) {
  const counts = new Map();
  for (const [path, text] of texts) {
    counts.set(path, floating(await core.edit(join(directory, path), text)));
  }
  await core.settle?.();
  return counts;
}

async function apply(core, directory, edit, baseline) {
  const path = join(directory, edit.path);
  const started = performance.now();
  const findings = await core.edit(path, edit.after);
  const own = performance.now() - started;
  const affected = await core.settle?.();
  const everything = affected === undefined ? undefined : performance.now() - started;

  // Taken back, unmeasured, so that every edit starts from the same project.
  await core.edit(path, edit.before);
  await core.settle?.();
  const was = baseline.get(edit.path);
  const is = floating(findings);
  return {
    kind: edit.kind,
    path: edit.path,
    own,
    everything,
    was,
    is,
    right: asExpected(edit.expected, was, is),
  };
}

/** Whatever other rules think of an edit, what it does to dropped promises is known. */
function floating(findings) {
  return findings.filter((finding) => finding.rule === "floating-promise").length;
}

function asExpected(expected, was, is) {
  if (expected === "same") return is === was;
  return expected === "one more" ? is === was + 1 : was < is;
}

function page({ subject, machine: host, openMilliseconds, residentBytes, edits }, markdown) {
  const lines = [["edit", "edits", "p50 ms", "p95 ms", "max ms"]];
  for (const kind of ["body", "signature"]) {
    const ofKind = edits.filter((edit) => edit.kind === kind);
    if (ofKind.length === 0) continue;
    lines.push(
      timesOf(
        `${kind}, the edited file`,
        ofKind.map((edit) => edit.own),
      ),
    );
    const everything = ofKind.map((edit) => edit.everything).filter((time) => time !== undefined);
    lines.push(timesOf(`${kind}, everything affected`, everything));
  }
  return [
    `${subject.name}: ${subject.files} files, ${subject.lines} lines; ${host.processor}, Node ${host.node}`,
    `opened in ${openMilliseconds.toFixed(0)} ms; ${(residentBytes / 1e6).toFixed(0)} MB at the end`,
    table(lines, markdown),
  ].join("\n\n");
}

function timesOf(name, times) {
  if (times.length === 0) return [name, "0", "–", "–", "–"];
  const shown = [percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)];
  return [name, String(times.length), ...shown.map((time) => time.toFixed(1))];
}

function textsOf(directory) {
  const texts = new Map();
  for (const entry of readdirSync(join(directory, "src"), {
    recursive: true,
    withFileTypes: true,
  })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    texts.set(relative(directory, path).replaceAll("\\", "/"), readFileSync(path, "utf8"));
  }
  // Directory order differs between file systems, and the choice of edits must not.
  return new Map([...texts].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function rulesOf(names) {
  return names.flatMap((name) => {
    const rules = families[name];
    if (rules === undefined) {
      throw new Error(
        `There is no family ${name}. Name one of ${Object.keys(families).join(", ")}.`,
      );
    }
    return rules;
  });
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      files: { type: "string", default: "500" },
      body: { type: "string", default: "200" },
      signature: { type: "string", default: "40" },
      seed: { type: "string", default: "1" },
      families: { type: "string" },
      core: { type: "string", default: join(import.meta.dirname, "core.mjs") },
      json: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    ...values,
    files: Number(values.files),
    body: Number(values.body),
    signature: Number(values.signature),
    seed: Number(values.seed),
    core: resolve(values.core),
    only: values.families && rulesOf(values.families.split(",")),
  };
}
