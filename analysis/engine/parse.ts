import { ts } from "ts-morph";
import type { SourceFile } from "../syntax.ts";

/**
 * The tree of a single text, for what needs no types: parsing takes a few milliseconds where opening
 * a project takes seconds. The language is that of the file's name; a text that does not parse has a
 * tree with the parts that do.
 */
export function parseFile(path: string, text: string): SourceFile {
  return ts.createSourceFile(
    path,
    text,
    { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ts.JSDocParsingMode.ParseNone },
    true,
  );
}
