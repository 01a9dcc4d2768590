import type { Access } from "../../analysis/facts/access-kinds.ts";
import {
  type DeclaredGuard,
  declaredGuard,
  guardedUses,
} from "../../analysis/facts/declared-guards.ts";
import { type Unguarded, unguardedWrite } from "../../analysis/facts/lock-discipline.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { is } from "../../analysis/syntax.ts";
import { holdSameLock } from "../fixes/hold-same-lock.ts";
import { functionAround, pausesAt, step } from "../words/races.ts";

// See inconsistent-lock.md for what this means to the user.
//
// What somebody has said of a place with `@guardedBy` is taken at its word, and then every use
// counts. Otherwise the code has to show what the lock is for, and only writes count.
export const inconsistentLock = defineRule({
  id: "inconsistent-lock",
  summary: "A place is changed under a lock, except here, where nothing keeps others out.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  covers: ["lost-update", "racy-lazy-init", "racy-cache-fill", "stale-guard"],
  on: {
    kinds: [
      "BinaryExpression",
      "PrefixUnaryExpression",
      "PostfixUnaryExpression",
      "DeleteExpression",
      "CallExpression",
      "PropertyDeclaration",
      "VariableStatement",
    ],
  },

  *check(node, program) {
    if (is.PropertyDeclaration(node) || is.VariableStatement(node)) {
      const guard = declaredGuard(node, program);
      const uses = guard && guardedUses(guard, program);
      // Where nobody ever holds it, the annotation is what is wrong.
      if (guard === undefined || uses?.isEverHeld !== true) return;
      for (const use of uses.without) yield againstWord(use, guard, program);
      return;
    }
    const found = unguardedWrite(node, program);
    if (found === undefined || isDeclared(found.access, program)) return;
    yield againstHabit(found, program);
  },
});

/** What was said of the place is looked at where it was said. */
function isDeclared({ location }: Access, program: Program): boolean {
  const { root, path } = location;
  if (root.kind === "variable") {
    const statement = root.declaration.parent.parent;
    return path.length === 0 && declaredGuard(statement, program) !== undefined;
  }
  const [name] = path;
  const members = "members" in root.owner ? root.owner.members : [];
  return members.some(
    (it) => is.PropertyDeclaration(it) && declaredGuard(it, program)?.location.path[0] === name,
  );
}

function againstWord(use: Access, guard: DeclaredGuard, program: Program): Finding {
  const name = guard.location.text;
  const does = use.kind === "read" ? "reads" : "changes";
  const from = guard.annotation.from === "comment" ? "the comment" : "the configuration";
  return {
    at: use.kind === "read" ? use.reference : use.at,
    message: `${sentence(functionAround(use.at))} ${does} \`${name}\` without \`${guard.name}\`, which guards it.`,
    why: `As ${from} has it, \`${guard.name}\` is held wherever \`${name}\` is used. Whoever holds it relies on that, also while they pause.`,
    notes: [{ at: nameOfDeclaration(guard), message: `said to be guarded by \`${guard.name}\`` }],
    fixes: holdSameLock(use.at, guard.ids ?? [], program),
  };
}

function nameOfDeclaration({ declaration }: DeclaredGuard) {
  if (is.PropertyDeclaration(declaration)) return declaration.name;
  const [first] = is.VariableStatement(declaration) ? declaration.declarationList.declarations : [];
  return first?.name ?? declaration;
}

function againstHabit({ access, held, window, overlap }: Unguarded, program: Program): Finding {
  const name = access.location.text;
  const lock = held.lock.name;
  const holder = functionAround(window.write.at);
  const [pause] = window.pauses;
  return {
    at: access.at,
    profile: "strict",
    message: `${sentence(functionAround(access.at))} changes \`${name}\` without \`${lock}\`, which ${holder} holds to change it.`,
    why: `While ${holder} pauses under the lock, this comes in between: what it writes is overwritten with what was made from the old value.`,
    notes: [
      { at: window.read, message: `read here under \`${lock}\`` },
      ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
      { at: window.write.at, message: "overwritten here" },
    ],
    interleaving: {
      evidence: overlap.evidence,
      steps: [
        step("A", "read", window.read, `reads \`${name}\`, holding \`${lock}\``),
        ...(pause === undefined ? [] : [step("A", "pause", pause, pausesAt(pause))]),
        step("B", "write", access.at, `writes \`${name}\` without the lock`),
        step("A", "write", window.write.at, "writes what it made from the old value"),
      ],
    },
    fixes: holdSameLock(access.at, [held.lock.id], program),
  };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
