import { type Edit, insertBefore } from "../../analysis/edit.ts";
import type { EffectWrite } from "../../analysis/facts/effect-writes.ts";
import type { Effect } from "../../analysis/facts/effects.ts";
import { emptySlot } from "../../analysis/facts/signal-slots.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  isAsync,
  isInside,
  methodCall,
  type Node,
  unwrapped,
} from "../../analysis/syntax.ts";
import { doneByCleanup, unusedNameAround } from "./ignore-flag.ts";
import { filled } from "./pass-signal.ts";
import { indentOf } from "./statements.ts";

/**
 * A controller for each run of the effect, which its cleanup aborts, and its signal for the request.
 * Only where each of the requests takes a signal and has none: the others would go on as before.
 */
export function abortWithEffect(
  effect: Effect,
  writes: readonly EffectWrite[],
  program: Program,
): Fix[] {
  const { fn } = effect;
  const model = program.models.type({ name: "AbortSignal", module: "lib" })?.signal;
  const name = unusedNameAround(fn, ["controller", "aborter", "run"]);
  if (model === undefined || name === undefined || isAsync(fn) || !is.Block(fn.body)) return [];
  const passed = new Map<Node, readonly Edit[]>();
  for (const { request, at } of writes) {
    const call = callIn(request);
    const slot = call && isInside(at, fn) ? emptySlot(call, model, program) : undefined;
    if (call === undefined || slot === undefined || !isInside(call, fn)) return [];
    passed.set(call, filled(slot, `${name}.signal`));
  }
  const cleanup = doneByCleanup(effect, `${name}.abort();`);
  const [first] = fn.body.statements;
  if (cleanup === undefined || first === undefined || passed.size === 0) return [];
  const made = `const ${name} = new AbortController();\n${indentOf(first)}`;
  return [
    {
      title: "Abort the request when the effect runs again",
      safety: "suggestion",
      edits: [insertBefore(first, made), ...[...passed.values()].flat(), ...cleanup],
    },
  ];
}

/** The call that asks, behind `await` and in front of `then`. */
function callIn(request: Node): CallExpression | undefined {
  const node = unwrapped(request);
  if (is.AwaitExpression(node)) return callIn(node.expression);
  if (!is.CallExpression(node)) return undefined;
  const chain = methodCall(node);
  const isChain = chain !== undefined && /^(?:then|catch|finally)$/.test(chain.method);
  return isChain ? callIn(chain.receiver) : node;
}
