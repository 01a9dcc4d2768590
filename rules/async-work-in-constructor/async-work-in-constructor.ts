import { isHandled, isPromise, mayFloat } from "../../analysis/facts/promises.ts";
import { mayReject } from "../../analysis/facts/summaries.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import {
  bodyHas,
  enclosingFunction,
  is,
  isAssignment,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { makeFactory } from "../fixes/static-factory.ts";
import { keepReadyPromise } from "../fixes/ready-promise.ts";
import { markHandled } from "../fixes/mark-handled.ts";
import { nameOfCall } from "../words/names.ts";

// See async-work-in-constructor.md for what this means to the user.
//
// A constructor cannot wait. What it starts is unfinished when the object is handed out, so somebody
// must be able to wait for it later: the promise has to be kept, and its rejection heard until then.
export const asyncWorkInConstructor = defineRule({
  id: "async-work-in-constructor",
  summary: "A constructor starts asynchronous work that nobody can wait for.",
  severity: "warning",
  profile: "strict",
  equivalents: ["sonarjs/no-async-constructor"],
  covers: ["floating-promise"],
  on: {
    kinds: ["ExpressionStatement"],
    where: [
      { child: "expression", notKinds: ["AwaitExpression", "VoidExpression", "StringLiteral"] },
    ],
  },

  *check(statement, program) {
    const owner = enclosingFunction(statement);
    if (!is.Constructor(owner)) return;
    const expression = unwrapped(statement.expression);
    if (isAssignment(expression)) yield* kept(expression, owner, program);
    else if (startsWork(expression, program)) {
      yield {
        at: expression,
        message: `Nobody can wait for this ${nameOfCall(expression)}.`,
        why: "A constructor returns the object at once: its methods may run before the work is done, and if the work fails, nobody hears of it.",
        fixes: [...keepReadyPromise(expression, program), ...makeFactory(expression, program)],
      };
    }
  },
});

/** A promise that is kept in a field, but whose rejection nobody hears until it is awaited. */
function* kept(
  assignment: NodeOf<"BinaryExpression">,
  owner: NodeOf<"Constructor">,
  program: Program,
): Iterable<Finding> {
  const field = unwrapped(assignment.left);
  const promise = unwrapped(assignment.right);
  if (!is.PropertyAccessExpression(field) || !is.ThisKeyword(unwrapped(field.expression))) return;
  // A promise that was handed in has somebody else to answer for it.
  if (!is.CallExpression(promise) && !is.NewExpression(promise)) return;
  if (!startsWork(promise, program) || mayReject(promise, program) === undefined) return;
  if (bodyHas(owner, (it) => readsField(it, field))) return;
  yield {
    at: promise,
    message: `Until somebody waits for \`${nameOf(field.name) ?? "it"}\`, nobody hears when this ${nameOfCall(promise)} rejects.`,
    why: "A promise that rejects before it has a handler ends the process in Node, though the handler comes later.",
    fixes: markHandled(field, assignment.parent, program),
  };
}

function startsWork(expression: Node, program: Program): boolean {
  return (
    isPromise(expression, program) &&
    !isHandled(expression, program) &&
    !mayFloat(expression, program)
  );
}

/** `this.field` at another place than the one where it is written. */
function readsField(node: Node, field: NodeOf<"PropertyAccessExpression">): boolean {
  return (
    is.PropertyAccessExpression(node) &&
    node !== field &&
    is.ThisKeyword(unwrapped(node.expression)) &&
    nameOf(node.name) === nameOf(field.name)
  );
}
