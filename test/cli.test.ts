import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, test } from "vitest";
import { decode } from "../analysis/decode.ts";
import { runCommand } from "../cli/program.ts";
import type { Output, Shell } from "../cli/shell.ts";
import { version } from "../cli/version.ts";
import { cliRules } from "./harness/cli-rules.ts";
import { setups } from "./harness/cli-setups.ts";

// A folder in test/cli is a case: `command` is what somebody types, `input` the folder they stand
// in, `stdin` what they pipe in, and `expected` what comes of it: the exit code, the output, and
// the files that are different afterwards. UPDATE=1 writes `expected`; review the diff.
//
// In `command`, words such as FORCE_COLOR=1 before `mooring` are the environment, and TTY=80 makes
// the output a terminal that is 80 columns wide. CLOCK=200 lets 200 ms pass at each look at the clock.

const update = process.env["UPDATE"] === "1";
const cases = new URL("cli/", import.meta.url).pathname;
const reportSchema: object = JSON.parse(
  readFileSync(new URL("../schema/mooring.report.schema.json", import.meta.url), "utf8"),
);
const isReport = new Ajv({ strict: true, allowUnionTypes: true }).compile(reportSchema);

// The standard's own schema, as OASIS publishes it. Some of its patterns are none with the `u` flag.
const sarifSchema: object = JSON.parse(
  readFileSync(new URL("schemas/sarif-2.1.0.json", import.meta.url), "utf8"),
);
const isSarif = new Ajv2020({
  strict: false,
  unicodeRegExp: false,
  validateFormats: false,
}).compile(sarifSchema);

const scratch = mkdtempSync(join(tmpdir(), "mooring-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const names = readdirSync(cases, { withFileTypes: true })
  .filter((it) => it.isDirectory())
  .map((it) => it.name);

describe("the command line", () => {
  test.each(names)("%s", async (name) => {
    const source = join(cases, name);
    const folder = join(scratch, name);
    cpSync(existsSync(join(source, "input")) ? join(source, "input") : emptyFolder(), folder, {
      recursive: true,
    });
    for (const path of filesIn(folder).keys()) unmask(folder, path);
    setups[name]?.(folder);
    const before = filesIn(folder);

    const result = await typed(readFileSync(join(source, "command"), "utf8"), folder, source);
    if (result.args.includes("json") && result.stdout !== "") {
      expect(isReport(JSON.parse(result.stdout)), JSON.stringify(isReport.errors)).toBe(true);
    }
    if (result.args.includes("sarif") && result.stdout !== "") {
      expect(isSarif(JSON.parse(result.stdout)), JSON.stringify(isSarif.errors)).toBe(true);
    }
    const changed = [...filesIn(folder)].filter(([path, text]) => before.get(path) !== text);
    const parts = [
      `exit ${result.code}\n`,
      section("stdout", result.stdout),
      section("stderr", result.stderr),
      ...changed.map(([path, text]) =>
        section(`now in ${path}${kindOf(join(folder, path))}`, text),
      ),
    ];
    const actual = general(parts.join(""), folder);
    const expected = join(source, "expected");
    if (update) writeFileSync(expected, actual);
    else expect(actual).toBe(readFileSync(expected, "utf8"));
  });

  test("every setup has its case", () => {
    expect(Object.keys(setups).filter((it) => !names.includes(it))).toEqual([]);
  });
});

/** Git would act upon .gitignore and node_modules, so `input` has them with an underscore. */
function unmask(folder: string, path: string): void {
  const name = path
    .replace(/(^|\/)_gitignore$/, "$1.gitignore")
    .replace("_node_modules/", "node_modules/");
  if (name === path) return;
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  renameSync(join(folder, path), join(folder, name));
}

describe("SARIF", () => {
  test("fingerprints stay when lines move", () => {
    const hashOfRace = (name: string) => {
      const expected = readFileSync(join(cases, name, "expected"), "utf8");
      const result = expected.slice(expected.indexOf('"ruleId": "racy-lazy-init"'));
      return /"primaryLocationLineHash": "(.+)"/.exec(result)?.[1];
    };
    expect(hashOfRace("sarif-shifted")).toBeDefined();
    expect(hashOfRace("sarif-shifted")).toBe(hashOfRace("sarif"));
  });
});

describe("the documentation", () => {
  test("names every flag of `mooring check`, and no other", async () => {
    const help = await typed("mooring check --help", emptyFolder(), cases);
    const known = [...help.stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map((it) => it[1]);
    const page = readFileSync(new URL("../docs/cli.md", import.meta.url), "utf8");
    const named = [...page.matchAll(/^\| `(--[\w-]+)/gm)].map((it) => it[1]);
    expect(named.toSorted()).toEqual(known.filter((it) => it !== "--help").toSorted());
  });

  test("shows JSON that keeps to the contract, and says what each field means", () => {
    const page = readFileSync(new URL("../docs/json.md", import.meta.url), "utf8");
    const [, example = ""] = /```json\n([^]*?)```/.exec(page) ?? [];
    expect(isReport(JSON.parse(example)), JSON.stringify(isReport.errors)).toBe(true);
  });
});

function emptyFolder(): string {
  return mkdtempSync(join(scratch, "empty-"));
}

async function typed(command: string, folder: string, source: string) {
  const words = [...command.trim().matchAll(/"([^"]*)"|(\S+)/g)].map((it) => it[1] ?? it[2] ?? "");
  const start = words.indexOf("mooring");
  const environment = Object.fromEntries(
    words.slice(0, start).map((it) => it.split("=", 2)),
  ) as Record<string, string>;
  const args = words.slice(start + 1);
  const columns = environment["TTY"] === undefined ? undefined : Number(environment["TTY"]);
  const stdout = memory(columns);
  const stderr = memory(columns);
  const input = join(source, "stdin");
  let clock = 0;
  const shell: Shell = {
    folder,
    environment,
    out: stdout.output,
    err: stderr.output,
    input: async () => (existsSync(input) ? readFileSync(input) : Buffer.alloc(0)),
    now: () => {
      clock += Number(environment["CLOCK"] ?? 0);
      return clock;
    },
  };
  const code = await runCommand(args, shell, cliRules);
  return { code, args, stdout: stdout.text(), stderr: stderr.text() };
}

function memory(columns: number | undefined): { output: Output; text(): string } {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  return { output: { isTTY: columns !== undefined, columns, write }, text: () => text };
}

function section(name: string, text: string): string {
  if (text === "") return "";
  const visible = text.replaceAll("\u001b", "␛").replaceAll("\r\n", "␍\n").replaceAll("\r", "␍");
  return `--- ${name}\n${visible}${visible.endsWith("\n") ? "" : "⏎\n"}`;
}

/** What differs from one computer, or one version, to the next. */
function general(text: string, folder: string): string {
  return (
    text
      .replaceAll(folder, "<folder>")
      .replaceAll(version(), "<version>")
      // The pages of rules belong to their own tests.
      .replace(/"(text|markdown)": "# [^\n]*"/g, '"$1": "<page>"')
      .replace(/^( +)(?:at .*\n)(?: +at .*\n)*/gm, "$1at <stack>\n")
  );
}

/** What is special about a file apart from its text. */
function kindOf(path: string): string {
  const decoded = decode(readFileSync(path));
  const encoding = "text" in decoded ? decoded.encoding : "utf-8";
  const kinds = [
    ...(encoding === "utf-8" ? [] : [encoding]),
    ...((statSync(path).mode & 0o111) === 0 ? [] : ["executable"]),
  ];
  return kinds.length === 0 ? "" : ` (${kinds.join(", ")})`;
}

function filesIn(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    const decoded = decode(readFileSync(path));
    files.set(relative(folder, path), "text" in decoded ? decoded.text : decoded.refused);
  }
  return files;
}
