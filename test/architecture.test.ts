import { readFileSync } from "node:fs";
import { join, normalize } from "node:path/posix";
import { globSync } from "tinyglobby";
import { ts } from "ts-morph";
import { describe, expect, test } from "vitest";

/**
 * Who may import whom. What is not listed is forbidden; see "Code map" in ARCHITECTURE.md. The
 * longest folder that holds a file counts, and a file may always import from its own folder.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  runtime: [],
  analysis: [],
  "analysis/config": ["analysis", "ignore", "jsonc-parser", "minimatch", "valibot"],
  "analysis/engine": ["analysis", "ts-morph", "@ts-morph/common", "typescript", "node:module"],
  rules: ["analysis"],
  snippets: [],
  server: [
    "analysis",
    "rules",
    "snippets",
    "vscode-languageserver",
    "node:fs",
    "node:path",
    "node:url",
  ],
  cli: [
    "analysis",
    "rules",
    "node:*",
    "@babel/code-frame",
    "commander",
    "diff",
    "ignore",
    "jsonc-parser",
    "sarif",
    "tinyglobby",
  ],
  client: ["vscode", "vscode-languageclient", "server/protocol.ts"],
};

/** No rule and no fact may know a compiler, an editor, a disk or a process. */
const FORBIDDEN_BELOW: Readonly<Record<string, readonly string[]>> = {
  "analysis/facts": ["analysis/engine/morph"],
  "analysis/primitives": ["analysis/engine/morph"],
  rules: ["analysis/engine/morph", "analysis/engine/native", "analysis/analyser"],
};

const sources = globSync("{runtime,analysis,rules,snippets,server,cli,client}/**/*.ts");

for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
  test(`${folder} imports only ${["itself", ...allowed].join(", ")}`, () => {
    const forbidden = filesOf(folder).flatMap((file) =>
      importsOf(file)
        .filter((it) => !mayImport(folder, allowed, it))
        .map((it) => `${file} imports ${it}`),
    );
    expect(forbidden).toEqual([]);
  });
}

for (const [folder, forbidden] of Object.entries(FORBIDDEN_BELOW)) {
  test(`${folder} does not reach into ${forbidden.join(", ")}`, () => {
    const found = filesOf(folder).flatMap((file) =>
      importsOf(file)
        .filter((it) => forbidden.some((path) => it.startsWith(path)))
        .map((it) => `${file} imports ${it}`),
    );
    expect(found).toEqual([]);
  });
}

test("a rule never imports another rule", () => {
  const found = globSync("rules/*/*.ts").flatMap((file) =>
    importsOf(file)
      .filter(
        (it) =>
          /^rules\/(?!fixes|words)/.test(it) &&
          !it.startsWith(file.slice(0, file.lastIndexOf("/"))),
      )
      .map((it) => `${file} imports ${it}`),
  );
  expect(found).toEqual([]);
});

describe("the analysis", () => {
  const inside = sources.filter((it) => /^(analysis|rules)\//.test(it));

  test("has no async function and no timer: the caller decides when to wait", () => {
    const found = inside.filter((file) =>
      /\basync (function|\(|\w+ ?=>)|\bsetTimeout\(|\bawait [\w(]/.test(codeOf(file)),
    );
    expect(found).toEqual([]);
  });

  test("casts only where a sentence says why that is sound", () => {
    const found = inside.flatMap((file) => {
      const lines = readFileSync(file, "utf8").split("\n");
      return lines.flatMap((line, index) => {
        if (!/ as (?!const\b)[A-Z{(r]|<any>|\bas unknown\b/.test(withoutText(line))) return [];
        const before = lines.slice(Math.max(0, index - 6), index + 1).join("\n");
        return /\bsound\b/i.test(before) ? [] : [`${file}:${index + 1} ${line.trim()}`];
      });
    });
    expect(found).toEqual([]);
  });
});

test("a hand-written file above 350 lines says why it is that long", () => {
  const long = sources.filter((file) => {
    const text = readFileSync(file, "utf8");
    const generated = file.includes(".generated.") || text.startsWith("// Generated");
    return !generated && text.split("\n").length > 350 && !/\blines? because\b/.test(text);
  });
  expect(long).toEqual([]);
});

function filesOf(folder: string): string[] {
  const deeper = Object.keys(MAY_IMPORT).filter((it) => it.startsWith(`${folder}/`));
  return sources.filter(
    (file) => file.startsWith(`${folder}/`) && !deeper.some((it) => file.startsWith(`${it}/`)),
  );
}

function mayImport(folder: string, allowed: readonly string[], target: string): boolean {
  if (target.startsWith(`${folder}/`)) return true;
  return allowed.some((it) =>
    it.endsWith("*")
      ? target.startsWith(it.slice(0, -1))
      : target === it || target.startsWith(`${it}/`),
  );
}

/** The packages, built-ins or files of this repository that a file imports. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"));
  return importedFiles.map(({ fileName }) =>
    fileName.startsWith(".") ? normalize(join(file, "..", fileName)) : fileName,
  );
}

/** The file without its comments and strings, roughly: enough to look for a keyword. */
function codeOf(file: string): string {
  return readFileSync(file, "utf8").split("\n").map(withoutText).join("\n");
}

function withoutText(line: string): string {
  if (/^\s*(\*|\/\/|\/\*)/.test(line) || /^import\b|^} from/.test(line)) return "";
  return line.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|\/\/.*$/g, '""');
}
