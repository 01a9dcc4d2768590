import { insertBefore, replace } from "../../analysis/edit.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import type { LateOpening } from "../../analysis/facts/late-openings.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  isAssignment,
  isFunctionLike,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { givesNothing } from "./catch-in-function.ts";
import { linesIn } from "./indents.ts";
import { indentOf, isInList } from "./statements.ts";
import { unusedVariable } from "./unused-name.ts";

/**
 * A look at the flag behind the pause: what has been opened is ended as the other function would
 * have done it, and not kept. Only where the flag is plain, so that TypeScript allows a second look.
 */
export function endWhenClosed({ write, condition, flag, pause, ending }: LateOpening): Fix[] {
  const { at, value, reference } = write;
  const statement = statementOf(at);
  const fn = flowOwner(at);
  if (statement === undefined || value === undefined || !isInList(statement)) return [];
  if (!isFunctionLike(fn) || !givesNothing(fn) || !isAssignment(at)) return [];
  if (is.BinaryExpression(unwrapped(condition.node)) || textOf(condition.read) !== flag.text) {
    return [];
  }
  const waited = unwrapped(value);
  const isHere = waited === pause;
  const name = isHere ? nameFor(reference) : nameOf(waited);
  const end = name === undefined ? undefined : endOf(ending, name);
  if (name === undefined || end === undefined || (!isHere && !is.Identifier(waited))) return [];
  const look = [`if (${flag.text}) {`, `  ${end}`, "  return;", "}"];
  const indent = indentOf(statement);
  const before = isHere ? [`const ${name} = ${textOf(value)};`] : [];
  const text = linesIn(sourceFileOf(at), indent, [...before, ...look]);
  return [
    {
      title: `Look again at '${flag.text}', and end what has come too late`,
      safety: "suggestion",
      edits: [
        insertBefore(statement, `${text}\n${indent}`),
        ...(isHere ? [replace(value, name)] : []),
      ],
    },
  ];
}

/** `socket` for `this.socket`, `this.#socket` and `this._socket`. */
function nameFor(reference: Node): string | undefined {
  const node = unwrapped(reference);
  if (!is.PropertyAccessExpression(node)) return unusedVariable(reference, ["opened", "made"]);
  const plain = nameOf(node.name)?.replace(/^[#_]+/, "");
  return plain && unusedVariable(reference, [plain, "opened", "made"]);
}

/** `await socket.close();` for `await this.socket?.close();`. */
function endOf(ending: Node, name: string): string | undefined {
  const call = wrapped(wrapped(ending).parent).parent;
  const method = methodCall(call);
  if (method === undefined || unwrapped(method.receiver) !== unwrapped(ending)) return undefined;
  const args = method.args.map(textOf).join(", ");
  if (/\bthis\b/.test(args)) return undefined;
  const waits = is.AwaitExpression(wrapped(call).parent);
  return `${waits ? "await " : ""}${name}.${method.method}(${args});`;
}
