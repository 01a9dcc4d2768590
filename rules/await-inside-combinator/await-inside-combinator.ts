import { defineRule, type Fix, type Note } from "../../analysis/rule.ts";
import {
  bodyHas,
  type CallExpression,
  is,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { withoutAwait } from "../fixes/drop-await.ts";

// See await-inside-combinator.md for what this means to the user.
//
// Told from syntax alone: only an element that is itself an `await` counts. One that merely has an
// `await` inside needs its value before there is a promise to wait for, and so does a spread list.
// One finding for the whole list, since leaving one of its pauses in place would repair nothing.
export const awaitInsideCombinator = defineRule({
  id: "await-inside-combinator",
  summary: "A promise is awaited on its way into a call that is there to wait for it.",
  severity: "warning",
  profile: "recommended",
  equivalents: ["unicorn/no-await-in-promise-methods"],
  covers: ["await-of-non-promise"],
  on: {
    kinds: ["CallExpression"],
    where: [{ child: "expression", kinds: ["PropertyAccessExpression"] }],
  },

  *check(call) {
    const list = listOf(call);
    const combinator = methodCall(call)?.method;
    if (list === undefined || combinator === undefined) return;
    const awaits = list.elements.map(unwrapped).filter(is.AwaitExpression);
    const [first, ...others] = awaits;
    if (first === undefined) return;
    yield {
      at: first,
      message: `This is awaited before \`Promise.${combinator}\` is called.`,
      why: WHY[combinator] ?? WHY_OTHERWISE,
      notes: [...others.map((at) => ({ at, message: "and so is this" })), ...othersIn(list, first)],
      fixes: fixFor(awaits),
    };
  },
});

const COMBINATORS: ReadonlySet<string> = new Set(["all", "allSettled", "any", "race"]);

const WHY_OTHERWISE =
  "What stands behind it starts only when it is done, so that the two do not run at the same time.";

const WHY: Readonly<Record<string, string>> = {
  allSettled:
    "When it rejects, the list is never made, and the rejection is thrown instead of listed.",
  any: "When it rejects, the list is never made, and nobody waits for what else may arrive.",
  race: "Nobody can overtake it: the race begins when it is done.",
};

/** The list written out in `Promise.all([…])` and its like. */
function listOf(call: CallExpression): NodeOf<"ArrayLiteralExpression"> | undefined {
  const method = methodCall(call);
  if (method === undefined || !COMBINATORS.has(method.method)) return undefined;
  if (nameOf(unwrapped(method.receiver)) !== "Promise") return undefined;
  const [first] = method.args;
  const list = first && unwrapped(first);
  return is.ArrayLiteralExpression(list) ? list : undefined;
}

/** What begins before, with nobody listening, and what begins only after. */
function othersIn({ elements }: NodeOf<"ArrayLiteralExpression">, awaited: Node): readonly Note[] {
  const position = elements.findIndex((it) => unwrapped(it) === awaited);
  const before = elements.slice(0, position).find(beginsSomething);
  const after = elements.slice(position + 1).find(beginsSomething);
  return [
    ...(before === undefined ? [] : [{ at: before, message: "nobody listens to this meanwhile" }]),
    ...(after === undefined ? [] : [{ at: after, message: "starts only then" }]),
  ];
}

function beginsSomething(element: Node): boolean {
  return is.CallExpression(unwrapped(element)) || is.NewExpression(unwrapped(element));
}

function fixFor(awaits: readonly NodeOf<"AwaitExpression">[]): Fix[] {
  // Another pause would be left, inside the first.
  if (awaits.some((it) => bodyHas(it, (inner) => is.AwaitExpression(inner)))) return [];
  const title = awaits.length === 1 ? "Drop the await" : "Drop each await in the list";
  return [{ title, safety: "suggestion", edits: awaits.map(withoutAwait) }];
}
