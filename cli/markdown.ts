import { stripVTControlCharacters } from "node:util";
import { highlight } from "@babel/code-frame";
import type { Paint } from "./shell.ts";

export interface MarkdownOptions {
  readonly paint: Paint;
  readonly columns: number;
}

/** A page of our own as a terminal shows it. Knows what our pages use, and prints the rest as it is. */
export function renderMarkdown(source: string, options: MarkdownOptions): string {
  const blocks = blocksIn(source);
  return `${blocks.map((it) => render(it, options)).join("\n\n")}\n`;
}

type Block =
  | { readonly kind: "code"; readonly info: string; readonly text: string }
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Item[] }
  | { readonly kind: "table"; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "text"; readonly text: string };

interface Item {
  readonly mark: string;
  readonly indent: number;
  readonly text: string;
}

const FENCE = /^(`{3,})(.*)\n([^]*?)^\1$/gm;

function blocksIn(source: string): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  for (const { 0: whole, 2: info = "", 3: text = "", index } of source.matchAll(FENCE)) {
    blocks.push(...paragraphsIn(source.slice(at, index)));
    blocks.push({ kind: "code", info, text: text.trimEnd() });
    at = index + whole.length;
  }
  return [...blocks, ...paragraphsIn(source.slice(at))];
}

function paragraphsIn(source: string): Block[] {
  // A heading is a paragraph of its own, with or without empty lines around it.
  const spaced = source.replace(/^(#+ .*)$/gm, "\n$1\n");
  const paragraphs = spaced.split(/\n[ \t]*\n/).map((it) => it.replace(/^\n+|\s+$/g, ""));
  return paragraphs.filter((it) => it !== "").map(blockOf);
}

const ITEM = /^(\s*)([-*]|\d+\.)\s+(.*)$/;

function blockOf(text: string): Block {
  const heading = /^(#+) (.*)$/.exec(text);
  if (heading !== null) {
    return { kind: "heading", level: heading[1]?.length ?? 1, text: heading[2] ?? "" };
  }
  const lines = text.split("\n");
  if (lines.every((it) => it.startsWith("|"))) return { kind: "table", rows: rowsOf(lines) };
  if (!ITEM.test(text)) return { kind: "text", text };
  const items: { mark: string; indent: number; text: string }[] = [];
  for (const line of lines) {
    const [, indent = "", mark = "", rest = ""] = ITEM.exec(line) ?? [];
    const last = items.at(-1);
    if (mark !== "") items.push({ mark, indent: indent.length, text: rest });
    else if (last !== undefined) last.text += ` ${line.trim()}`;
  }
  return { kind: "list", items };
}

function rowsOf(lines: readonly string[]): string[][] {
  return lines
    .filter((it) => !/^[|\s:-]+$/.test(it))
    .map((it) =>
      it
        .replace(/^\||\|\s*$/g, "")
        .split("|")
        .map((cell) => cell.trim()),
    );
}

function render(block: Block, { paint, columns }: MarkdownOptions): string {
  switch (block.kind) {
    case "heading":
      return paint(block.level === 1 ? ["bold", "underline"] : "bold", inline(block.text, paint));
    case "code":
      return codeText(block.info, block.text, paint);
    case "table":
      return tableText(block.rows, paint);
    case "list":
      return block.items.map((it) => itemText(it, paint, columns)).join("\n");
    default:
      return wrap(inline(block.text, paint), columns);
  }
}

function codeText(info: string, text: string, paint: Paint): string {
  const [language = ""] = info.split(" ");
  const isCode = /^[cm]?[jt]sx?$/.test(language);
  const fix = /fix="(.+?)"/.exec(info)?.[1];
  const title = fix === undefined ? "" : `    ${paint("green", `after “${fix}”`)}\n`;
  const coloured = isCode && paint("bold", "") !== "" ? highlight(text) : text;
  return title + coloured.replace(/^(?=.)/gm, "    ");
}

function tableText(rows: readonly (readonly string[])[], paint: Paint): string {
  const cells = rows.map((row) => row.map((it) => inline(it, paint)));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => widthOf(row[column] ?? ""))),
  );
  return cells
    .map((row, index) => {
      const line = row.map((it, column) => it + " ".repeat((widths[column] ?? 0) - widthOf(it)));
      const text = line.join("  ").trimEnd();
      return `  ${index === 0 ? paint("bold", text) : text}`;
    })
    .join("\n");
}

function itemText({ mark, indent, text }: Item, paint: Paint, columns: number): string {
  const sign = /\d/.test(mark) ? mark : "•";
  const margin = " ".repeat(indent + 2);
  const body = wrap(inline(text, paint), columns - margin.length - sign.length - 1);
  return `${margin}${sign} ${body.replaceAll("\n", `\n${margin}${" ".repeat(sign.length + 1)}`)}`;
}

function inline(text: string, paint: Paint): string {
  return text
    .replace(/`([^`]+)`/g, (_, code: string) => paint("cyan", code))
    .replace(/\*\*([^*]+)\*\*/g, (_, words: string) => paint("bold", words))
    .replace(/(?<![\w*])\*([^*\s][^*]*)\*(?!\w)/g, (_, words: string) => paint("italic", words))
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, words: string, target: string) =>
      /^https?:/.test(target) ? `${words} (${paint("underline", target)})` : words,
    );
}

function wrap(text: string, columns: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && widthOf(line) + widthOf(word) + 1 > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}

/** Colour codes take no room. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
