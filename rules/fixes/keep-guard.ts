import { type Edit, insertBefore } from "../../analysis/edit.ts";
import type { LockUse } from "../../analysis/facts/lock-uses.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { childrenOf, is, isFunctionLike, type Node, textOf } from "../../analysis/syntax.ts";
import { unusedName } from "./unused-name.ts";
import { movedIn, replaceRange, stepOf } from "./statement-range.ts";
import { indentOf, isInList } from "./statements.ts";

// Keeps what a statement makes and drops.

/** `using guard = …`: it is disposed of where the block ends. */
export function keepByUsing(statement: Node, value: Node, program: Program): Fix[] {
  const { disposal } = program.types.value(value);
  if (!isInList(statement) || (disposal !== "sync" && disposal !== "both")) return [];
  if (program.types.promise(value).extent !== "none") return [];
  const name = unusedName(statement, ["guard", "cleanup", "held"]);
  if (name === undefined) return [];
  const edits: Edit[] = [insertBefore(statement, `using ${name} = `)];
  const title = "Hold it with using until the end of the block";
  return [{ title, safety: "suggestion", edits, chosen: [name] }];
}

/** `const release = …; try { … } finally { release(); }` around the rest of the block. */
export function keepAndRelease(
  statement: Node,
  value: Node,
  { gives, lock }: LockUse,
  program: Program,
): Fix[] {
  const rest = childrenOf(statement.parent).filter((it) => statement.end <= it.pos);
  const [first] = rest;
  const last = rest.at(-1);
  if (!is.Block(statement.parent) || first === undefined || last === undefined) return [];
  if (program.types.promise(value).extent !== "none" || !isFunctionBody(statement.parent))
    return [];
  const name = unusedName(statement, gives === "guard" ? ["guard", "held"] : ["release", "unlock"]);
  if (name === undefined) return [];
  const holder = gives === "second" ? `[, ${name}]` : name;
  const call = gives === "guard" ? `${name}.release();` : `${name}();`;
  const indent = indentOf(statement);
  const step = stepOf(statement);
  const body = movedIn({ first, last }, step, []);
  const text = [
    `const ${holder} = ${textOf(statement)}`,
    `${indent}try {`,
    `${indent}${step}${body}`,
    `${indent}} finally {`,
    `${indent}${step}${call}`,
    `${indent}}`,
  ].join("\n");
  return [
    {
      title: `Keep it, and release '${lock.name}' in a finally block`,
      safety: "suggestion",
      edits: [replaceRange({ first: statement, last }, text)],
      chosen: [name],
    },
  ];
}

function isFunctionBody(block: Node): boolean {
  return isFunctionLike(block.parent);
}
