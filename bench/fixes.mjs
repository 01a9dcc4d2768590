#!/usr/bin/env node
/**
 * Do the fixes hold on code that nobody wrote for them? Tries each fix of each finding of a project in
 * memory: it has to type-check no worse than before, remove its finding and add none. Nothing is written.
 * A fix that does not hold is never offered by the editor nor applied by --fix; here it is a defect to look at.
 *
 *   node bench/fixes.mjs --profile strict ../some/project src
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loaded } from "./loaded.mjs";
import { table } from "./report.mjs";

const HELP = `Usage: node bench/fixes.mjs [options] FOLDER [PATH…]

  --profile P   recommended (the default) or strict
  --most N      findings of each rule (default 20)
  --only R,R    findings of these rules; what others say of the result counts as well
  --all         also list the fixes that hold
  --diff        show what each listed fix changes
  --json        every trial, for machines
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    profile: { type: "string", default: "recommended" },
    most: { type: "string", default: "20" },
    only: { type: "string" },
    all: { type: "boolean", default: false },
    diff: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const [folder, ...paths] = positionals;
const most = Number(values.most);
if (values.help || folder === undefined || !(0 < most)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
if (!["recommended", "strict"].includes(values.profile)) {
  console.error(`--profile takes recommended or strict; "${values.profile}" is neither.`);
  process.exit(2);
}

const { tryFixes } = await loaded("fixes");

const trials = [];
for (const trial of tryFixes({
  directory: resolve(folder),
  paths,
  profile: values.profile,
  most,
  only: values.only?.split(","),
})) {
  trials.push(trial);
  if (values.json || !(values.all || trial.outcome !== "ok")) continue;
  console.log(lineOf(trial));
  if (values.diff) console.log(trial.diff);
}
if (values.json) console.log(JSON.stringify(trials, null, 2));
else console.log(summary());

function lineOf({ file, line, rule, title, outcome, milliseconds }) {
  return `${file}:${line}  ${rule}  “${title}”: ${outcome} (${milliseconds} ms)`;
}

function summary() {
  const names = [...new Set(trials.map((it) => it.rule))].toSorted();
  const rows = names.map((rule) => {
    const own = trials.filter((it) => it.rule === rule);
    return [rule, `${own.length}`, `${own.filter((it) => it.outcome === "ok").length}`];
  });
  const held = trials.filter((it) => it.outcome === "ok").length;
  const rowOfAll = ["all", `${trials.length}`, `${held}`];
  const times = trials.map((it) => it.milliseconds).toSorted((a, b) => a - b);
  const [middle = 0, slowest = 0] = [times[Math.floor(times.length / 2)], times.at(-1)];
  return `${table([["rule", "fixes", "hold"], ...rows, rowOfAll], true)}
One fix takes ${middle} ms (median), ${slowest} ms at the most.`;
}
