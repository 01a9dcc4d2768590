import { callerOf } from "./caller.ts";
import type { Activity } from "./context.ts";
import { type HappensBefore, isBefore, type Segment } from "./happens-before.ts";
import type { Race } from "./races.ts";
import type { Run } from "./run.ts";
import type { Access } from "./watch.ts";

/** An access, and what is known about the moment at which it took place. */
interface Seen extends Access {
  readonly activity: Activity;
  readonly segment: Segment;
  readonly location: string;
  /** Where it stands among all accesses of the run. */
  readonly index: number;
  /** Of a write: the read of the same key that came last before it in its activity. */
  readonly read: Seen | undefined;
}

/** A race of one run. `happened` says that the other write really came in between. */
export interface Candidate extends Race {
  readonly happened: boolean;
  /** The two writes, the earlier one first, told apart from others at the same places. */
  readonly order: readonly [string, string];
}

/** Everything that one run read and wrote of watched values. */
export class Accesses {
  readonly #order: HappensBefore;
  readonly #byKey = new Map<object, Map<unknown, Seen[]>>();
  #count = 0;

  constructor(order: HappensBefore) {
    this.#order = order;
  }

  add(run: Run, access: Access): void {
    const keys = this.#byKey.get(access.target) ?? new Map<unknown, Seen[]>();
    const seen = keys.get(access.key) ?? [];
    this.#byKey.set(access.target, keys.set(access.key, seen));
    const activity = run.current();
    const segment = this.#order.now();
    const isOwnRead = (it: Seen): boolean =>
      it.kind === "read" && it.activity === activity && precedes(it, segment);
    const read = access.kind === "write" ? seen.findLast(isOwnRead) : undefined;
    const location = callerOf(access.callee) ?? activity.name;
    seen.push({ ...access, activity, segment, location, read, index: this.#count++ });
  }

  races(): readonly Candidate[] {
    return [...this.#byKey.values()].flatMap((keys) => [...keys.values()].flatMap(racesAmong));
  }
}

function precedes(it: Seen, segment: Segment): boolean {
  return it.segment === segment || isBefore(it.segment, segment);
}

/** The races among the accesses to one key. */
function racesAmong(seen: readonly Seen[]): readonly Candidate[] {
  const writes = seen.filter((it) => it.kind === "write");
  const found: Candidate[] = [];
  const add = (kind: Race["kind"], write: Seen, other: Seen, happened: boolean): void => {
    const order = other.index < write.index ? ([other, write] as const) : ([write, other] as const);
    found.push({
      kind,
      location: write.location,
      other: other.location,
      key: write.label,
      happened,
      order: [nameOf(order[0]), nameOf(order[1])],
    });
  };
  const stale = new Set<Seen>();
  for (const write of writes) {
    const { read } = write;
    if (read === undefined || read.segment === write.segment) continue;
    const others = writes.filter((it) => it !== write && mayFallBetween(it, read, write));
    const between = others.find((it) => read.index < it.index && it.index < write.index);
    const other = between ?? others[0];
    if (other === undefined) continue;
    stale.add(write);
    add(read.isAbsent ? "check-then-act" : "stale-write", write, other, between !== undefined);
  }
  for (const [index, write] of writes.entries()) {
    for (const other of writes.slice(0, index)) {
      if (!isUnordered(write, other) || Object.is(write.value, other.value)) continue;
      if (stale.has(write) || stale.has(other)) continue;
      // Read and written without a pause: in whatever order they come, neither change is lost.
      if (isUpdate(write) && isUpdate(other)) continue;
      add("write-write", write, other, false);
    }
  }
  return found;
}

function nameOf({ activity, location, value }: Seen): string {
  const isPlain = ["string", "number", "boolean"].includes(typeof value);
  // Objects are not asked for a text: that would run code of the test.
  return JSON.stringify([activity.name, location, isPlain ? value : typeof value]);
}

function isUpdate({ read, segment }: Seen): boolean {
  return read?.segment === segment;
}

function isUnordered(a: Seen, b: Seen): boolean {
  return !precedes(a, b.segment) && !precedes(b, a.segment);
}

/** Could `it` come after the read and before the write, without that being how the code wants it? */
function mayFallBetween(it: Seen, read: Seen, write: Seen): boolean {
  const isEarlier = precedes(it, read.segment);
  const isLater = precedes(write, it.segment);
  // The activity itself waits for it: it is part of what happens between the two, every time.
  const isPartOfIt = precedes(read, it.segment) && precedes(it, write.segment);
  return !isEarlier && !isLater && !isPartOfIt;
}
