import { replace } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type Node, type NodeOf, sourceFileOf, wrapped } from "../../analysis/syntax.ts";
import { rejectionHandlerFor } from "./catch-rejection.ts";
import { indentOf } from "./statements.ts";
import { unitOf } from "./indents.ts";

/**
 * `() => {}` as a handler that logs the error and passes it on. Where nobody waits for what `catch`
 * gives, there is nobody to pass it on to, and the handler of the file gets it.
 */
export function handleEmptyHandler(call: Node, handler: Node, body: Node): Fix[] {
  const { parent } = wrapped(call);
  if (is.ExpressionStatement(parent) || is.VoidExpression(parent)) {
    const name = rejectionHandlerFor(call);
    const edits = [replace(handler, name)];
    return [
      { title: `Handle a rejection with '${name}'`, safety: "suggestion", edits },
      saying(body),
    ];
  }
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
