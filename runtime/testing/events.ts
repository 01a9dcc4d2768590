import type { Activity } from "./context.ts";

/**
 * One task as schedulers see it: a spawned task, or one of several calls that a task has running at
 * once. *Continuing the same task* means continuing the same lane.
 */
export interface Lane {
  readonly id: number;
  readonly activity: Activity;
}

/** Something that can happen next. */
export interface Pending {
  readonly seq: number;
  readonly activity: Activity;
  readonly kind: "await" | "io" | "timer" | "immediate";
  readonly label: string;
  /** When it can happen, in virtual milliseconds: not before `from`, and not after `to`. */
  from: number;
  to: number;
  /** Of a timer: how long it was to wait. */
  delay: number;
  /** Where the code waits for it, when a gate told. */
  position: string | undefined;
  /** Where it was asked for, when the engine was asked: for code without gates. */
  caller: string | undefined;
  lane: Lane | undefined;
  /** The step in which it became possible. */
  arrived: number;
  /** What the race detector knows about the moment it was asked for. */
  origin: unknown;
  fire: () => void;
}

/** The choices there are, the default first, and whether any other choice is a preemption. */
export interface Choices {
  readonly pending: readonly Pending[];
  readonly preempts: boolean;
}

/** What is asked of a schedule at one point. */
export interface Situation {
  readonly now: number;
  readonly tolerance: number;
  /** The lane that went last, and whether it had its share. */
  readonly lane: Lane | undefined;
  readonly isOver: boolean;
  readonly step: number;
}

/**
 * What can happen next, in the order in which choices are counted: the same lane first, unless it had
 * its share and is last, then by time, then in the order in which it was asked for.
 *
 * An event can be next when no other one must have happened before: its `from` is not later than
 * the earliest `to`. Timers wait until nothing else is left to do at their time. Immediates keep their
 * order, as they do in every engine. So do timers, unless there is a tolerance; then a timer may still
 * only overtake one that was to wait longer, which is what the HTML standard and Node promise.
 */
export function choicesOf(all: readonly Pending[], situation: Situation): Choices {
  const { now, tolerance, lane, isOver, step } = situation;
  let latest = Infinity;
  let isGateOpen = false;
  for (const it of all) {
    latest = Math.min(latest, it.to);
    isGateOpen ||= it.kind === "await";
  }
  const open = all.filter((it) => it.from <= latest && !isBehind(it, all, tolerance, isGateOpen));
  const at = (it: Pending): number => Math.max(it.from, now);
  open.sort((a, b) => at(a) - at(b) || a.seq - b.seq);
  const first = open[0];
  const isNow = (it: Pending): boolean => first !== undefined && at(it) === at(first);
  let same = open.findIndex((it) => it.lane === lane && isNow(it));
  // A call that has returned: its caller, which could go on only now, continues the same task.
  if (same === -1) {
    same = open.findIndex(
      (it) => it.activity === lane?.activity && it.arrived === step && isNow(it),
    );
  }
  const next = open[same];
  if (lane === undefined || next === undefined) return { pending: open, preempts: false };
  open.splice(same, 1);
  if (isOver) open.push(next);
  else open.unshift(next);
  // Not only interrupting costs: so does letting a task poll on that the default would pass over.
  return { pending: open, preempts: true };
}

function isBehind(
  it: Pending,
  all: readonly Pending[],
  tolerance: number,
  isGateOpen: boolean,
): boolean {
  if (it.kind === "await" || it.kind === "io") return false;
  if (isGateOpen) return true;
  if (it.kind === "immediate") return all.some((b) => b.kind === it.kind && b.seq < it.seq);
  return all.some((other) => {
    if (other.kind !== "timer" || other === it) return false;
    if (0 < tolerance) return other.seq < it.seq && other.delay <= it.delay;
    return other.from < it.from || (other.from === it.from && other.seq < it.seq);
  });
}
