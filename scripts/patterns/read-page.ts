import { readFileSync } from "node:fs";
import type { Language, Pattern, PatternCode, PatternImport } from "../../snippets/pattern.ts";
import { parseSnippet } from "../../snippets/snippet-text.ts";
import { withoutTypes } from "./without-types.ts";

// Reads a page of snippets/patterns/. Its parts are described in CONTRIBUTING.md, "A snippet".

/** A pattern with what its page has for the tests. */
export interface PatternPage extends Pattern {
  /** The rows of the table of patterns that it stands for. */
  readonly rows: readonly number[];
  readonly hosts: readonly Host[];
}

/** A file that a snippet is put into, in place of the line that says `snippet`. */
export interface Host {
  readonly language: Language;
  readonly form: "runtime" | "plain";
  readonly text: string;
  /** It does not end by itself, so it is compiled and not run. */
  readonly endless: boolean;
  /** Further files beside it, by name. */
  readonly files: Readonly<Record<string, string>>;
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  ts: "typescript",
  js: "javascript",
  rust: "rust",
  python: "python",
  go: "go",
};

const FENCE = /^```(?<name>\w+)(?<info>.*)\n(?<text>[^]*?)^```$/gm;

export function readPage(path: string): PatternPage {
  const id = /([^/]+)\.md$/.exec(path)?.[1] ?? path;
  const source = readFileSync(path, "utf8");
  const fields = frontMatter(source, path);
  const title = /^# (.+)$/m.exec(source)?.[1] ?? fail(path, "has no title");
  const code: PatternCode[] = [];
  const hosts: Host[] = [];
  let files: Record<string, string> = {};
  for (const { groups } of source.matchAll(FENCE)) {
    const { name = "", info = "", text = "" } = groups ?? {};
    const language =
      LANGUAGES[name] ?? fail(path, `has code in ${name}, which is no language of ours`);
    const words = info
      .replace(/\w+=".*?"/g, "")
      .trim()
      .split(/\s+/);
    const form = words.includes("runtime") ? "runtime" : "plain";
    const file = /file="(.*?)"/.exec(info)?.[1];
    if (file !== undefined) {
      files[file] = text;
    } else if (words.includes("host")) {
      hosts.push({ language, form, text, files, endless: words.includes("endless") });
      files = {};
    } else {
      const also = listOf(/also="(.*?)"/.exec(info)?.[1]);
      code.push(codeOf({ language, form, also }, text, path));
    }
  }
  const surround = fields("surround");
  return {
    id,
    ...(surround === undefined ? {} : { surround }),
    prefix: fields("prefix") ?? fail(path, "has no prefix"),
    title,
    when: paragraph(source, "When.", path),
    whenNot: paragraph(source, "When not.", path),
    primitives: listOf(fields("primitives")),
    rules: listOf(fields("rules")),
    rows: listOf(fields("rows")).map(Number),
    code: withJavaScript(code),
    hosts,
  };
}

function codeOf(
  about: Pick<PatternCode, "language" | "form" | "also">,
  text: string,
  path: string,
): PatternCode {
  const { imports, rest } =
    about.language === "rust" || about.language === "python"
      ? { imports: [], rest: text }
      : splitImports(text, about.language);
  const body = rest.trim();
  try {
    parseSnippet(body);
  } catch (error) {
    throw new Error(`${path} has a snippet that cannot be read.`, { cause: error });
  }
  return { ...about, imports, body };
}

/** The lines at the top that say what is imported, apart from the rest. */
function splitImports(text: string, language: Language) {
  const imports: PatternImport[] = [];
  let rest = text.trimStart();
  for (;;) {
    const match =
      language === "go"
        ? /^import (?:\([^)]*\)|"[^"]+")\n/.exec(rest)
        : /^import (?:type )?[^;]*? from "[^"]+";\n/.exec(rest);
    if (match === null) return { imports, rest };
    imports.push(...(language === "go" ? goImports(match[0]) : [importOf(match[0])]));
    rest = rest.slice(match[0].length).trimStart();
  }
}

function goImports(text: string): PatternImport[] {
  return [...text.matchAll(/"([^"]+)"/g)].map(([, from = ""]) => ({ from, names: [] }));
}

function importOf(line: string): PatternImport {
  const [, isType, clause = "", from = ""] =
    /^import (type )?([^;]*?) from "([^"]+)";/.exec(line) ?? [];
  const [, name, braces = ""] = /^(\w+)?,?\s*(?:\{([^}]*)\})?$/.exec(clause) ?? [];
  return {
    from,
    names: [
      ...(name === undefined ? [] : [{ name: "default", as: name }]),
      ...listOf(braces).map((it) => {
        const [, type, exported = it, as] = /^(type )?(\w+)(?: as (\w+))?$/.exec(it) ?? [];
        return {
          name: exported,
          ...(as === undefined ? {} : { as }),
          ...(isType === undefined && type === undefined ? {} : { typeOnly: true }),
        };
      }),
    ],
  };
}

/** What a page does not write for JavaScript is its TypeScript without the types. */
function withJavaScript(code: readonly PatternCode[]): readonly PatternCode[] {
  const derived = code
    .filter(({ language }) => language === "typescript")
    .filter(({ form }) => !code.some((it) => it.language === "javascript" && it.form === form))
    .map(
      (it): PatternCode => ({
        ...it,
        language: "javascript",
        body: withoutTypes(it.body),
        imports: it.imports
          .map(({ from, names }) => ({
            from,
            names: names.filter((name) => name.typeOnly !== true),
          }))
          .filter(({ names }) => names.length > 0),
      }),
    );
  return [...code, ...derived];
}

function frontMatter(source: string, path: string): (key: string) => string | undefined {
  const text = /^---\n([^]*?)^---$/m.exec(source)?.[1] ?? fail(path, "does not begin with `---`");
  const fields = new Map(
    text
      .trim()
      .split("\n")
      .map((line) => {
        const [, key = "", value = ""] = /^(\w+): *(.*)$/.exec(line) ?? fail(path, `says: ${line}`);
        return [key, value] as const;
      }),
  );
  return (key) => fields.get(key);
}

function paragraph(source: string, start: string, path: string): string {
  const at = source.indexOf(`**${start}** `);
  if (at < 0) fail(path, `does not say **${start}**`);
  const text = source.slice(at + start.length + 5);
  return (/^[^]*?(?=\n\n|$)/.exec(text)?.[0] ?? "").replace(/\s+/g, " ").trim();
}

function listOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== "");
}

function fail(path: string, what: string): never {
  throw new Error(`${path} ${what}.`);
}
