import { insertAfter, replace } from "../../analysis/edit.ts";
import type { Access } from "../../analysis/facts/access-kinds.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  is,
  isInside,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { bringPrimitive } from "./bring-primitive.ts";
import { canLeave } from "./free-names.ts";
import { awaitedFor, declarationOfPlace, freeIn, isKeptForGood } from "./share-promise.ts";
import { indentOf } from "./statements.ts";

/** Forgets a run that rejects, as `once` does. */
const P_MEMOIZE = {
  module: "p-memoize",
  needed: { name: "default", as: "pMemoize" },
  esmOnly: true,
} as const;

/**
 * `const connectOnce = once(() => connect())` beside the place, and `await connectOnce()` where it
 * is filled: the work is done once, whoever asks. Only for work that is the same for all calls, and
 * for a place that nothing empties again, since `once` remembers for good.
 */
export function makeOnce(write: Access, pauses: readonly Node[], program: Program): Fix[] {
  const awaited = awaitedFor(write, pauses);
  const work = awaited && unwrapped(awaited.expression);
  const place = declarationOfPlace(write);
  const fn = enclosingFunction(write.at);
  if (!is.CallExpression(work) || place === undefined || fn === undefined) return [];
  const { whole, before } = place;
  const target = unwrapped(write.reference);
  const isOfThis =
    is.PropertyAccessExpression(target) && is.ThisKeyword(unwrapped(target.expression));
  if (write.location.path.length > 1 || !isKeptForGood(write, program)) return [];
  if (isInside(whole, fn) || !canLeave(work, fn, program, { withThis: isOfThis })) return [];

  const file = sourceFileOf(work);
  const brought = bringPrimitive("once", file, program, { libraries: [P_MEMOIZE] });
  if (brought === undefined) return [];
  const callee = unwrapped(work.expression);
  const called = nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee);
  if (called === undefined) return [];
  const name = freeIn(`${called.replace(/^[#_]+/, "")}Once`, work);
  const own = is.PropertyAccessExpression(target) ? target.name : undefined;
  const mark = is.PrivateIdentifier(own) ? "#" : "";
  const at = is.PropertyAccessExpression(target) ? `${textOf(target.expression)}.` : "";
  const declared = `${before(mark + name, "const ")}${mark}${name}`;
  const made = `${brought.name}(() => ${textOf(work)})`;
  return [
    {
      title: `Do it once for all calls, with '${brought.name}'${brought.aside}`,
      safety: "suggestion",
      edits: [
        ...brought.edits,
        insertAfter(whole, `\n${indentOf(whole)}${declared} = ${made};`),
        replace(work, `${at}${mark}${name}()`),
      ],
      creates: brought.creates,
      chosen: [name],
    },
  ];
}
