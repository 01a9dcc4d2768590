import { insertBefore, replace } from "../../analysis/edit.ts";
import type { Drain } from "../../analysis/facts/drains.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  isAssignment,
  isInside,
  type Node,
  nameOf,
  statementOf,
  textOf,
  unwrapped,
  sourceFileOf,
} from "../../analysis/syntax.ts";
import { indentOf, isInList, statementRemoved } from "./statements.ts";
import { unusedName } from "./unused-name.ts";
import { unitOf } from "./indents.ts";

/**
 * `const changed = this.changed; this.changed = [];` in front of the work, which is then done for what
 * was taken, and put back where the work fails. Only where a list or a set is replaced by an empty one
 * right behind the statement that waits, and where that one mentions it once.
 */
export function takeFirst({ at, read, pauses }: Drain): Fix[] {
  const statement = statementOf(at);
  const [pause, another] = pauses;
  const work = pause && statementOf(pause);
  if (!isAssignment(at) || statement === undefined || work === undefined || another !== undefined) {
    return [];
  }
  const { parent } = work;
  const list = is.Block(parent) ? parent.statements : [];
  if (!isInList(work) || list.indexOf(statement) !== list.indexOf(work) + 1) return [];
  const reference = unwrapped(at.left);
  const own = is.PropertyAccessExpression(reference) ? reference.name : reference;
  const plain = (nameOf(own) ?? "taken").replace(/^[#_]+/, "");
  const name = unusedName(at, own === reference ? ["taken", "batch"] : [plain, "taken", "batch"]);
  const place = textOf(reference);
  if (name === undefined || !isInside(read, work) || mentions(work, place) !== 1) return [];
  const putBack = backInto(place, name, at.right);
  if (putBack === undefined) return [];
  const indent = indentOf(work);
  const inner = indent + unitOf(sourceFileOf(work));
  const start = textOf(work);
  const offset = start.indexOf(place);
  const changed = `${start.slice(0, offset)}${name}${start.slice(offset + place.length)}`;
  const text = [
    `try {`,
    `${inner}${changed}`,
    `${indent}} catch (error) {`,
    `${inner}${putBack}`,
    `${inner}throw error;`,
    `${indent}}`,
  ].join("\n");
  const taken = `const ${name} = ${place};\n${indent}${textOf(statement)}\n${indent}`;
  return [
    {
      title: `Take what is in '${place}' before the work, and put it back if that fails`,
      safety: "suggestion",
      edits: [insertBefore(work, taken), replace(work, text), statementRemoved(statement)],
    },
  ];
}

function mentions(work: Node, place: string): number {
  return textOf(work).split(place).length - 1;
}

function backInto(place: string, name: string, empty: Node): string | undefined {
  const value = unwrapped(empty);
  if (is.ArrayLiteralExpression(value)) return `${place} = [...${name}, ...${place}];`;
  if (is.NewExpression(value) && nameOf(value.expression) === "Set") {
    return `for (const it of ${name}) ${place}.add(it);`;
  }
  return undefined;
}
