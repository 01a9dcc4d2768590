import { fact, type Program } from "../program.ts";
import { is, isFunctionLike, type SourceFile, sourceFileOf, unwrapped, walk } from "../syntax.ts";
import { accessesByOwner } from "./accesses.ts";
import { type CallAccess, callAccessesIn } from "./call-accesses.ts";
import { callsOf, passedIn, prefixesOf } from "./call-places.ts";
import type { FlowOwner } from "./flow-graph.ts";
import type { Location } from "./locations.ts";

// Which calls of a file lead to an access of a place that the file's own accesses do not show?
//
// `edit() { mark(this); }` sets `this.dirty` where `mark` of another file does, `remove(this.jobs, job)`
// takes something out of `this.jobs` under another name, and `this.setConn(undefined)` empties what
// `setConn` merely writes. That is what those look for who ask whether somebody else writes a place
// meanwhile. *May*, as facts/call-accesses.ts; which functions of the file are asked is sorted once for all
// places, so that many places cost no more than they have to.

/**
 * The accesses to a place that the calls of a file lead to, as far as the file's own accesses do not
 * say the same: in other files, under another name, or with a value that the caller decides on.
 */
export function callAccessesTo(
  location: Location,
  file: SourceFile,
  program: Program,
): readonly CallAccess[] {
  return leadingTo(location, file, program).flatMap((owner) =>
    callAccessesIn(location, owner, program).filter(
      ({ inner, value }) =>
        sourceFileOf(inner.at) !== file ||
        inner.location.key !== location.key ||
        inner.value !== value,
    ),
  );
}

/** The functions of a file of whose calls that can be so. */
function leadingTo(location: Location, file: SourceFile, program: Program): readonly FlowOwner[] {
  const { elsewhere, abroad, of } = callersIn(file, program);
  const owners = new Set<FlowOwner>(location.root.kind === "instance" ? [] : abroad);
  for (const { key } of prefixesOf(location)) {
    for (const owner of elsewhere.get(key) ?? []) owners.add(owner);
  }
  for (const [setter, accesses] of accessesByOwner(location, file, program)) {
    const isGiven = accesses.some(({ value }) => is.Identifier(value && unwrapped(value)));
    for (const owner of (isGiven && of.get(setter)) || []) owners.add(owner);
  }
  return [...owners];
}

interface Callers {
  /** By what they pass to a function that knows it by another name, or that is in another file. */
  readonly elsewhere: ReadonlyMap<string, ReadonlySet<FlowOwner>>;
  /** Those that call functions of other files. */
  readonly abroad: ReadonlySet<FlowOwner>;
  /** By the function that they call. */
  readonly of: ReadonlyMap<FlowOwner, ReadonlySet<FlowOwner>>;
}

/** Which functions of a file call what; once for all places. */
const callersIn: (file: SourceFile, program: Program) => Callers = fact((file, program) => {
  const elsewhere = new Map<string, Set<FlowOwner>>();
  const abroad = new Set<FlowOwner>();
  const of = new Map<FlowOwner, Set<FlowOwner>>();
  walk(file, (owner) => {
    if (!isFunctionLike(owner) || owner.body === undefined) return undefined;
    for (const { fn } of callsOf(owner, program)) {
      put(of, fn, owner);
      if (sourceFileOf(fn) !== file) abroad.add(owner);
    }
    for (const { fn, base, as } of passedIn(owner, program)) {
      if (as.key !== base.key || sourceFileOf(fn) !== file) put(elsewhere, base.key, owner);
    }
    return undefined;
  });
  return { elsewhere, abroad, of };
});

function put<K>(map: Map<K, Set<FlowOwner>>, key: K, owner: FlowOwner): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([owner]));
  else known.add(owner);
}
