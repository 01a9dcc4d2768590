import { parseFile } from "../analysis/engine/parse.ts";
import { applyEdits } from "../analysis/edit.ts";
import { folderOf, inside, parentOf } from "../analysis/paths.ts";
import { isJavaScript, type SourceFile } from "../analysis/syntax.ts";
import { importer, type ImportOptions } from "../rules/fixes/add-import.ts";
import { importsOf, readFile } from "../rules/fixes/module-style.ts";
import { adapted } from "../snippets/adapt.ts";
import type { Language, Pattern, PatternCode, PatternImport } from "../snippets/pattern.ts";
import { escapeSnippet } from "../snippets/snippet-text.ts";
import { patterns } from "../snippets/table.generated.ts";
import type { Document } from "./documents.ts";
import type { Files } from "./files.ts";

// Which patterns there are for a file, and how each would be written there.

/** One form of a pattern, in the words of the file. */
export interface PatternOffer {
  readonly pattern: Pattern;
  readonly code: PatternCode;
  /** In the syntax of snippets. */
  readonly snippet: string;
  /** What it changes at the top of the file. */
  readonly head: HeadEdit | undefined;
}

export interface HeadEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The forms of all patterns in a language, in the order of the documents. */
export function formsIn(
  language: Language,
): readonly { readonly pattern: Pattern; readonly code: PatternCode }[] {
  return patterns.flatMap((pattern) =>
    pattern.code.filter((it) => it.language === language).map((code) => ({ pattern, code })),
  );
}

/**
 * The offer for one place of the file: a change at the top that would touch the place becomes part
 * of what is inserted there, since two changes may not meet.
 */
export function placedAt(offer: PatternOffer, start: number, end: number): PatternOffer {
  const { head, snippet } = offer;
  if (head === undefined || head.end < start || end < head.start) return offer;
  return { ...offer, head: undefined, snippet: escapeSnippet(head.text) + snippet };
}

/** For files that we have no tree of: as it is in the table. */
export function offerAsIs({
  pattern,
  code,
}: {
  pattern: Pattern;
  code: PatternCode;
}): PatternOffer {
  return { pattern, code, snippet: code.body, head: undefined };
}

/** Writes patterns into one text, which is read once. */
export class PatternWriter {
  readonly file: SourceFile;
  readonly language: Language;
  private readonly options: ImportOptions;
  private readonly add: ReturnType<typeof importer>;
  private readonly style: ReturnType<typeof readFile>["style"];

  constructor({ path, text }: Document, files: Files, replaced?: ImportOptions["replaced"]) {
    this.file = parseFile(path, text);
    this.language = isJavaScript(this.file) ? "javascript" : "typescript";
    this.options = { moduleKind: moduleKindOf(path, files), replaced };
    this.add = importer(this.file, this.options);
    this.style = readFile(this.file, importsOf(this.file), this.options.moduleKind, replaced).style;
  }

  offer({ pattern, code }: { pattern: Pattern; code: PatternCode }): PatternOffer {
    const isCommonJs = this.style.syntax !== "import";
    const imports =
      isCommonJs && code.body.includes("import.meta.url")
        ? [...code.imports, FILE_URL]
        : code.imports;
    const { head, written } = this.headFor(imports);
    const snippet = adapted(code, { written, quote: this.style.quote, isCommonJs });
    return { pattern, code, snippet, head };
  }

  private headFor(imports: readonly PatternImport[]) {
    const written = new Map<string, string>();
    const note = ({ names }: PatternImport, locals: ReadonlyMap<string, string>) => {
      for (const { name, as } of names) written.set(as ?? name, locals.get(name) ?? name);
    };
    const [only, another] = imports;
    if (only !== undefined && another === undefined) {
      const { edits, written: names } = this.add(only.from, only.names);
      note(only, names);
      return {
        written,
        head: edits.length < 2 ? edits[0] : this.difference(applyEdits(this.file.text, edits)),
      };
    }
    let { text } = this.file;
    let { replaced } = this.options;
    for (const it of imports) {
      const { from, names } = it;
      const file = parseFile(this.file.fileName, text);
      const { edits, written: locals } = importer(file, { ...this.options, replaced })(from, names);
      note(it, locals);
      const after = applyEdits(text, edits);
      const moved = after.length - text.length;
      replaced = replaced && { start: replaced.start + moved, end: replaced.end + moved };
      text = after;
    }
    return { written, head: this.difference(text) };
  }

  /** One edit that makes the other text out of that of the file. */
  private difference(after: string): HeadEdit | undefined {
    const { text } = this.file;
    if (after === text) return undefined;
    let start = 0;
    while (start < text.length && text[start] === after[start]) start += 1;
    let tail = 0;
    const most = Math.min(text.length, after.length) - start;
    while (tail < most && text.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
    return { start, end: text.length - tail, text: after.slice(start, after.length - tail) };
  }
}

/** What `import.meta.url` is in a module that is loaded with `require`. */
const FILE_URL: PatternImport = { from: "node:url", names: [{ name: "pathToFileURL" }] };

/** How Node reads a .js file there: from the nearest package.json. */
function moduleKindOf(path: string, files: Files): "esm" | "commonjs" | undefined {
  for (const folder of foldersAbove(path)) {
    const manifest = files.read(inside(folder, "package.json"));
    if (manifest === undefined) continue;
    return /"type"\s*:\s*"module"/.test(manifest) ? "esm" : "commonjs";
  }
  return undefined;
}

/** Whether an import of the runtime would be found from there. */
export function hasRuntime(path: string, files: Files): boolean {
  return foldersAbove(path).some((it) =>
    files.isFile(inside(it, "node_modules/mooring-runtime/package.json")),
  );
}

function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at: string | undefined = folderOf(path); at !== undefined; at = parentOf(at))
    folders.push(at);
  return folders;
}
