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
  /** Where the code waits for it, as far as known. */
  position: string | undefined;
  lane: Lane | undefined;
  /** What the race detector knows about the moment it was asked for. */
  origin: unknown;
  fire(): void;
}

/** The choices there are, the default first, and whether any other choice is a preemption. */
export interface Choices {
  readonly pending: readonly Pending[];
  readonly preempts: boolean;
}

/** How often a lane may go on by default while others could; then the oldest of them is next. */
const PATIENCE = 32;

/** Keeps the default schedule from running one spinning task for ever. */
export class Patience {
  #lane: Lane | undefined;
  #times = 0;

  went(lane: Lane | undefined, alone: boolean): void {
    this.#times = lane === this.#lane && !alone ? this.#times + 1 : 0;
    this.#lane = lane;
  }

  /** The lane to continue with, unless it had its share. */
  get lane(): Lane | undefined {
    return this.#times < PATIENCE ? this.#lane : undefined;
  }
}

/**
 * What can happen next at `now`, in the order in which choices are counted: the same lane first,
 * then by time, then in the order in which it was asked for.
 *
 * An event can be next when no other one must have happened before: its `from` is not later than
 * the earliest `to`. Immediates keep their order, as they do in every engine. So do timers, unless
 * there is a tolerance; then a timer may still only overtake one that was to wait longer, which is
 * what the HTML standard and Node promise.
 */
export function choicesOf(
  all: readonly Pending[],
  now: number,
  tolerance: number,
  lane: Lane | undefined,
): Choices {
  let latest = Infinity;
  for (const it of all) latest = Math.min(latest, it.to);
  const open = all.filter((it) => it.from <= latest && !isBehind(it, all, tolerance));
  const at = (it: Pending): number => Math.max(it.from, now);
  open.sort((a, b) => at(a) - at(b) || a.seq - b.seq);
  const first = open[0];
  if (first === undefined || lane === undefined) return { pending: open, preempts: false };

  const same = open.findIndex((it) => it.lane === lane && at(it) === at(first));
  const next = open[same];
  if (next === undefined) return { pending: open, preempts: false };
  open.splice(same, 1);
  open.unshift(next);
  return { pending: open, preempts: true };
}

function isBehind(it: Pending, all: readonly Pending[], tolerance: number): boolean {
  if (it.kind === "immediate") return all.some((b) => b.kind === it.kind && b.seq < it.seq);
  if (it.kind !== "timer") return false;
  return all.some((other) => {
    if (other.kind !== "timer" || other === it) return false;
    if (0 < tolerance) return other.seq < it.seq && other.delay <= it.delay;
    return other.from < it.from || (other.from === it.from && other.seq < it.seq);
  });
}
