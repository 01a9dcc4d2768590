import { closest } from "../../analysis/closest.ts";
import { type Fault, faultsOf } from "../../analysis/facts/annotation-faults.ts";
import { nameNode } from "../../analysis/facts/functions.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { is, isClassLike, isFunctionLike, type Node } from "../../analysis/syntax.ts";

// See wrong-annotation.md for what this means to the user.
//
// What is believed and not true hides every finding that it should have brought. A use of a place
// without its lock is the business of inconsistent-lock; here it is about what was said.
export const wrongAnnotation = defineRule({
  id: "wrong-annotation",
  summary: "What a comment or the configuration says about sharing and locks is not so.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: {
    kinds: [
      "ClassDeclaration",
      "ClassExpression",
      "Constructor",
      "ExportAssignment",
      "ExpressionStatement",
      "FunctionDeclaration",
      "GetAccessor",
      "InterfaceDeclaration",
      "MethodDeclaration",
      "MethodSignature",
      "PropertyAssignment",
      "PropertyDeclaration",
      "PropertySignature",
      "SetAccessor",
      "TypeAliasDeclaration",
      "VariableStatement",
    ],
  },

  *check(declaration, program) {
    for (const fault of faultsOf(declaration, program)) yield told(fault, declaration);
  },
});

function told(fault: Fault, declaration: Node): Finding {
  const at = nameIn(declaration);
  return { at, message: messageOf(fault), why: whyOf(fault), notes: notesOf(fault) };
}

function messageOf(fault: Fault): string {
  switch (fault.kind) {
    case "misplaced":
      return `\`@${fault.annotation.tag}\` says something about ${SUBJECTS[fault.annotation.tag]}, and this is none.`;
    case "no-lock":
      return "`@guardedBy` does not say which lock: write `@guardedBy mutex`.";
    case "unknown-lock": {
      const name = fault.annotation.value;
      return `There is no \`${name}\` here that could be the lock.${meant(name.replace(/^this\./, ""), fault.names)}`;
    }
    case "shared":
      return "The objects of this class are said to have one owner each, and one is shared by many.";
    case "never-held":
      return `\`${fault.lock}\` is said to guard this, and nobody holds it where this is used.`;
    case "unknown-member":
    default: {
      const [, name = ""] = fault.name.split(".");
      return `The configuration says something of \`${fault.name}\`, and there is no such member.${meant(name, fault.names)}`;
    }
  }
}

function meant(name: string, names: readonly string[]): string {
  const near = closest(name, names);
  return near === undefined ? "" : ` Did you mean \`${near}\`?`;
}

const SUBJECTS = {
  singleOwner: "the objects of a class",
  reentrant: "the calls of a function",
  guardedBy: "a field or a variable",
} as const;

function whyOf({ kind }: Fault): string {
  return kind === "misplaced" || kind === "no-lock" || kind.startsWith("unknown")
    ? "It has no effect, though whoever reads it relies on it."
    : "It is believed, so races that are there are not reported.";
}

function notesOf(fault: Fault) {
  if (fault.kind === "shared") return [{ at: fault.at, message: "shared because of this" }];
  if (fault.kind === "never-held") {
    return [{ at: fault.at, message: `used here without \`${fault.lock}\`` }];
  }
  return [];
}

/** The name of what is declared, where it has one. */
function nameIn(declaration: Node): Node {
  if (is.VariableStatement(declaration)) {
    return declaration.declarationList.declarations[0]?.name ?? declaration;
  }
  if (isFunctionLike(declaration)) return nameNode(declaration);
  if (is.ExpressionStatement(declaration) || is.ExportAssignment(declaration)) {
    return declaration.expression;
  }
  const isNamed =
    isClassLike(declaration) ||
    is.PropertyDeclaration(declaration) ||
    is.PropertyAssignment(declaration) ||
    is.PropertySignature(declaration) ||
    is.MethodSignature(declaration) ||
    is.InterfaceDeclaration(declaration) ||
    is.TypeAliasDeclaration(declaration);
  return isNamed ? (declaration.name ?? declaration) : declaration;
}
