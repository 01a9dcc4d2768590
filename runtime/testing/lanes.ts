import type { Activity } from "./context.ts";
import type { Lane, Pending } from "./events.ts";

/** How often a lane may go on by default while others could. */
const PATIENCE = 32;

/** Keeps apart what a schedule can continue, and knows what it continued last. */
export class Lanes {
  readonly #root: Activity;
  readonly #main = new Map<Activity, Lane>();
  #count = 0;
  #last: Lane | undefined;
  #times = 0;

  constructor(root: Activity) {
    this.#root = root;
  }

  /** The lane that went last. */
  get last(): Lane | undefined {
    return this.#last;
  }

  /**
   * It had its share: a task that polls would run for ever otherwise. Recognising polls by their
   * position was tried; it took loops with a few pauses for polls, and the search then needed more
   * interruptions than there were.
   */
  get isOver(): boolean {
    return PATIENCE <= this.#times;
  }

  went(lane: Lane | undefined, alone: boolean): void {
    this.#times = lane === this.#last && !alone ? this.#times + 1 : 0;
    this.#last = lane;
  }

  /**
   * Gives a lane to all that was asked for in one step, in the order in which it was. A spawned task is
   * one lane. The body of the test often starts calls without naming them: of the waits that began
   * there in one step, the last is the body's own, because a caller waits after those it called; the
   * others are calls that run beside it.
   */
  assign(created: readonly Pending[], lane: Lane | undefined): void {
    const own = created.findLast((it) => it.activity === this.#root);
    for (const it of created) {
      if (it.activity !== this.#root) it.lane = this.#mainOf(it.activity);
      else if (it !== own) it.lane = this.#another(it.activity);
      else it.lane = lane?.activity === this.#root ? lane : this.#mainOf(this.#root);
    }
  }

  clear(): void {
    this.#main.clear();
  }

  #mainOf(activity: Activity): Lane {
    const lane = this.#main.get(activity) ?? this.#another(activity);
    this.#main.set(activity, lane);
    return lane;
  }

  #another(activity: Activity): Lane {
    return { id: this.#count++, activity };
  }
}
