import type { Program } from "../program.ts";
import {
  bodyHas,
  type ClassLike,
  enclosingClass,
  enclosingFunction,
  type FunctionLike,
  hasModifier,
  is,
  isInside,
  isOneOf,
  Kind,
  methodCall,
  type NewExpression,
  type Node,
  nameOf,
  unwrapped,
  walk,
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
  if (is.Constructor(fn) || RUNS_ONCE.test(nameOf(fn.name) ?? "")) return undefined;
  if (!is.ThisKeyword(unwrapped(holder.access.expression))) return undefined;
  const mentions = mentionsOfMember(holder.access, owner, program);
  const abort = mentions.find((it) => methodOn(it) === "abort" && enclosingFunction(it) !== fn);
  if (abort === undefined) return undefined;
  const seen = new Set<Node>(mentions);
  const past = pathFromEntry(
    fn,
    { until: (it) => it === node, stops: (it) => seen.has(it) },
    program,
  );
  if (past === undefined || isGuarded(node, seen)) return undefined;
  if (isGuardedByCallers(fn, owner, seen)) return undefined;
  return { because: "replaced", holder: holder.access, abort };
}

/** What frameworks call when an object appears; what they call when it is gone has come before. */
const RUNS_ONCE =
  /^(?:connectedCallback|hostConnected|firstUpdated|componentDidMount|componentWillMount|ngOnInit|ngAfterViewInit|onModuleInit|init|initialize|setup)$/;

/** A method for own use only, where each call of it has a look at how things stand in front. */
function isGuardedByCallers(fn: FunctionLike, owner: ClassLike, seen: ReadonlySet<Node>): boolean {
  const name = nameOf(fn.name);
  const isPrivate =
    is.MethodDeclaration(fn) &&
    (is.PrivateIdentifier(fn.name) ||
      hasModifier(fn, Kind.PrivateKeyword) ||
      name?.startsWith("_"));
  if (name === undefined || isPrivate !== true) return false;
  const calls: Node[] = [];
  walk(owner, (it) => {
    const method = methodCall(it);
    if (method?.method === name && is.ThisKeyword(unwrapped(method.receiver))) calls.push(it);
    return undefined;
  });
  return 0 < calls.length && calls.every((it) => isGuarded(it, seen));
}

/** An early exit, or a look at the controller, before the node in its function. */
function isGuarded(node: Node, seen: ReadonlySet<Node>): boolean {
  const fn = enclosingFunction(node);
  if (fn === undefined) return false;
  return bodyHas(fn, (it) => {
    if (node.pos <= it.pos || isInside(node, it)) return false;
    return seen.has(it) || (is.IfStatement(it) && bodyHas(it, leaves));
  });
}

const leaves = isOneOf("ReturnStatement", "ThrowStatement");
