/** Who is measured, how each is started, and how each one's findings are counted. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const bench = dirname(fileURLToPath(import.meta.url));
const peers = join(bench, "peers");

/** The defects that all tools are asked for. The peers' names for them stand in peers/. */
export const sharedRules = [
  "floating-promise",
  "unawaited-callback",
  "promise-as-value",
  "promise-escapes-try",
  "await-of-non-promise",
  "promise-executor-misuse",
];

/** Unobserved async, and races on shared state: the first two families of rules. */
export const families = {
  A: [
    ...sharedRules,
    "unobserved-promise",
    "late-rejection-handler",
    "dropped-then-result",
    "swallowed-rejection",
    "unconsumed-async-generator",
    "async-override-of-void",
    "async-work-in-constructor",
  ],
  B: [
    "lost-update",
    "racy-lazy-init",
    "racy-cache-fill",
    "leaky-busy-flag",
    "stale-guard",
    "stale-response",
    "stale-effect-write",
    "racy-accumulator",
    "live-iteration",
    "inconsistent-lock",
    "unreleased-lock",
    "lock-cycle",
    "nonatomic-shared-memory",
    "file-system-race",
    "ambient-context",
    "stale-event",
    "record-race",
    "lost-dirty-flag",
  ],
};

/** What the others cost beside these, in Mooring alone. */
export const ownComparisons = [
  ["mooring-ab", "mooring-a"],
  ["mooring-all", "mooring-a"],
];

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} title
 * @property {readonly string[]} command run in the subject's folder
 * @property {(stdout: string) => Map<string, number>} count findings by rule; throws when the output is not understood
 */

/**
 * @param {string} mooring path of the command's script, so that two check-outs can be compared
 * @returns {readonly Tool[]}
 */
export function allTools(mooring) {
  const check = [process.execPath, mooring, "check", ".", "--format", "json", "--no-progress"];
  const strictly = [...check, "--profile", "strict"];
  const only = (ids) => [...strictly, "--only", present(ids, mooring).join(",")];
  return [
    {
      name: "mooring",
      title: "Mooring, same rules",
      command: [...check, "--only", sharedRules.join(",")],
      count: countMooring,
    },
    {
      name: "mooring-a",
      title: "Mooring, all of A",
      command: only(families.A),
      count: countMooring,
    },
    {
      name: "mooring-ab",
      title: "Mooring, A + B",
      command: only([...families.A, ...families.B]),
      count: countMooring,
    },
    {
      name: "mooring-all",
      title: "Mooring, all rules",
      command: strictly,
      count: countMooring,
    },
    {
      name: "eslint",
      title: "ESLint + typescript-eslint",
      command: [
        process.execPath,
        join(bench, "node_modules/eslint/bin/eslint.js"),
        "--config",
        join(peers, "eslint.config.mjs"),
        "--format",
        "json",
        "src",
      ],
      count: countEslint,
    },
    {
      name: "oxlint",
      title: "oxlint + tsgolint",
      command: [
        process.execPath,
        join(bench, "node_modules/oxlint/bin/oxlint"),
        "--type-aware",
        "--config",
        join(peers, "oxlintrc.json"),
        "--format",
        "json",
        "src",
      ],
      count: countOxlint,
    },
  ];
}

/** Those that the measured check-out has: naming another one would be an error. */
function present(ids, mooring) {
  const rules = join(dirname(mooring), "..", "rules");
  if (!existsSync(rules)) return ids;
  const known = new Set(readdirSync(rules));
  return ids.filter((it) => known.has(it));
}

/** The versions behind the rows, for the head of the report. */
export function toolVersions() {
  const packages = ["eslint", "typescript-eslint", "typescript", "oxlint", "oxlint-tsgolint"];
  const versions = { mooring: versionIn(join(bench, "..")) };
  for (const name of packages) versions[name] = versionIn(join(bench, "node_modules", name));
  return versions;
}

function versionIn(folder) {
  const path = join(folder, "package.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).version : "not installed";
}

/** Takes the list itself or an object that holds it, so that a new version of the format needs no change here. */
function countMooring(stdout) {
  const report = JSON.parse(stdout);
  const findings = Array.isArray(report) ? report : report.findings;
  if (!Array.isArray(findings)) throw new Error("its JSON holds no list of findings");
  return tally(findings, (finding) => finding.rule ?? finding.ruleId ?? finding.id);
}

function countEslint(stdout) {
  const messages = JSON.parse(stdout).flatMap((file) => file.messages);
  // ESLint reports a file it could not read as a message without a rule, and goes on with the rest.
  const fatal = messages.find((message) => message.fatal);
  if (fatal !== undefined) throw new Error(fatal.message);
  return tally(messages, (message) => message.ruleId);
}

function countOxlint(stdout) {
  const report = JSON.parse(stdout);
  if (report.number_of_files === 0) throw new Error("it found no files");
  return tally(report.diagnostics, (diagnostic) => diagnostic.code);
}

function tally(findings, ruleOf) {
  const counts = new Map();
  for (const finding of findings) {
    const rule = String(ruleOf(finding));
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return new Map([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}
