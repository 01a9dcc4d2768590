import { replace } from "../../analysis/edit.ts";
import type { Signal } from "../../analysis/facts/signals.ts";
import type { TimedWait } from "../../analysis/facts/timed-waits.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type Node, sourceFileOf, textOf } from "../../analysis/syntax.ts";

/** `delay(ms, undefined, { signal })`, by the name under which the file has Node's timers. */
export function sleepWithSignal(promise: Node, { time }: TimedWait, signal: Signal): Fix[] {
  const delay = delayIn(promise);
  if (delay === undefined || time === undefined) return [];
  if (signal.model.protocol !== "AbortSignal") return [];
  const { text } = signal;
  const given = text === "signal" ? text : `signal: ${text}`;
  return [
    {
      title: `Wait with '${delay}', which takes '${text}'`,
      safety: "suggestion",
      edits: [replace(promise, `${delay}(${textOf(time)}, undefined, { ${given} })`)],
    },
  ];
}

/** What the file calls `setTimeout` of `node:timers/promises`. */
function delayIn(node: Node): string | undefined {
  for (const statement of sourceFileOf(node).statements) {
    if (!is.ImportDeclaration(statement)) continue;
    const { moduleSpecifier, importClause } = statement;
    if (!/^["'](?:node:)?timers\/promises["']$/.test(textOf(moduleSpecifier))) continue;
    const bindings = importClause?.namedBindings;
    if (!is.NamedImports(bindings)) continue;
    const found = bindings.elements.find(
      (it) => textOf(it.propertyName ?? it.name) === "setTimeout",
    );
    if (found !== undefined) return found.name.text;
  }
  return undefined;
}
