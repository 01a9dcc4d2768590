/**
 * Recall on real bugs: does Mooring report where people repaired one, and is it silent after the
 * repair? Each case is a commit of a public repository; its files come from local snapshots.
 *
 *   npm run bench:realbugs -- --class floating,race-check-then-act
 *
 * A case counts as found when a finding starts on or next to one of its lines in the version before
 * the repair. It counts as silent when a rule that found it reports no more after the repair, neither
 * on these lines nor in what the repair wrote; a case that is not found is silent unless something is
 * reported there afterwards. A note on the line (the other end of a race) is shown, and does not count.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { provideModules } from "./realbugs-modules.mjs";

const bench = dirname(fileURLToPath(import.meta.url));
const root = join(bench, "..");

/** How far a finding may lie from the line of a case. */
const NEXT_TO = 1;

const profiles = ["recommended", "strict"];

const HELP = `Usage: node bench/realbugs.mjs [options]

  --class C[,C]     only these classes; race- stands for all that begin so
  --id ID[,ID]      only these cases
  --rules R[,R]     only these rules (--only of mooring check); without it all of them
  --profile P       recommended, strict, or both (the default)
  --quiet-files     also list every finding on the quiet files, where nothing is known to be wrong
  --findings        print the findings of each case, before and after, in full
  --missed          list only cases that are not found or not silent
  --install         install what the cases import, so that types are known (network; several minutes once)
  --at DIR          where the cases are or will be written (default: bench/.work/realbugs)
  --cases DIR       the folder of cases.jsonl and materialize.sh (default: shared/realbugs beside or above)
  --mirror DIR      the snapshots of the repositories, OWNER+NAME/repo (default: .mirror beside or above)
  --mooring FILE    another check-out's bin/mooring.mjs
  --json            everything, for machines
`;

const options = readOptions();
const cases = readCases();
const results = measure(cases);
if (options.json) console.log(JSON.stringify(results, null, 2));
else console.log(page(results));

function readOptions() {
  const { values } = parseArgs({
    options: {
      class: { type: "string" },
      id: { type: "string" },
      rules: { type: "string" },
      profile: { type: "string", default: "both" },
      "quiet-files": { type: "boolean", default: false },
      findings: { type: "boolean", default: false },
      missed: { type: "boolean", default: false },
      install: { type: "boolean", default: false },
      at: { type: "string", default: join(bench, ".work", "realbugs") },
      cases: { type: "string" },
      mirror: { type: "string" },
      mooring: { type: "string", default: join(root, "bin", "mooring.mjs") },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  if (![...profiles, "both"].includes(values.profile)) {
    fail(`--profile takes recommended, strict or both; "${values.profile}" is none of them.`);
  }
  return {
    ...values,
    at: resolve(values.at),
    profiles: values.profile === "both" ? profiles : [values.profile],
  };
}

/** The folder itself, or the first of that name beside or above the check-out. */
function find(given, name, option) {
  if (given !== undefined) return resolve(given);
  for (let folder = root; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  return fail(`There is no ${name} beside this check-out or above it. Name it with ${option}.`);
}

function readCases() {
  if (!existsSync(join(options.at, "index.jsonl"))) materialize();
  const classes = options.class?.split(",");
  const ids = options.id?.split(",");
  const chosen = linesOf(join(options.at, "index.jsonl"))
    .filter((it) => classes?.some((name) => isOfClass(it.class, name)) ?? true)
    .filter((it) => ids?.includes(it.id) ?? true)
    .map(({ id }) => caseOf(id));
  if (options.install) provideModules(options.at, allRoots());
  if (chosen.length === 0) fail("No case is of that class or has that id.");
  return chosen.toSorted((a, b) => compare(a.class, b.class) || compare(a.id, b.id));
}

/** With everything there is, so that what one run installs serves all later ones. */
function allRoots() {
  return [
    ...linesOf(join(options.at, "index.jsonl")).map(({ id }) => ({
      repo: caseOf(id).repo,
      roots: [join(id, "before"), join(id, "after")],
    })),
    ...quietFiles().map(({ id, repo }) => ({ repo, roots: [join("quiet", id)] })),
  ];
}

function quietFiles() {
  const list = join(options.at, "quiet.jsonl");
  return existsSync(list) ? linesOf(list) : [];
}

function caseOf(id) {
  return JSON.parse(readFileSync(join(options.at, id, "case.json"), "utf8"));
}

function isOfClass(name, wanted) {
  return wanted.endsWith("-") ? name.startsWith(wanted) : name === wanted;
}

function materialize() {
  const source = find(options.cases, "shared/realbugs", "--cases");
  const mirror = find(options.mirror, ".mirror", "--mirror");
  console.error(`Writing the cases to ${options.at}…`);
  const { status } = spawnSync(
    join(source, "materialize.sh"),
    ["-o", options.at, "-m", mirror, "-q", join(source, "quiet.jsonl"), "--imports", "2"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  // 1: some snapshot is missing, and what there is can be measured.
  if (status !== 0 && status !== 1) fail("The cases could not be written.");
}

function measure(chosen) {
  const quiet = options["quiet-files"] ? quietFiles() : [];
  const byProfile = new Map(
    options.profiles.map((profile) => [
      profile,
      check(profile, [
        ...chosen.flatMap((it) => [pathOf(it, "before"), pathOf(it, "after")]),
        ...quiet.map((it) => it.path),
      ]),
    ]),
  );
  return {
    cases: chosen.map((it) => ({
      id: it.id,
      class: it.class,
      difficulty: it.difficulty,
      file: it.file,
      lines: it.lines,
      why: it.why,
      ...Object.fromEntries(
        options.profiles.map((profile) => [profile, judged(it, byProfile.get(profile))]),
      ),
    })),
    quiet: quiet.flatMap(({ id, repo, file, path }) =>
      options.profiles.map((profile) => ({
        id,
        repo,
        file,
        profile,
        findings: (byProfile.get(profile)?.get(path) ?? []).map(brief),
      })),
    ),
  };
}

function pathOf(it, version) {
  return `${it.id}/${version}/${it.file}`;
}

/** One run over all files, since starting and the compiler's library are most of what one file costs. */
function check(profile, paths) {
  // Only the files of a case are committed there, so that nothing is ignored by its .gitignore.
  const present = paths.filter((it) => existsSync(join(options.at, it)));
  const command = [options.mooring, "check", ...present, "--format", "json", "--no-progress"];
  if (options.rules !== undefined) command.push("--only", options.rules);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...command, "--no-ignore", "--profile", profile],
    { cwd: options.at, encoding: "utf8", maxBuffer: 1 << 30 },
  );
  if (status !== 0 && status !== 1 && !stdout.startsWith("{")) fail(`mooring failed:\n${stderr}`);
  const byFile = new Map();
  for (const finding of JSON.parse(stdout).findings) {
    const known = byFile.get(finding.file);
    if (known === undefined) byFile.set(finding.file, [finding]);
    else known.push(finding);
  }
  return byFile;
}

function judged(it, byFile) {
  const before = byFile.get(pathOf(it, "before")) ?? [];
  const after = byFile.get(pathOf(it, "after")) ?? [];
  const isThere = ({ start }) => it.lines.some((line) => isNextTo(start.line, line));
  const hits = before.filter(isThere);
  const noted = before.filter(
    (finding) =>
      !hits.includes(finding) && finding.notes.some((note) => note.start && isThere(note)),
  );
  const places = it.mappedLines.filter((line) => line !== null);
  const isStillThere = ({ start }) =>
    places.some((line) => isNextTo(start.line, line)) ||
    it.changedAfter.some(([from, to]) => from <= start.line && start.line <= to);
  const suspicious = after.filter(isStillThere);
  const isGone = ({ rule }) => !suspicious.some((finding) => finding.rule === rule);
  return {
    found: 0 < hits.length,
    silent: hits.length === 0 ? suspicious.length === 0 : hits.some(isGone),
    hits: hits.map(brief),
    noted: noted.map(brief),
    after: suspicious.map(brief),
    elsewhere: before.length - hits.length - noted.length,
    ...(options.findings
      ? { allBefore: before.map(brief), allAfter: after.map(brief) }
      : undefined),
  };
}

function isNextTo(line, wanted) {
  return Math.abs(line - wanted) <= NEXT_TO;
}

function brief({ rule, severity, message, start }) {
  return { rule, severity, line: start.line, message };
}

function page({ cases: judgedCases, quiet }) {
  const parts = [];
  const shown = options.missed
    ? judgedCases.filter((it) => options.profiles.some((p) => !it[p].found || !it[p].silent))
    : judgedCases;
  let last;
  for (const it of shown) {
    if (it.class !== last) parts.push(`\n${it.class}`);
    last = it.class;
    parts.push(`  ${it.id} (${it.difficulty}) ${relativeTo(it, "before")}:${it.lines.join(",")}`);
    parts.push(`      ${it.why}`);
    for (const profile of options.profiles) parts.push(`      ${wordsOf(profile, it[profile])}`);
    if (!options.findings) continue;
    const { allBefore, allAfter } = it[options.profiles.at(-1)];
    for (const finding of allBefore) parts.push(`      before ${sentence(finding)}`);
    for (const finding of allAfter) parts.push(`      after  ${sentence(finding)}`);
  }
  parts.push("", ...table(judgedCases));
  for (const it of quiet) {
    if (it.findings.length === 0) continue;
    parts.push(`\n${it.id} ${it.profile}: ${it.repo} ${it.file}`);
    for (const finding of it.findings) parts.push(`      ${sentence(finding)}`);
  }
  return parts.join("\n");
}

function relativeTo(it, version) {
  return relative(process.cwd(), join(options.at, pathOf(it, version)));
}

function wordsOf(profile, { found, silent, hits, noted, after, elsewhere }) {
  const where = (list) => list.map((it) => `${it.rule}:${it.line}`).join(" ");
  return [
    profile.padEnd(12),
    found ? `found ${where(hits)}` : "missed",
    ...(0 < noted.length ? [`note of ${where(noted)}`] : []),
    ...(silent ? [] : ["NOT SILENT"]),
    ...(0 < after.length ? [`after: ${where(after)}`] : []),
    ...(0 < elsewhere ? [`${elsewhere} elsewhere in the file`] : []),
  ].join("; ");
}

function sentence({ rule, severity, line, message }) {
  return `${line} ${severity} ${rule}: ${message}`;
}

function table(judgedCases) {
  const head = ["class", "cases", ...options.profiles.flatMap((it) => [it, "silent after"])];
  const names = [...new Set(judgedCases.map((it) => it.class))];
  const row = (name, list) => [
    name,
    String(list.length),
    ...options.profiles.flatMap((profile) => [
      String(list.filter((it) => it[profile].found).length),
      String(list.filter((it) => it[profile].silent).length),
    ]),
  ];
  const rows = names.map((name) =>
    row(
      name,
      judgedCases.filter((it) => it.class === name),
    ),
  );
  if (1 < names.length) rows.push(row("all", judgedCases));
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function linesOf(file) {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
