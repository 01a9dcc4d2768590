import { heldBy, pauseBeforeLook, waitedOneByOne } from "../../analysis/facts/held-promises.ts";
import { isServerEntry } from "../../analysis/facts/servers.ts";
import { defineRule } from "../../analysis/rule.ts";
import { sourceFileOf } from "../../analysis/syntax.ts";
import { waitForAllFirst } from "../fixes/await-all-first.ts";
import { onlyDeclarationIn } from "../fixes/await-held.ts";
import { joinNextAwait } from "../fixes/join-awaits.ts";
import { markHandled } from "../fixes/mark-handled.ts";
import { startWhereAwaited } from "../fixes/start-late.ts";

// See late-rejection-handler.md for what this means to the user.
//
// That a handler comes at last is not enough: Node looks for one when the promise rejects. Where no
// handler comes on some way, the finding of unobserved-promise at the same place is covered by this
// one, for whoever repairs the window repairs that too.
export const lateRejectionHandler = defineRule({
  id: "late-rejection-handler",
  summary: "A promise is started, and the code pauses before anybody would hear of its rejection.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  covers: ["unobserved-promise"],
  on: { kinds: ["VariableDeclaration"] },

  *check(declaration, program) {
    const held = heldBy(declaration, program);
    if (held?.rejects === undefined || held.mentions.reads.length === 0) return;
    const late = pauseBeforeLook(held, program);
    const found = late ?? waitedOneByOne(held, program);
    if (found === undefined) return;
    const { promise, name, isArray } = held;
    const statement = onlyDeclarationIn(declaration);
    const isServer = isServerEntry(sourceFileOf(declaration), program);
    yield {
      at: promise,
      severity: isServer ? "error" : undefined,
      message: isArray
        ? `If one of the promises in \`${name}\` rejects during a pause, nobody is there to hear it.`
        : `If the promise in \`${name}\` rejects during the pause, nobody is there to hear it.`,
      why: "A promise that rejects before it has a handler ends the process in Node, though the handler comes later and a `catch` stands around it all.",
      notes:
        late === undefined
          ? [
              { at: promise, message: "started here, all at once" },
              {
                at: found.pause,
                message: "waits for one at a time, with nobody listening to the others",
              },
            ]
          : [
              { at: promise, message: "started here" },
              { at: found.pause, message: "pauses here" },
              { at: found.look, message: "first looked at here" },
            ],
      fixes: [
        ...waitForAllFirst(held, found),
        ...joinNextAwait(held),
        ...startWhereAwaited(held, found.look, program),
        ...(statement === undefined ? [] : markHandled(declaration.name, statement, program)),
      ],
    };
  },
});
