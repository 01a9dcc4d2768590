import { factBy, type Program } from "../program.ts";
import {
  is,
  isFunctionLike,
  methodCall,
  type Node,
  nameOf,
  type SourceFile,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { accessesTo, writesTo } from "./accesses.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { graphOf } from "./flow-walk.ts";
import { type Location, locationOf } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { wayBetween } from "./pauses.ts";
import { conditionsOn } from "./place-tests.ts";
import { type Condition, isEmpty, sideOf } from "./tests.ts";

// What is opened after it was closed?
//
// `if (this.closed) return; this.socket = await open()`, where `close` sets `closed` and ends the
// socket: called during the pause, it finds no socket to end, and the one that comes then stays open.
// Four things have to be seen in one file: a flag that lets the function go on while it is unset; a
// pause in which what is stored comes about; nobody who looks at the flag again behind the pause, in
// front of the store or after it; and another function that both sets the flag and ends or empties
// the place. *May*: one way with a pause. Not seen: flags that are set elsewhere, and places that are
// ended through another name. Preferred mistake: silence.

export interface LateOpening {
  readonly write: Access;
  /** The test of the flag. */
  readonly condition: Condition;
  readonly flag: Location;
  readonly pause: Node;
  /** Where the other function sets the flag. */
  readonly setter: Access;
  /** Where it ends what is there, or empties the place. */
  readonly ending: Node;
}

/** The flag that a stored value has not heard of; undefined: there is none, as far as we see. */
export function lateOpening(write: Access, program: Program): LateOpening | undefined {
  const { at, value, location } = write;
  const owner = flowOwner(at);
  if (value === undefined || write.kind !== "write" || isEmpty(value)) return undefined;
  if (!isFunctionLike(owner)) return undefined;
  const endings = endingsOf(location, owner, program);
  if (endings.length === 0) return undefined;
  const pause = originsOf(value, program).find(({ node }) => is.AwaitExpression(node))?.node;
  if (pause === undefined || flowOwner(pause) !== owner) return undefined;
  for (const { role, node } of graphOf(owner, program).points) {
    if (role !== "branch" || node === undefined) continue;
    const flag = locationOf(flagIn(node), program);
    if (flag === undefined || flag.key === location.key) continue;
    const condition = conditionsOn(flag, [owner], program).find((it) => it.node === node);
    const side = condition && sideOf(node, at, program);
    if (condition === undefined || side === undefined) continue;
    if ((side ? condition.whenTrue : condition.whenFalse) !== "empty") continue;
    if (wayBetween(condition.read, pause, program) === undefined) continue;
    if (isLookedAtBehind(pause, flag, program)) continue;
    for (const setter of settersOf(flag, owner, program)) {
      const ending = endings.find((it) => flowOwner(it) === flowOwner(setter.at));
      if (ending !== undefined) return { write, condition, flag, pause, setter, ending };
    }
  }
  return undefined;
}

/** `this.closed` in `this.closed`, `!this.closed` and `this.closed === true`. */
function flagIn(condition: Node): Node {
  return is.BinaryExpression(condition) ? unwrapped(condition.left) : condition;
}

function settersOf(flag: Location, owner: FlowOwner, program: Program): readonly Access[] {
  return writesTo(flag, sourceFileOf(owner), program).filter(
    (it) => it.value !== undefined && !isEmpty(it.value) && flowOwner(it.at) !== owner,
  );
}

/** Whether the flag is read on some way behind the pause, whatever comes of it. */
function isLookedAtBehind(pause: Node, flag: Location, program: Program): boolean {
  return accessesTo(flag, sourceFileOf(pause), program).some(
    (it) => it.kind === "read" && wayBetween(pause, it.reference, program) !== undefined,
  );
}

/** Where other functions end what is in the place. */
function endingsOf(location: Location, owner: FlowOwner, program: Program): readonly Node[] {
  const all = endingsIn(sourceFileOf(owner), location, program);
  return all.filter((it) => flowOwner(it) !== owner);
}

/** Asked for each write of a place, and answered once. */
const endingsIn = factBy(
  (it: Location) => it.key,
  (file: SourceFile, location, program) =>
    accessesTo(location, file, program).flatMap((it): readonly Node[] => {
      const owner = isEnding(it) ? flowOwner(it.at) : undefined;
      return isFunctionLike(owner) && !is.Constructor(owner) ? [it.reference] : [];
    }),
);

function isEnding({ kind, reference }: Access): boolean {
  if (kind !== "read") return false;
  const { parent } = wrapped(reference);
  if (is.CallExpression(parent) && parent.expression !== wrapped(reference)) {
    return ENDS_IT.test(nameOf(unwrapped(parent.expression)) ?? "");
  }
  const call = methodCall(wrapped(parent).parent);
  return call !== undefined && unwrapped(call.receiver) === unwrapped(reference)
    ? ENDS.test(call.method)
    : false;
}

const ENDS =
  /^(?:close|end|quit|destroy|dispose|terminate|stop|disconnect|kill|abort|cancel|unsubscribe|release|shutdown|unref|removeAllListeners|unwatch|disposeAsync|tearDown|teardown)/;
const ENDS_IT = /^clear(?:Interval|Timeout|Immediate)$/;
