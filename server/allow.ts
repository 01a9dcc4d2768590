import type { Edit } from "../analysis/edit.ts";
import type { Program } from "../analysis/program.ts";
import type { Report } from "../analysis/report.ts";
import { is, isOneOf, type Node, type SourceFile, startOf, walk } from "../analysis/syntax.ts";

/** Stands where the reason goes. */
export const REASON = "say why this is right";

/** Inserts a comment that allows the finding on its line; undefined where none can stand. */
export function allowOnLine(
  report: Report,
  program: Program,
  withReason: boolean,
): Edit | undefined {
  const file = program.types.file(report.file);
  if (file === undefined) return undefined;
  const { text } = file;
  const lineStart = text.lastIndexOf("\n", report.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
  const place = placeAt(file, lineStart);
  if (place === "text") return undefined;
  const comment = `mooring-allow ${report.rule}: ${withReason ? REASON : ""}`;
  const written = place === "elements" ? `{/* ${comment} */}` : `// ${comment}`;
  return insertion(report.file, lineStart, `${indent}${written.trimEnd()}\n`);
}

/** Inserts a comment that allows the rule in the whole file. */
export function allowInFile(
  report: Report,
  program: Program,
  withReason: boolean,
): Edit | undefined {
  const file = program.types.file(report.file);
  if (file === undefined) return undefined;
  // A shell reads the first line only if nothing is in front of it.
  const first = file.text.startsWith("#!") ? file.text.indexOf("\n") + 1 : 0;
  if (file.text.startsWith("#!") && first === 0) return undefined;
  const reason = withReason ? ` ${REASON}` : "";
  return insertion(report.file, first, `/* mooring-allow-file ${report.rule}:${reason} */\n`);
}

function insertion(file: string, at: number, text: string): Edit {
  return { file, start: at, end: at, text };
}

const template = isOneOf(
  "NoSubstitutionTemplateLiteral",
  "TemplateHead",
  "TemplateMiddle",
  "TemplateTail",
);

/**
 * What a comment at the offset would be in: code, the text between elements of JSX, where it needs
 * braces, or a template, where it would be part of the string.
 */
function placeAt(file: SourceFile, offset: number): "code" | "elements" | "text" {
  let place: "code" | "elements" | "text" = "code";
  walk(file, (node: Node) => {
    // Text between elements begins with the white space in front of it.
    const start = is.JsxText(node) ? node.pos : startOf(node, file);
    if (node.end <= offset || offset < start) {
      return node.end <= offset || offset < node.pos ? "skip" : undefined;
    }
    if (start < offset && template(node)) place = "text";
    else if (is.JsxText(node)) place = "elements";
    return undefined;
  });
  return place;
}
