import { insertAfter, replace } from "../../analysis/edit.ts";
import type { Jump } from "../../analysis/facts/masking.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type NodeOf, sourceFileOf, startOf, textOf } from "../../analysis/syntax.ts";
import { indentOf, isInList, statementRemoved } from "./statements.ts";

/** Takes a jump out of a `finally` block, so that it no longer meets errors. */
export function jumpBehind(
  jump: Jump,
  statement: NodeOf<"TryStatement">,
  block: NodeOf<"Block">,
): Fix[] {
  if (block.statements.at(-1) !== jump) return [];
  return [...asCatch(statement, block), ...behind(jump, statement, block)];
}

/** `finally { return []; }` as `catch { return []; }`: what it says is meant for errors. */
function asCatch(statement: NodeOf<"TryStatement">, block: NodeOf<"Block">): Fix[] {
  if (statement.catchClause !== undefined || block.statements.length !== 1) return [];
  const { fileName, text } = sourceFileOf(statement);
  const start = text.lastIndexOf("finally", startOf(block));
  if (start < statement.tryBlock.end) return [];
  const edit = { file: fileName, start, end: start + "finally".length, text: "catch" };
  return [{ title: "Do it for errors only, with 'catch'", safety: "suggestion", edits: [edit] }];
}

/** The jump behind the whole statement, where only what ends without a jump of its own gets. */
function behind(jump: Jump, statement: NodeOf<"TryStatement">, block: NodeOf<"Block">): Fix[] {
  if (!isInList(statement)) return [];
  const inserted = insertAfter(statement, `\n${indentOf(statement)}${textOf(jump)}`);
  const title = `Move the '${wordOf(jump)}' behind the block`;
  if (block.statements.length > 1) {
    const edits = [statementRemoved(jump), inserted];
    return [{ title, safety: "suggestion", edits }];
  }
  const { catchClause } = statement;
  if (catchClause === undefined) return [];
  // Nothing would be left in the block.
  const { fileName } = sourceFileOf(statement);
  const moved = replace(statement, "");
  const edits = [{ file: fileName, start: catchClause.end, end: moved.end, text: "" }, inserted];
  return [{ title, safety: "suggestion", edits }];
}

function wordOf(jump: Jump): string {
  if (is.ReturnStatement(jump)) return "return";
  return is.BreakStatement(jump) ? "break" : "continue";
}
