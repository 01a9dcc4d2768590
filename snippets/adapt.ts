import type { PatternCode } from "./pattern.ts";
import { mapText, type Part, parseSnippet, printSnippet } from "./snippet-text.ts";

/** How a file writes things, as far as a pattern's body can follow. */
export interface Surroundings {
  /** What the file calls each import of the pattern. */
  readonly written: ReadonlyMap<string, string>;
  readonly quote: '"' | "'";
  /** Modules are loaded with `require`, so there is no `import.meta`. */
  readonly isCommonJs: boolean;
}

/** The body of a pattern in the words and quotes of the file that it is for, as a snippet. */
export function adapted({ body }: PatternCode, place: Surroundings): string {
  return printSnippet(mapText(parseSnippet(body), (text) => adaptedText(text, place)));
}

function adaptedText(text: string, { written, quote, isCommonJs }: Surroundings): string {
  let result = text;
  for (const [name, local] of written) {
    if (name === local) continue;
    // Not a property, and not a word of a comment or a text.
    const use = new RegExp(String.raw`(?<![.\w$"'])${name}\b(?=[(<.,;)\]\s]|$)`, "g");
    result = result
      .split("\n")
      .map((line) => {
        const [code = "", ...comment] = line.split(/(?=\/\/ |\/\*\* )/);
        return [code.replace(use, local), ...comment].join("");
      })
      .join("\n");
  }
  if (isCommonJs) result = result.replaceAll("import.meta.url", "pathToFileURL(__filename)");
  return quote === "'" ? result.replace(/"([^"'\\\n]*)"/g, "'$1'") : result;
}

/** Whether the pattern can be put around what is selected. */
export function wrapsSelection({ body }: PatternCode): boolean {
  return hasSelection(parseSnippet(body));
}

function hasSelection(parts: readonly Part[]): boolean {
  return parts.some(
    (it) =>
      typeof it !== "string" &&
      (("variable" in it && it.variable === "TM_SELECTED_TEXT") || hasSelection(it.content)),
  );
}

/**
 * The same snippet with the text in the place of what is selected, indented as that place is. The
 * text is not indented itself; a line break in it is `\n`.
 */
export function around(snippet: string, text: string): string {
  const fill = (parts: readonly Part[], indent: string): Part[] => {
    let left = indent;
    return parts.map((part) => {
      if (typeof part === "string") {
        left = /(?:^|\n)([\t ]*)[^\n]*$/.exec(part)?.[1] ?? left;
        return part;
      }
      if ("variable" in part && part.variable === "TM_SELECTED_TEXT") {
        return text.replaceAll(/\n(?=[^\n])/g, `\n${left}`);
      }
      return { ...part, content: fill(part.content, left) };
    });
  };
  return printSnippet(fill(parseSnippet(snippet), ""));
}
