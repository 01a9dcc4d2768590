import { insertBefore } from "../../analysis/edit.ts";
import { producerOf, type UnclosedChannel } from "../../analysis/facts/channels.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  is,
  isInside,
  type Node,
  textOf,
  wrapped,
  sourceFileOf,
} from "../../analysis/syntax.ts";
import { atHeadOf, indentOf, isInList } from "./statements.ts";
import { unusedName } from "./unused-name.ts";
import { movedIn, replaceRange } from "./statement-range.ts";
import { unitOf } from "./indents.ts";

/** Closes the sender where the one function that sends is over, however it ends, or before the loop. */
export function closeChannel(found: UnclosedChannel, program: Program): Fix[] {
  return [...closeWhenSent(found), ...closeByUsing(found, program)];
}

/** `using sending = sender;` at the head of the one function that sends. */
function closeByUsing(found: UnclosedChannel, program: Program): Fix[] {
  const { sender, because } = found;
  const body = producerOf(found)?.body;
  const { disposal } = program.types.value(sender);
  const name = unusedName(sender, ["sending", "sent", "closing"]);
  if (because !== "never" || !is.Block(body) || name === undefined) return [];
  if (disposal !== "sync" && disposal !== "both") return [];
  return [
    {
      title: `Close '${sender.text}' by 'using' when the block ends`,
      safety: "suggestion",
      edits: [atHeadOf(body, `using ${name} = ${sender.text};`)],
      chosen: [name],
    },
  ];
}

function closeWhenSent(found: UnclosedChannel): Fix[] {
  const { sender, closes, loop } = found;
  const title = `Close '${sender.text}' when everything is sent`;
  const closing = `${sender.text}.${closes}();`;
  const producer = producerOf(found);
  if (producer === undefined) {
    const isSentBefore = found.uses.every(
      (it) => enclosingFunction(it) === enclosingFunction(loop) && it.pos < loop.pos,
    );
    if (found.because !== "never" || found.uses.length === 0 || !isSentBefore || !isInList(loop)) {
      return [];
    }
    const edits = [insertBefore(loop, `${closing}\n${indentOf(loop)}`)];
    return [{ title, safety: "suggestion", edits }];
  }
  const { body } = producer;
  if (!is.Block(body)) return [];
  const closed = body.statements.filter((it) => isClosing(it, found));
  const others = body.statements.filter((it) => !closed.includes(it));
  const first = others[0];
  const last = others.at(-1);
  if (first === undefined || last === undefined) return [];
  if (closed.some((it) => it.pos < last.pos) || isClosedDeeper(found, closed)) return [];
  const indent = indentOf(first);
  const inner = indent + unitOf(sourceFileOf(first));
  const text = `try {\n${inner}${movedIn({ first, last }, unitOf(sourceFileOf(first)), [])}\n${indent}} finally {\n${inner}${closing}\n${indent}}`;
  const isOneLine = !textOf(body).includes("\n");
  if (isOneLine) return [];
  const end = closed.at(-1) ?? last;
  return [{ title, safety: "suggestion", edits: [replaceRange({ first, last: end }, text)] }];
}

function isClosing(statement: Node, { sender, closes }: UnclosedChannel): boolean {
  return (
    is.ExpressionStatement(statement) &&
    textOf(statement.expression) === `${sender.text}.${closes}()`
  );
}

function isClosedDeeper({ uses, closes }: UnclosedChannel, closed: readonly Node[]): boolean {
  return uses.some((it) => {
    const { parent } = wrapped(it);
    const isEnd = is.PropertyAccessExpression(parent) && parent.name.text === closes;
    return isEnd && !closed.some((statement) => isInside(it, statement));
  });
}
