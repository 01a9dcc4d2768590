import { belongsTo, isCleanUp } from "../../analysis/facts/belonging.ts";
import { carries } from "../../analysis/facts/signal-carriers.ts";
import { type Signal, signalsAt } from "../../analysis/facts/signals.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  isFunctionExpression,
  type Node,
  nameOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { useInnerSignal } from "../fixes/inner-signal.ts";

// See wrong-signal.md for what this means to the user.
//
// The callback has taken a signal by name, so it knows of it, and gives another one to work that it
// waits for. A signal that was only there, as a member of a context, may not have been meant: that
// is for the strict profile.
export const wrongSignal = defineRule({
  id: "wrong-signal",
  summary:
    "A callback that was given a signal of its own passes on that of the function around it.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    const [inner, ...others] = signalsAt(call, program).filter((it) => it.origin === "given");
    if (inner === undefined || others.length === 0 || !isCallback(inner)) return;
    const isOuter = (it: Signal) =>
      it.owner !== inner.owner && it.model.protocol === inner.model.protocol;
    const outer = others.find((it) => isOuter(it) && givenAs(call, it) !== undefined);
    const given = outer && givenAs(call, outer);
    if (outer === undefined || given === undefined) return;
    if (carries(call, inner) || inner.carriers.has(outer.variable)) return;
    if (isCleanUp(call, inner.owner) || !belongsTo(call, inner.owner, program)) return;
    yield {
      at: given,
      message: `\`${outer.text}\` is passed on here, though \`${inner.text}\` is the signal of this callback.`,
      why: `What \`${inner.text}\` stands for, a limit of time or the end of an attempt, does not reach this call.`,
      profile: inner.member === undefined ? undefined : "strict",
      notes: [
        { at: outer.declaration, message: `\`${outer.text}\` comes in here` },
        { at: inner.declaration, message: `\`${inner.text}\` comes in here` },
      ],
      fixes: useInnerSignal(given, outer, inner),
    };
  },
});

/** A function that is handed to a call, which gives it the signal. */
function isCallback({ owner, variable }: Signal): boolean {
  const { parent } = wrapped(owner);
  const isHanded = isFunctionExpression(owner) && is.CallExpression(parent);
  return isHanded && !variable.startsWith("_");
}

/** Where among the arguments the signal itself stands, alone or as a member of an object. */
function givenAs(call: CallExpression, signal: Signal): Node | undefined {
  for (const argument of call.arguments.map(unwrapped)) {
    if (isItself(argument, signal)) return argument;
    if (!is.ObjectLiteralExpression(argument)) continue;
    for (const property of argument.properties) {
      const isShort = is.ShorthandPropertyAssignment(property);
      if (isShort && signal.member === undefined && property.name.text === signal.variable) {
        return property;
      }
      if (is.PropertyAssignment(property) && isItself(unwrapped(property.initializer), signal)) {
        return property.initializer;
      }
    }
  }
  return undefined;
}

function isItself(node: Node, { variable, member }: Signal): boolean {
  if (member === undefined) return nameOf(node) === variable;
  if (!is.PropertyAccessExpression(node) || node.name.text !== member) return false;
  return nameOf(unwrapped(node.expression)) === variable;
}
