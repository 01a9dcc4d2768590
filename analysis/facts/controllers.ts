import type { Program } from "../program.ts";
import {
  enclosingClass,
  enclosingFunction,
  is,
  type NewExpression,
  type Node,
  nameOf,
  unwrapped,
} from "../syntax.ts";
import { pathFromEntry } from "./flow.ts";
import { holderOf, mentionsOfMember, methodOn } from "./pairs.ts";
import { calledAs, variableBehind } from "./references.ts";

// Can anybody still abort what a controller was made for?
//
// *Nobody can*: a local variable holds it, and all that is ever read of it is its signal. *Nobody can
// any more*: a method puts a new one into a field, past the old one, that other code aborts by that
// field. A *must* question about the first; about the second a *may*: whether the method runs again
// before it is done is not asked. Whatever is passed on, returned or stored again has an owner.

export interface Orphan {
  readonly because: "unreachable" | "replaced";
  /** The variable or field, as it is written. */
  readonly holder: Node;
  /** Where the field is aborted by others. */
  readonly abort: Node | undefined;
}

/** Whether the controller that is made here is, or leaves, one that nobody can abort. */
export function orphanedBy(node: NewExpression, program: Program): Orphan | undefined {
  if (nameOf(unwrapped(node.expression)) !== "AbortController") return undefined;
  if (calledAs(node, program)?.module !== "lib") return undefined;
  const holder = holderOf(node, program);
  if (holder.kind === "variable") {
    const { mentions = [], declaration } = variableBehind(holder.name, program) ?? {};
    const isSignalOnly = mentions.length > 0 && mentions.every((it) => methodOn(it) === "signal");
    if (declaration !== holder.name.parent || !isSignalOnly) return undefined;
    return { because: "unreachable", holder: holder.name, abort: undefined };
  }
  const fn = enclosingFunction(node);
  const owner = enclosingClass(node);
  if (holder.kind !== "member" || fn === undefined || owner === undefined) return undefined;
  if (is.Constructor(fn) || !is.ThisKeyword(unwrapped(holder.access.expression))) return undefined;
  const mentions = mentionsOfMember(holder.access, owner, program);
  const abort = mentions.find((it) => methodOn(it) === "abort" && enclosingFunction(it) !== fn);
  if (abort === undefined) return undefined;
  const seen = new Set<Node>(mentions);
  const past = pathFromEntry(
    fn,
    { until: (it) => it === node, stops: (it) => seen.has(it) },
    program,
  );
  return past && { because: "replaced", holder: holder.access, abort };
}
