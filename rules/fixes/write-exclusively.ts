import { insertAfter, replace } from "../../analysis/edit.ts";
import type { FileWindow } from "../../analysis/facts/file-windows.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  isInside,
  Kind,
  type Node,
  nameOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { withFlag } from "./write-if-new.ts";

/** `writeFile(path, text, { flag: "wx" })`, which fails where the file is there by now. */
export function writeExclusively({ first, write }: FileWindow): Fix[] {
  const [, content, options] = write.arguments;
  const callee = unwrapped(write.expression);
  const name = nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee) ?? "";
  const given = withFlag(options);
  if (content === undefined || given === undefined || !/^writeFile(?:Sync)?$/.test(name)) return [];
  if (!isMeantForNew(first, write)) return [];
  return [
    {
      title: "Have the write fail where the file is there already",
      safety: "suggestion",
      edits: [options === undefined ? insertAfter(content, `, ${given}`) : replace(options, given)],
    },
  ];
}

/** `if (!existsSync(path))`: written only where there was none. */
function isMeantForNew(first: Node, write: Node): boolean {
  const { parent } = wrapped(first);
  const test = is.AwaitExpression(parent) ? wrapped(parent).parent : parent;
  if (!is.PrefixUnaryExpression(test) || test.operator !== Kind.ExclamationToken) return false;
  const branch = wrapped(test).parent;
  return is.IfStatement(branch) && isInside(write, branch.thenStatement);
}
