#!/usr/bin/env node
/** Mooring beside the linters people already run, on the same files with the same rules. See README.md. */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installPeers, load, machine } from "./machine.mjs";
import { scalingTable, subjectReport } from "./report.mjs";
import { runRounds } from "./rounds.mjs";
import { prepareSubject, subjectNames } from "./subjects.mjs";
import { allTools, toolVersions } from "./tools.mjs";

const bench = dirname(fileURLToPath(import.meta.url));

/** effect is left to those who ask for it: ESLint alone needs a minute and a half for each round. */
const usualSubjects = ["trpc-server", "mongodb", "zod", "generated"];
const scalingSizes = [250, 500, 1000];

/** What there is to measure; the last three are programs of their own, with options of their own. */
const PARTS = { server: "server.mjs", editor: "editor.mjs", incremental: "incremental.mjs" };

const help = `Usage: npm run bench -- [options]
       npm run bench -- ${Object.keys(PARTS).join("|")} [options of that]

  server: initialize, edit to diagnostics, memory over many edits; editor: activate() in a real VS Code
  incremental: an edit without the server. Without any of them, the linters side by side:

  --subject NAME   one of ${subjectNames.join(", ")}, or all; repeatable (default: all but effect)
  --tool NAME      one of ${allTools("")
    .map((tool) => tool.name)
    .join(", ")}; repeatable (default: all)
  --rounds N       measured rounds (default 3)
  --warmup N       rounds before them whose numbers are thrown away (default 1)
  --files N        size of the generated project (default 500)
  --scaling        only the generated project, at ${scalingSizes.join(", ")} files
  --timeout N      seconds after which a tool counts as failed (default 900)
  --mooring PATH   another bin/mooring.mjs to measure
  --json           everything, for machines
  --markdown       tables to paste into a page
`;

try {
  const part = PARTS[process.argv[2]];
  if (part === undefined) await main();
  else {
    process.argv.splice(2, 1);
    await import(`./${part}`);
  }
} catch (cause) {
  // A wrong option deserves a sentence and not a stack.
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
  const results = [];
  for (const name of options.subjects) {
    const subject = prepareSubject(name, options.files);
    const before = load();
    const rows = await runRounds(subject, options.tools, options);
    results.push({ subject, rows, load: [before, load()] });
  }
  const head = { date: new Date().toISOString(), machine: machine(), versions: toolVersions() };
  console.log(
    options.json ? JSON.stringify({ ...head, results }, null, 2) : page(head, results, options),
  );
}

function page({ date, machine: host, versions }, results, { markdown, scaling, rounds }) {
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const gigabytes = `${Math.round(host.memory / 2 ** 30)} GB`;
  return [
    `${date.slice(0, 10)}, ${host.processor}, ${host.cores} cores, ${gigabytes}, ${host.system}, Node ${host.node}`,
    `${listed.join(", ")}; medians of ${rounds} rounds`,
    ...results.map((result) => subjectReport(result, markdown)),
    ...(scaling ? [scalingTable(results, markdown)] : []),
  ].join("\n\n");
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      subject: { type: "string", multiple: true },
      tool: { type: "string", multiple: true },
      rounds: { type: "string", default: "3" },
      warmup: { type: "string", default: "1" },
      files: { type: "string", default: "500" },
      timeout: { type: "string", default: "900" },
      mooring: { type: "string", default: join(bench, "..", "bin", "mooring.mjs") },
      scaling: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const known = allTools(resolve(values.mooring));
  const wanted = values.tool ?? known.map((tool) => tool.name);
  for (const name of wanted) {
    if (known.some((tool) => tool.name === name)) continue;
    throw new Error(
      `No tool is called "${name}". There are: ${known.map((tool) => tool.name).join(", ")}.`,
    );
  }
  return {
    ...values,
    subjects: values.scaling
      ? scalingSizes.map((files) => `generated-${files}`)
      : subjectsOf(values.subject),
    tools: known.filter((tool) => wanted.includes(tool.name)),
    rounds: wholeNumber(values.rounds, "--rounds", 1),
    warmUps: wholeNumber(values.warmup, "--warmup", 0),
    files: wholeNumber(values.files, "--files", 20),
    timeout: wholeNumber(values.timeout, "--timeout", 1),
    say: (line) => console.error(line),
  };
}

function subjectsOf(named = usualSubjects) {
  const names = named.includes("all") ? subjectNames : named;
  // Said now and not after the first subject has been measured for minutes.
  for (const name of names) {
    if (subjectNames.includes(name) || /^generated-\d+$/.test(name)) continue;
    throw new Error(`No subject is called "${name}". There are: ${subjectNames.join(", ")}, all.`);
  }
  return names;
}

function wholeNumber(text, option, least) {
  const number = Number(text);
  if (Number.isInteger(number) && least <= number) return number;
  throw new Error(`${option} takes a whole number, at least ${least}; "${text}" is none.`);
}
