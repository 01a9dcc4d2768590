import { insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import type { NodeOf } from "../../analysis/syntax.ts";
import { dropLoopAwait } from "./drop-await.ts";

/** `for await (const x of promises)` as `for (const x of await Promise.all(promises))`. */
export function awaitAllInLoop(loop: NodeOf<"ForOfStatement">): Fix[] {
  return dropLoopAwait(loop).map(({ edits, safety }) => ({
    title: "Await them all before the loop",
    safety,
    edits: [
      ...edits,
      insertBefore(loop.expression, "await Promise.all("),
      insertAfter(loop.expression, ")"),
    ],
  }));
}
