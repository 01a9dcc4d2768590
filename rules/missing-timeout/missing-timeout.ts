import { calleeOf, constantBehind } from "../../analysis/facts/callees.ts";
import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import { calledAs, variableBehind } from "../../analysis/facts/references.ts";
import { emptySlot } from "../../analysis/facts/signal-slots.ts";
import { signalsAt } from "../../analysis/facts/signals.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  type CallExpression,
  calleeNameOf,
  is,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { passTimeout } from "../fixes/pass-signal.ts";

// See missing-timeout.md for what this means to the user.
//
// Calls that models know to use the network, and that could be given a signal. Whether the platform
// sets a limit of its own is not known, so all of it is a hint under the strict profile.
export const missingTimeout = defineRule({
  id: "missing-timeout",
  summary: "A request is made that may take for ever.",
  severity: "hint",
  profile: "strict",
  equivalents: [],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    if (isOwnFunction(call, program)) return;
    const known = calleeOf(call, program).model;
    const { uses } = known ?? program.models.call(calledAs(call, program)) ?? {};
    if (uses !== "network") return;
    if (hasTimeout(call) || isTestOrScript(sourceFileOf(call), program)) return;
    const model = program.models.type({ name: "AbortSignal", module: "lib" })?.signal;
    const slot = model && emptySlot(call, model, program);
    if (slot === undefined && !hasOptionsWithoutLimit(call, program)) {
      if (known !== undefined || !isWithoutOptions(call)) return;
    }
    const signal = signalsAt(call, program).find(
      (it) => it.origin === "given" && it.model.protocol === "AbortSignal",
    );
    yield {
      at: calleeNameOf(call),
      message: `Nothing limits how long \`${nameOf(calleeNameOf(call)) ?? "this"}\` may take.`,
      why: "A server that accepts a connection and never answers keeps the caller waiting for good.",
      fixes: slot === undefined ? [] : passTimeout(slot, signal),
    };
  },
});

/** Asked first: a function of the user's own is no request, and need not be looked into. */
function isOwnFunction(call: CallExpression, program: Program): boolean {
  const symbol = program.types.symbol(calleeNameOf(call));
  const isDeclared = symbol?.kind === "function" || symbol?.kind === "method";
  return isDeclared && symbol.module === "own";
}

/** `const options = { url }; …; request(options)`, where nothing in the file gives them a limit. */
function hasOptionsWithoutLimit(call: CallExpression, program: Program): boolean {
  const last = call.arguments.at(-1);
  const name = last && unwrapped(last);
  if (!is.Identifier(name)) return false;
  const options = constantBehind(name, program);
  const literal = options && unwrapped(options);
  if (!is.ObjectLiteralExpression(literal)) return false;
  const isPlain = literal.properties.every(
    (it) =>
      (is.PropertyAssignment(it) || is.ShorthandPropertyAssignment(it)) &&
      !LIMITS.test(nameOf(it.name) ?? ""),
  );
  const mentions = variableBehind(name, program)?.mentions ?? [];
  return isPlain && mentions.every((it) => it === name || isHarmless(it));
}

/** Where nothing is known of the types: `axios.get(url)`, `axios.post(url, data)`. */
function isWithoutOptions(call: CallExpression): boolean {
  const given = call.arguments.length;
  const name = nameOf(calleeNameOf(call)) ?? "";
  return 0 < given && given <= (WITHOUT_BODY.has(name) ? 1 : WITH_BODY.has(name) ? 2 : 0);
}

const WITHOUT_BODY: ReadonlySet<string> = new Set(["get", "delete", "head", "options", "fetch"]);
const WITH_BODY: ReadonlySet<string> = new Set(["post", "put", "patch"]);

const LIMITS = /timeout|signal|cancel/i;

/** `options.url = …` sets no limit; whoever is given the options may. */
function isHarmless(mention: Node): boolean {
  const { parent } = wrapped(mention);
  if (is.PropertyAccessExpression(parent)) return !LIMITS.test(parent.name.text);
  return is.VariableDeclaration(parent);
}

/** `{ timeout: 1000 }` among the arguments. */
function hasTimeout(call: CallExpression): boolean {
  return call.arguments.map(unwrapped).some((argument) => {
    if (!is.ObjectLiteralExpression(argument)) return false;
    return argument.properties.some(
      (it) => is.PropertyAssignment(it) && /timeout/i.test(nameOf(it.name) ?? ""),
    );
  });
}
