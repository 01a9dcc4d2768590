import { type Listening, listeningAt, mayBeAborted } from "../../analysis/facts/abort-checks.ts";
import { type Executor, executorOf } from "../../analysis/facts/executors.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  is,
  isInside,
  type Node,
  sourceFileOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { checkSignalFirst, listenOrCall } from "../fixes/check-signal.ts";

// See unchecked-aborted-signal.md for what this means to the user.
//
// A signal that came in with the call may be aborted from the start, and a promise that hopes for its
// listener then stays pending. What else a listener would have done, with work that goes on by itself,
// is for the strict profile; so are signals of an object or a request, which most often are not
// aborted when somebody begins to listen, and one that was looked at before a pause.
export const uncheckedAbortedSignal = defineRule({
  id: "unchecked-aborted-signal",
  summary: "A listener waits for a signal to be aborted that may have been aborted before.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression", "BinaryExpression"] },

  *check(node, program) {
    const listening = listeningAt(node, program);
    const looked = listening && mayBeAborted(listening, program);
    if (listening === undefined || looked === undefined) return;
    const text = textOf(listening.signal);
    const { look, pause } = looked;
    const executor = executorAround(node, program);
    const settles = executor?.carriers.some((it) => isInside(it, listening.listener)) === true;
    const missed = settles
      ? "the listener is never called, and the promise that it would settle waits on."
      : "the listener is never called, and what it would stop goes on.";
    const isGuess = !settles || pause !== undefined || !comesWithCall(listening, program);
    yield {
      at: is.BinaryExpression(node) ? node.left : calleeIn(node),
      message:
        pause === undefined
          ? `If \`${text}\` is aborted already, this listener is never called.`
          : `If \`${text}\` is aborted during the pause, this listener is never called.`,
      why: `A signal says so once. When it was aborted before somebody listens, ${missed}`,
      profile: isGuess || isTestFile(sourceFileOf(node), program) ? "strict" : undefined,
      notes:
        look === undefined || pause === undefined
          ? []
          : [
              { at: look, message: "looked at here" },
              { at: pause, message: "pauses here" },
            ],
      fixes: [
        ...listenOrCall(listening, program),
        ...checkSignalFirst(listening, executor !== undefined),
      ],
    };
  },
});

/** `signal.addEventListener`, without what may be many lines of a listener. */
function calleeIn(node: Node): Node {
  return is.CallExpression(node) ? node.expression : node;
}

/** The executor of a promise that the node is part of: what is thrown there rejects the promise. */
function executorAround(node: Node, program: Program): Executor | undefined {
  const fn = enclosingFunction(node);
  const construction = fn && wrapped(fn).parent;
  return is.NewExpression(construction) ? executorOf(construction, program) : undefined;
}

/** A parameter, or a member of one that is no request. */
function comesWithCall({ signal }: Listening, program: Program): boolean {
  const root = is.PropertyAccessExpression(signal) ? unwrapped(signal.expression) : signal;
  if (!is.Identifier(root)) return false;
  const kind = program.types.symbol(root)?.kind;
  if (kind !== "parameter" && kind !== "variable") return false;
  return root === signal || program.types.value(root).type?.name !== "Request";
}
