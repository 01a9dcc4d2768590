import { METHODS_RUN_ONCE } from "../primitives/owners.ts";
import type { Program } from "../program.ts";
import {
  isFunctionExpression,
  isFunctionLike,
  type Node,
  sourceFileOf,
  wrapped,
} from "../syntax.ts";
import { isAnnotated } from "./annotations.ts";
import { isTestFile } from "./file-roles.ts";
import type { FlowOwner } from "./flow-graph.ts";
import { nameNode, nameOfFunction } from "./functions.ts";
import { holderOf, type Overlap, overlapOf } from "./overlap.ts";
import { ownersOf } from "./pauses.ts";

// Is a piece of work begun anew before it is over, because something happens again?
//
// Narrower than facts/overlap.ts: not whether anybody may call the function, but whether it answers
// events, or is started without being waited for by somebody who may do so again. A function that
// is called `onInput` is taken for a handler, wherever it is handed to; one that is
// called `onInit` runs once. *May*, by the code or by the name; preferred mistake: silence.

/** Why the work that a node is part of may be begun again before it is over. */
export function refiringOf(node: Node, program: Program): Overlap | undefined {
  if (isTestFile(sourceFileOf(node), program)) return undefined;
  for (const owner of ownersOf(node, program)) {
    const overlap = overlapOf(owner, program);
    const kind = overlap?.evidence.kind;
    const isAgain = kind === "handler" || (kind === "parallel" && !isStartedAtOnce(owner, overlap));
    if (overlap !== undefined && isAgain) return overlap;
    const name = isFunctionLike(owner) ? nameOfFunction(owner) : undefined;
    if (!isFunctionLike(owner) || name === undefined || !HANDLES.test(name)) continue;
    if (
      ONCE.test(name) ||
      METHODS_RUN_ONCE.test(name) ||
      isAnnotated(holderOf(owner), "reentrant", program)
    )
      continue;
    return {
      strength: "likely",
      evidence: {
        kind: "handler",
        at: nameNode(owner),
        message: `\`${name}\` is called for each event, whether or not the last call is over.`,
      },
    };
  }
  return undefined;
}

/** Callbacks for the elements of one list ask for all of them, and none is newer than the others. */
function isStartedAtOnce(owner: FlowOwner, overlap: Overlap | undefined): boolean {
  return isFunctionExpression(owner) && wrapped(owner).parent === overlap?.evidence.at;
}

const HANDLES = /^_?on[A-Z]/;

/** What happens once in the life of the thing that it happens to. */
const ONCE =
  /^_?on(?:Before|After|Did|Will)?(?:Mount|Unmount|Load|Init|Start|Stop|Ready|Open|Close|Connect|Disconnect|Create|Destroy|Activate|Deactivate|Install|Exit|End|Finish|Complete|Shutdown|Boot|Register|Module|Application)(?:ed|d|ing|$|[A-Z])/;
