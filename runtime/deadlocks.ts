import { type AsyncContext, asyncContext } from "./core/async-context.ts";
import { checkedDelay } from "./core/checked.ts";
import { reportLate } from "./core/late.ts";
import type { Held, Probe } from "./core/probe.ts";
import { listen } from "./core/probes.ts";
import { dispose } from "./core/symbols.ts";
import { startTimer } from "./core/timer.ts";

export interface DeadlockOptions {
  /** How many milliseconds a wait lasts before it is looked at; 1,000 unless told. */
  readonly afterMs?: number | undefined;

  /** Told of each deadlock, once; unless told, it is reported as late errors are (see `onLateError`). */
  readonly onDeadlock?: ((deadlock: DeadlockError) => void) | undefined;
}

/**
 * Tasks that wait for each other, or one that waits for itself. The message says who waits where, and where the lock
 * was taken.
 *
 * @example
 * const error = new DeadlockError("- task 1 waits at … for the lock that it took at …");
 * assert.equal(error.name, "DeadlockError");
 */
export class DeadlockError extends Error {
  override readonly name = "DeadlockError";
}

/** A task, or the function that a `runExclusive` runs: what does one thing at a time. */
interface Flow {
  readonly name: string;
  readonly waits: Set<Wait>;
}

interface Wait {
  readonly flow: Flow;
  readonly lock: object;
  readonly place: string;
}

interface Hold {
  readonly flow: Flow;
  readonly held: Held;
  readonly place: string;
}

class Detector implements Probe {
  private readonly context: AsyncContext<Flow>;
  private readonly afterMs: number;
  private readonly onDeadlock: (deadlock: DeadlockError) => void;
  private readonly holders = new WeakMap<object, Set<Hold>>();
  private readonly told = new WeakSet<Wait>();

  constructor(
    context: AsyncContext<Flow>,
    { afterMs = 1000, onDeadlock = reportLate }: DeadlockOptions,
  ) {
    this.context = context;
    this.afterMs = checkedDelay("afterMs", afterMs);
    this.onDeadlock = onDeadlock;
  }

  task<T>(id: number, name = `task ${id}`, body: () => T): T {
    return this.context.run({ name, waits: new Set() }, body);
  }

  ended(): void {}

  waits(): void {}

  acquires(lock: object, on: string, grant: Promise<Held>): void {
    const flow = this.context.getStore();
    // Of permits, others that are out may come back. And who does not know who asks cannot know who waits for whom.
    if (flow === undefined || on !== "lock") return;
    const wait: Wait = { flow, lock, place: placeOfCall() };
    flow.waits.add(wait);
    const cancelTimer = startTimer(
      this.afterMs,
      () => {
        this.look(wait);
      },
      false,
    );
    const end = (): void => {
      cancelTimer();
      flow.waits.delete(wait);
    };
    grant.then((held) => {
      end();
      this.add(lock, { flow, held, place: wait.place });
    }, end);
  }

  holds<T>(lock: object, on: string, held: Held, body: () => T): T {
    const place = placeOfCall();
    const flow: Flow = { name: `the function run under the lock at ${place}`, waits: new Set() };
    if (on === "lock") this.add(lock, { flow, held, place });
    return this.context.run(flow, body);
  }

  private add(lock: object, hold: Hold): void {
    const holders = this.holders.get(lock) ?? new Set();
    for (const former of holders) if (!former.held.held) holders.delete(former);
    holders.add(hold);
    this.holders.set(lock, holders);
  }

  /** A wait that lasts: does it wait, over others maybe, for itself? */
  private look(wait: Wait): void {
    const circle = this.circle(wait, wait.flow, new Set());
    // Each of those in it looks for it, and one report is enough.
    if (circle === undefined || circle.some(([it]) => this.told.has(it))) return;
    for (const [it] of circle) this.told.add(it);
    const text = circle.map(
      ([{ flow, place }, hold]) =>
        `\n- ${flow.name} waits ${place} for the lock that ${hold.flow === flow ? "it" : hold.flow.name} took ${hold.place}`,
    );
    this.onDeadlock(
      new DeadlockError(
        `Nobody will ever go on here:${text.join("")}\nTake locks in one order, and pass on what is locked instead of locking it again.`,
      ),
    );
  }

  private circle(
    wait: Wait,
    start: Flow,
    seen: Set<Wait>,
  ): readonly (readonly [Wait, Hold])[] | undefined {
    if (seen.has(wait)) return undefined;
    seen.add(wait);
    for (const hold of this.holders.get(wait.lock) ?? []) {
      if (!hold.held.held) continue;
      if (hold.flow === start) return [[wait, hold]];
      for (const next of hold.flow.waits) {
        const rest = this.circle(next, start, seen);
        if (rest !== undefined) return [[wait, hold], ...rest];
      }
    }
    return undefined;
  }
}

/** The first frame of the stack that is none of this package's. */
function placeOfCall(): string {
  const [, own = "", ...frames] = (new Error().stack ?? "").split("\n");
  // All files of the package lie in the folder of this one; in a bundle there is no telling them apart.
  const folder = /(?:\(|at )([^(]*[\\/])[^\\/]*$/.exec(own)?.[1] ?? "\n";
  const foreign = frames.find((frame) => !frame.includes(folder)) ?? frames[2];
  return foreign?.trim() ?? "somewhere";
}

/**
 * Warns of deadlocks among locks while a program is developed: of a holder that locks again and so waits for itself, and
 * of tasks that take several locks in different orders.
 *
 * - **What is seen.** Mutex, RwLock and KeyedMutex, taken within a task (`spawn`, `scope`, groups) or within the function
 *   of a `runExclusive`: only there it is known who asks. Elsewhere nothing is reported.
 * - **No guesses.** A wait is looked at when it has lasted `afterMs`, and reported if each of a circle of waits is for a
 *   lock that the next one holds. A task that works on several things at once may still let itself out of such a
 *   circle; give those things tasks of their own.
 * - **Cancellation.** A circle that a signal or a time limit will break later is reported as well.
 * - **Liveness.** It does not keep the process alive. Disposing ends it.
 * - **Platform.** It needs AsyncLocalStorage, and does nothing where there is none, as in browsers.
 * - **Cost.** Some microseconds for each lock taken, and O(waits) for one that lasts. Without it, one question per lock.
 *
 * Counterpart of parking_lot's `deadlock_detection` and Go's `go-deadlock`.
 *
 * @example
 * const found: string[] = [];
 * const detection = detectDeadlocks({ afterMs: 5, onDeadlock: ({ message }) => found.push(message) });
 * const account = new Mutex(100);
 * const stop = new AbortController();
 * const transfer = account.runExclusive(() => account.lock({ signal: stop.signal })); // waits for itself
 * await sleep(20);
 * assert.match(String(found), /waits .* for the lock that it took/);
 * stop.abort();
 * await assert.rejects(transfer);
 * detection[Symbol.dispose]();
 */
export function detectDeadlocks(options: DeadlockOptions = {}): Disposable {
  const context = asyncContext<Flow>();
  const stop = context && listen(new Detector(context, options));
  return {
    [dispose]() {
      stop?.();
    },
  };
}
