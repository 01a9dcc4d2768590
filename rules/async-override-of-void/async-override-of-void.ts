import type { InheritedMember } from "../../analysis/engine/type-engine.ts";
import { returnsPromise } from "../../analysis/facts/returns.ts";
import { rejectsFrom } from "../../analysis/facts/summaries.ts";
import { type Program, resolve } from "../../analysis/program.ts";
import { defineRule, type Finding, type Note } from "../../analysis/rule.ts";
import {
  type FunctionLike,
  hasModifier,
  is,
  isFunctionExpression,
  Kind,
  type Node,
  nameOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { admitPromise } from "../fixes/admit-promise.ts";
import { catchInFunction } from "../fixes/catch-in-function.ts";

// See async-override-of-void.md for what this means to the user.
//
// Whoever calls the method through its base sees `void`: nobody waits, and nobody hears of a
// failure. A base that comes with a package cannot be changed, and many packages call such hooks
// without waiting by design, so what stands in for one of those is left to the strict profile.
export const asyncOverrideOfVoid = defineRule({
  id: "async-override-of-void",
  summary: "A method gives a promise, and its base type hides that from whoever calls it.",
  severity: "warning",
  profile: "recommended",
  equivalents: ["@typescript-eslint/no-misused-promises", "typescript/no-misused-promises"],
  on: {
    kinds: ["MethodDeclaration", "MethodSignature", "PropertyDeclaration", "PropertySignature"],
  },

  *check(member, program) {
    const { name } = member;
    if (nameOf(name) === undefined || hasModifier(member, Kind.StaticKeyword)) return;
    // Cheap: only members of something that has a base can stand in for one of its members.
    if (!hasBase(member.parent) || !givesPromise(member, program)) return;
    const hidden = program.types.inherited(member).filter((it) => it.result === "void");
    const base = hidden.find((it) => it.base.module === "own") ?? hidden[0];
    if (base === undefined || isWaitedFor(base, name, program)) return;
    if (isAbstract(base, program)) return;
    yield finding(member, name, base, program);
  },
});

function hasBase(owner: Node): boolean {
  const isType =
    is.ClassDeclaration(owner) || is.ClassExpression(owner) || is.InterfaceDeclaration(owner);
  return isType && owner.heritageClauses !== undefined;
}

function givesPromise(member: Node & { readonly name: Node }, program: Program): boolean {
  const fn = functionOf(member);
  if (fn !== undefined && returnsPromise(fn, program)) return true;
  if (fn !== undefined && fn.type === undefined) return false;
  const extent = program.types.value(member.name).callResult?.extent;
  return extent === "all" || extent === "some";
}

/** The function that the member is, where it has a body. */
function functionOf(member: Node): FunctionLike | undefined {
  if (is.MethodDeclaration(member)) return member.body === undefined ? undefined : member;
  const value = is.PropertyDeclaration(member) ? member.initializer : undefined;
  const inner = value && unwrapped(value);
  return isFunctionExpression(inner) ? inner : undefined;
}

/** `close() { throw new Error("not implemented"); }` gives nothing because it is there to be overridden. */
function isAbstract({ declaration }: InheritedMember, program: Program): boolean {
  const method =
    declaration && program.types.isOwn(declaration.file)
      ? resolve(declaration, program)
      : undefined;
  if (!is.MethodDeclaration(method) || method.type !== undefined) return false;
  const [only, another] = is.Block(method.body) ? method.body.statements : [];
  return is.ThrowStatement(only) && another === undefined;
}

/** A package whose types say `void`, but which waits all the same. */
function isWaitedFor({ base }: InheritedMember, name: Node, program: Program): boolean {
  const model = program.models.call({ module: base.module, name: `${base.name}.${nameOf(name)}` });
  return model?.result === "floats";
}

function finding(member: Node, name: Node, base: InheritedMember, program: Program): Finding {
  const fn = functionOf(member);
  const reason = fn && rejectsFrom(fn, program);
  const isCertain = base.base.module === "own" && reason !== undefined;
  const message = `Whoever calls \`${nameOf(name)}\` as a \`${base.base.name}\` does not wait for it`;
  return {
    at: name,
    profile: isCertain ? undefined : "strict",
    message: reason === undefined ? `${message}.` : `${message}, and nobody hears when it rejects.`,
    why: "As far as they know there is nothing to wait for, so the code behind the call runs too early.",
    notes: [...baseNote(base, program), ...reasonNote(reason)],
    fixes:
      fn === undefined
        ? []
        : [...admitPromise(fn, base, program), ...(isCertain ? catchInFunction(fn) : [])],
  };
}

function baseNote({ declaration }: InheritedMember, program: Program): Note[] {
  const at = declaration && program.types.isOwn(declaration.file) && resolve(declaration, program);
  return at ? [{ at, message: "gives nothing, as far as callers know" }] : [];
}

function reasonNote(reason: Node | undefined): Note[] {
  return reason === undefined ? [] : [{ at: reason, message: "this may reject" }];
}
