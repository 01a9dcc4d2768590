import { fact, type Program } from "../program.ts";
import {
  enclosingFunction,
  type FunctionLike,
  is,
  type Node,
  type SourceFile,
  sourceFileOf,
  walk,
} from "../syntax.ts";
import { type Access, targetOf, writeAt } from "./access-kinds.ts";
import { accessesTo, isInitialisation, writesTo } from "./accesses.ts";
import { closesOf } from "./guards.ts";
import { mayConcernLock } from "./lock-uses.ts";
import { excludes, type Held, heldAt, heldThroughout } from "./locks.ts";
import { interruptionBy, type Overlap } from "./overlap.ts";
import { isSharedAt, mayBeInterrupted } from "./races.ts";
import { testWindow, valueWindow, type Window } from "./windows.ts";

// Which writes leave out the lock that everybody else holds to change a place?
//
// That a lock guards a place is concluded from what it is held for: somewhere a place is read or
// tested under it, the code pauses, and what is written rests on what was read (facts/windows.ts).
// There the lock is what keeps others out, and a write without it comes in between all the same: it
// is lost, or the test is none any more. All other writes of the file have to hold the lock, or two
// thirds of them where there are many; who has no habit cannot break it. Reads are silent, since
// without a pause in them they see one state or the other. *May*: two ways to one lock look like two
// locks, and a lock that may be held counts. What the user says of a place (facts/declared-guards.ts)
// goes first.

export interface Unguarded {
  /** The write without the lock. */
  readonly access: Access;
  readonly held: Held;
  /** What the lock is held for elsewhere. */
  readonly window: Window;
  /** Why the write may happen just then. */
  readonly overlap: Overlap;
}

/** What is wrong with a write, where the file holds a lock for the others. */
export function unguardedWrite(node: Node, program: Program): Unguarded | undefined {
  if (targetOf(node) === undefined) return undefined;
  const disciplines = disciplinesIn(sourceFileOf(node), program);
  if (disciplines.size === 0) return undefined;
  const access = writeAt(node, program);
  const guarded = access && disciplines.get(access.location.key);
  if (access === undefined || guarded === undefined || isInitialisation(access)) return undefined;
  const here = new Set(heldAt(node, program).map((it) => it.lock.id));
  for (const { held, window } of guarded) {
    if (here.has(held.lock.id) || !isHabit(held, access, program)) continue;
    if (!isSharedAt(access.location, node, program)) continue;
    const owners = functionsAround(node);
    // On another way of the same function it is no task of its own.
    if (functionsAround(window.write.at).some((it) => owners.includes(it))) continue;
    const overlap = interruptionBy(owners, window.write.at, program);
    if (overlap !== undefined) return { access, held, window, overlap };
  }
  return undefined;
}

/** All of them: what a lock runs is a callback of the function that somebody calls. */
function functionsAround(node: Node): readonly FunctionLike[] {
  const around: FunctionLike[] = [];
  for (let fn = enclosingFunction(node); fn !== undefined; fn = enclosingFunction(fn)) {
    around.push(fn);
  }
  return around;
}

interface Guarded {
  readonly held: Held;
  readonly window: Window;
}

/** What is read and written under a lock, with a pause in between, by place. */
const disciplinesIn: (
  file: SourceFile,
  program: Program,
) => ReadonlyMap<string, readonly Guarded[]> = fact((file, program) => {
  const found = new Map<string, Guarded[]>();
  if (!speaksOfLocks(file, program)) return found;
  walk(file, (node) => {
    if (targetOf(node) === undefined || !mayBeInterrupted(node, program)) return undefined;
    if (!heldAt(node, program).some(isCertain)) return undefined;
    const write = writeAt(node, program);
    if (write === undefined || isInitialisation(write)) return undefined;
    const closes = closesOf(write, program);
    const window = valueWindow(write, program, closes) ?? testWindow(write, program, closes);
    if (window === undefined) return undefined;
    for (const held of heldThroughout(window.read, node, program).filter(isCertain)) {
      const known = found.get(write.location.key) ?? [];
      found.set(write.location.key, [...known, { held, window }]);
    }
    return undefined;
  });
  return found;
});

function isCertain(held: Held): boolean {
  return (
    excludes(held) && held.sure && held.lock.key === undefined && held.lock.root !== "parameter"
  );
}

/** Spares the question about locks in files that do not speak of any. */
const speaksOfLocks: (file: SourceFile, program: Program) => boolean = fact((file, program) => {
  let speaks = false;
  walk(file, (node) => {
    speaks ||= is.CallExpression(node) && mayConcernLock(node, program);
    return speaks ? "skip" : undefined;
  });
  return speaks;
});

/** Whether the place is used under the lock as a rule, and this write is the exception. */
function isHabit({ lock }: Held, { location, at }: Access, program: Program): boolean {
  const file = sourceFileOf(at);
  const isHeldAt = (it: Access) => heldAt(it.at, program).some((held) => held.lock.id === lock.id);
  const uses = new Set(
    accessesTo(location, file, program)
      .filter(isHeldAt)
      .map((it) => it.reference),
  );
  const writes = writesTo(location, file, program);
  const guarded = writes.filter(isHeldAt).length;
  const without = writes.length - guarded;
  return uses.size >= 2 && (without === 1 || guarded >= 2 * without);
}
