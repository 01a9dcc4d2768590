import type { ValueAnswer } from "../../analysis/engine/type-engine.ts";
import { defineRule } from "../../analysis/rule.ts";
import { is, unwrapped } from "../../analysis/syntax.ts";
import { iterate } from "../fixes/iterate.ts";
import { nameOfCall } from "../words/names.ts";

// See unconsumed-async-generator.md for what this means to the user.
//
// What is lazy by its type and made by a call that stands alone. `await` in front changes nothing:
// a generator is no promise. Values that are kept or handed on may be iterated by somebody.
export const unconsumedAsyncGenerator = defineRule({
  id: "unconsumed-async-generator",
  summary: "A generator is called and never iterated, so none of its code runs.",
  severity: "error",
  profile: "strict",
  equivalents: ["rxjs-x/no-floating-observables"],
  on: {
    kinds: ["ExpressionStatement"],
    where: [{ child: "expression", kinds: ["CallExpression", "AwaitExpression"] }],
  },

  *check(statement, program) {
    const written = unwrapped(statement.expression);
    const call = is.AwaitExpression(written) ? unwrapped(written.expression) : written;
    if (!is.CallExpression(call)) return;
    const value = program.types.value(call);
    if (value.generator !== undefined) {
      yield {
        at: call,
        message: `Nothing iterates this ${nameOfCall(call)}, so it does nothing.`,
        why: "Calling a generator only makes an iterator. Its body runs when somebody asks for the first value.",
        fixes: iterate(written, value.generator),
      };
    } else if (written === call && isObservable(value)) {
      yield {
        at: call,
        severity: "warning",
        message: `Nothing subscribes to this ${nameOfCall(call)}, so it does nothing.`,
        why: "An observable is lazy: its work starts when somebody subscribes.",
      };
    }
  },
});

function isObservable({ type }: ValueAnswer): boolean {
  return type?.name === "Observable" && type.module === "rxjs";
}
