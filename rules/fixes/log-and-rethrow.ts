import { replace } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import { type Node, type NodeOf, sourceFileOf } from "../../analysis/syntax.ts";
import { indentOf } from "./statements.ts";
import { unitOf } from "./indents.ts";

/** `() => {}` as a handler that logs the error and passes it on. */
export function handleEmptyHandler(handler: Node, body: Node): Fix[] {
  return [
    {
      title: "Log the error and pass it on",
      safety: "suggestion",
      edits: [replace(handler, `(error) => ${logging(handler)}`)],
    },
    saying(body),
  ];
}

/** `catch {}` as one that logs the error and passes it on. */
export function handleEmptyCatch(clause: NodeOf<"CatchClause">): Fix[] {
  return [
    {
      title: "Log the error and pass it on",
      safety: "suggestion",
      edits: [replace(clause, `catch (error) ${logging(clause)}`)],
    },
    saying(clause.block),
  ];
}

function logging(node: Node): string {
  const indent = indentOf(node);
  const inner = indent + unitOf(sourceFileOf(node));
  return `{\n${inner}console.error(error);\n${inner}throw error;\n${indent}}`;
}

function saying(block: Node): Fix {
  return {
    title: "Say that this may fail",
    safety: "suggestion",
    edits: [replace(block, "{ /* This may fail. */ }")],
  };
}
