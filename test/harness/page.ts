import { readFileSync, writeFileSync } from "node:fs";

/** A Markdown page whose code blocks are test cases. */
export interface Page {
  readonly title: string;
  readonly summary: string;
  /** Declarations that every block of the page can see. */
  readonly setup: string;
  /** Modules that the blocks can import, by file name. */
  readonly modules: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

export interface Case extends Block {
  readonly heading: string;
  readonly repairs: readonly Repair[];
  /** How the first race in the block comes about, as it is told to readers. */
  readonly interleaving: Block | undefined;
  /** Runs under the strict profile; others run under the recommended one, with the rule on. */
  readonly strict: boolean;
  /** Does not parse or type-check, on purpose. */
  readonly broken: boolean;
}

/** The block as it should read after the fix with this title is applied to every finding in it. */
export interface Repair extends Block {
  readonly title: string;
}

export interface Block {
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

const FENCE = /^```(?<language>tsx?|jsx?|mts|cts|text)\b(?<info>.*)\n(?<text>[^]*?)^```$/gm;

export function readPage(path: URL): Page {
  const source = readFileSync(path, "utf8");
  const setup: string[] = [];
  const modules: Record<string, string> = {};
  const cases: (Case & { readonly repairs: Repair[]; interleaving: Block | undefined })[] = [];

  for (const { index, groups } of source.matchAll(FENCE)) {
    const { info = "", text = "", language = "ts" } = groups ?? {};
    const line = lineAt(source, index) + 1;
    const title = /fix="(.+?)"/.exec(info)?.[1];
    const module = /file="(.+?)"/.exec(info)?.[1];
    const words = info.split(/\s+/);

    if (language === "text") {
      const above = cases.at(-1);
      if (above !== undefined && words.includes("interleaving")) {
        above.interleaving = { line, language, text };
      }
    } else if (words.includes("setup")) {
      setup.push(text);
    } else if (module !== undefined) {
      modules[module] = text;
    } else if (title === undefined) {
      const strict = words.includes("strict");
      const broken = words.includes("broken");
      const heading = headingAbove(source, index);
      const block = { heading, line, language, text, strict, broken };
      cases.push({ ...block, repairs: [], interleaving: undefined });
    } else {
      const broken = cases.at(-1);
      if (broken === undefined)
        throw new Error(`${path.pathname}:${line}: there is nothing to fix above`);
      broken.repairs.push({ title, line, language, text });
    }
  }

  const [, title = "", summary = ""] = /^# (.+)\n\n(.+)\n/.exec(source) ?? [];
  return { title, summary, setup: setup.join("\n"), modules, cases };
}

/** Rewrites a block in place; see "Writing markers" in test/README.md. */
export function rewriteBlock(path: URL, { line, text: before }: Block, text: string): void {
  const source = readFileSync(path, "utf8");
  const fence = before.trimEnd();
  const at = source.indexOf(fence, offsetOf(source, Math.max(0, line - 40)));
  if (at < 0) throw new Error(`${path.pathname}:${line}: the block has moved; run the test again`);
  writeFileSync(path, source.slice(0, at) + text.trimEnd() + source.slice(at + fence.length));
}

function offsetOf(source: string, line: number): number {
  return source.split("\n").slice(0, line).join("\n").length;
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split("\n").length - 1;
}

function headingAbove(source: string, index: number): string {
  return [...source.slice(0, index).matchAll(/^#+ (.+)$/gm)].at(-1)?.[1] ?? "";
}
