import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pages } from "../../scripts/patterns/outputs.ts";
import type { Host, PatternPage } from "../../scripts/patterns/read-page.ts";
import { importLine } from "../../snippets/import-line.ts";
import { expandSnippet, parseSnippet } from "../../snippets/snippet-text.ts";
import type { Language, PatternCode } from "../../snippets/pattern.ts";

// Each snippet as somebody would have it in a file who has typed nothing at its stops: expanded, and
// put into its host in place of the line that says `snippet`.

export interface Fixture {
  readonly page: PatternPage;
  readonly code: PatternCode;
  /** `mutex.runtime`, or `mutex` where there is one form. */
  readonly name: string;
  readonly text: string;
  /** Lines above, so that a line of the fixture can be told to be the snippet's. */
  readonly start: number;
  readonly end: number;
  readonly endless: boolean;
  /** Further files beside it, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export function fixturesIn(language: Language): readonly Fixture[] {
  return pages.flatMap((page) =>
    page.code.filter((it) => it.language === language).map((code) => fixtureOf(page, code)),
  );
}

function fixtureOf(page: PatternPage, code: PatternCode): Fixture {
  const host = hostOf(page, code);
  const name =
    code.language === "go" || code.language === "rust" || code.language === "python"
      ? page.id.replaceAll("-", "_")
      : `${page.id}.${code.form}`;
  const body = expandSnippet(parseSnippet(code.body));
  const [before = "", indent = "", after = ""] =
    /^([^]*?)^([ \t]*)(?:\/\/|#) snippet\n([^]*)$/m.exec(host.text)?.slice(1) ?? [];
  if (!/^[ \t]*(?:\/\/|#) snippet$/m.test(host.text)) {
    throw new Error(`A host of ${page.id} for ${code.language} has no line for the snippet.`);
  }
  const unit =
    code.language === "go"
      ? "\t"
      : code.language === "rust" || code.language === "python"
        ? "    "
        : "  ";
  const lines = body.split("\n").map((line) => {
    const tabs = /^\t*/.exec(line)?.[0].length ?? 0;
    return line === "" ? "" : indent + unit.repeat(tabs) + line.slice(tabs);
  });
  const top = code.language === "go" ? "" : importLines(code);
  const start = (top + before).split("\n").length;
  return {
    page,
    code,
    name,
    text: `${top}${before}${lines.join("\n")}\n${after}`,
    start,
    end: start + lines.length - 1,
    endless: host.endless,
    files: host.files,
  };
}

function importLines({ imports }: PatternCode): string {
  return imports.map((it) => `${importLine(it)}\n`).join("");
}

/** JavaScript is tried in the hosts of TypeScript, which has to be able to use it. */
function hostOf(page: PatternPage, code: PatternCode): Host {
  const languages = code.language === "javascript" ? ["javascript", "typescript"] : [code.language];
  const host = languages
    .map((language) => page.hosts.find((it) => it.language === language && it.form === code.form))
    .find((it) => it !== undefined);
  if (host === undefined) {
    throw new Error(`${page.id} has no host for ${code.language}, ${code.form}.`);
  }
  return host;
}

/** An empty folder with these files; below .work, which git and the formatter leave alone. */
export function workFolder(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(process.cwd(), ".work/snippets", name);
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
