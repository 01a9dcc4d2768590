import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { AbortListener } from "../../analysis/facts/abort-listeners.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  enclosingFunction,
  is,
  methodCall,
  type Node,
  nameOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { withProperty } from "./pass-signal.ts";
import { indentOf, isInList } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

/**
 * A signal of the listener's own, aborted when the promise has settled: for listeners in an executor,
 * which cannot be removed from outside of it. `once` alone does not help, for the event never comes.
 */
export function endWithSignal({ registration, fn, because }: AbortListener): Fix[] {
  if (because !== "settles" && because !== "race") return [];
  const construction = wrapped(fn).parent;
  if (!is.NewExpression(construction)) return [];
  const promise = because === "race" ? raceAround(construction) : construction;
  const statement = promise && listedAround(promise);
  const { call } = registration;
  const name = unusedName(call, ["settled", "over", "finished"]);
  if (promise === undefined || statement === undefined || name === undefined) return [];
  const given = methodCall(call)?.method === "addEventListener" ? optionsOf(call, name) : undefined;
  if (given === undefined) return [];
  return [
    {
      title: "Have a signal remove the listener when the promise has settled",
      safety: "suggestion",
      edits: [
        insertBefore(statement, `const ${name} = new AbortController();\n${indentOf(statement)}`),
        given,
        insertAfter(promise, `.finally(() => ${name}.abort())`),
      ],
      chosen: [name],
    },
  ];
}

function optionsOf(call: CallExpression, name: string): Edit | undefined {
  const [, listener, options, another] = call.arguments;
  if (listener === undefined || another !== undefined) return undefined;
  const signal = `signal: ${name}.signal`;
  if (options === undefined) return insertAfter(listener, `, { ${signal} }`);
  const written = unwrapped(options);
  return is.ObjectLiteralExpression(written) ? withProperty(written, signal) : undefined;
}

function raceAround(construction: Node): Node | undefined {
  for (let at = construction.parent; !is.SourceFile(at); at = at.parent) {
    const method = methodCall(at);
    if (method?.method === "race" && nameOf(unwrapped(method.receiver)) === "Promise") return at;
    if (is.Block(at)) return undefined;
  }
  return undefined;
}

function listedAround(node: Node): Node | undefined {
  const owner = enclosingFunction(node);
  for (let at = node; !is.SourceFile(at) && at !== owner; at = at.parent) {
    if (isInList(at)) return at;
  }
  return undefined;
}
