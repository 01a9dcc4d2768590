import type { Activity, Context, GateKind } from "./context.ts";
import { nextTurn } from "./context.ts";
import { choicesOf, type Lane, type Pending } from "./events.ts";
import { gatedIterable } from "./iterate.ts";
import { Lanes } from "./lanes.ts";
import type { Outside } from "./outside.ts";
import { numbersFrom } from "./seed.ts";
import type { Decision, Strategy } from "./strategies.ts";
import type { SimTask } from "./task.ts";
import type { TraceStep } from "./witness.ts";

export type Points = "io" | "await";

export interface RunSettings {
  readonly points: Points;
  readonly seed: number;
  readonly maxSteps: number;
  readonly tolerance: number;
}

/** How one schedule ended. `waiting` says who waits where when nobody can go on. */
export type Ending =
  | { readonly kind: "passed" }
  | { readonly kind: "failure"; readonly error: unknown }
  | { readonly kind: "deadlock" | "livelock"; readonly waiting: readonly string[] };

/** A decision and how it was taken; together they are the schedule. */
export interface Taken {
  readonly choice: number;
  readonly options: number;
  /** Any other way interrupts a task or lets a call fail. */
  readonly costs: boolean;
}

/** Told about every event, so that the race detector can order what comes after behind it. */
export interface Observer {
  origin(): unknown;
  step(origin: unknown, fire: () => void): void;
}

/** More gates than that without one event between them: the code spins, and no I/O will ever come. */
const MAX_GATES = 100_000;

/**
 * One schedule of a test. Drains the microtasks, lets one thing happen, and again, until the body of
 * the test has settled. Nothing of it survives its end: what still waits then is dropped, and the
 * gates of code that was left behind never open.
 */
export class Run {
  readonly settings: RunSettings;
  readonly root: Activity;
  readonly context: Context;
  readonly taken: Taken[] = [];
  readonly trace: TraceStep[] | undefined;
  readonly observer: Observer | undefined;
  readonly random: () => number;
  /** Virtual milliseconds since the run began. */
  now = 0;
  steps = 0;
  gates = 0;
  over = false;
  /** What the test has spawned. */
  tasks: readonly SimTask<unknown>[] = [];

  readonly #strategy: Strategy;
  readonly #outside: Outside;
  readonly #waiting = new Set<{ readonly activity: Activity; readonly position: string }>();
  readonly #calls = new Map<object, Pending>();
  readonly #lanes: Lanes;
  #pending: Pending[] = [];
  #created: Pending[] = [];
  #lane: Lane | undefined;
  #seq = 0;
  #activities = 0;
  #gatesOfStep = 0;
  #ending: Ending | undefined;
  #finish: (ending: Ending) => void = () => {};

  constructor(
    settings: RunSettings,
    strategy: Strategy,
    surroundings: {
      readonly context: Context;
      readonly outside: Outside;
      readonly verbose: boolean;
      readonly observer?: Observer | undefined;
    },
  ) {
    this.settings = settings;
    this.#strategy = strategy;
    this.context = surroundings.context;
    this.#outside = surroundings.outside;
    this.observer = surroundings.observer;
    this.trace = surroundings.verbose ? [] : undefined;
    this.random = numbersFrom(settings.seed);
    this.root = this.activity("test");
    this.#lanes = new Lanes(this.root);
  }

  /** Runs `body` to its end; settles in a turn of its own, outside of every activity. */
  execute(body: () => PromiseLike<unknown>): Promise<Ending> {
    return new Promise((resolve) => {
      this.#finish = resolve;
      nextTurn(() => {
        this.#outside.begin();
        this.#happen(this.root, undefined, undefined, () => {
          Promise.resolve(body()).then(
            () => this.end({ kind: "passed" }),
            (error: unknown) => this.fail(error),
          );
        });
        nextTurn(this.#turn);
      });
    });
  }

  activity(name: string): Activity {
    return { run: this, id: this.#activities++, name };
  }

  /** The activity of the running code, or the body of the test when that is not known. */
  current(): Activity {
    const activity = this.context.current();
    return activity?.run === this ? activity : this.root;
  }

  fail(error: unknown): void {
    this.end({ kind: "failure", error });
  }

  end(ending: Ending): void {
    this.#ending ??= ending;
  }

  /** Announces something that will happen, without saying yet how. It counts from now on. */
  reserve(kind: Pending["kind"], label: string, from = this.now, to = this.now): Pending {
    const pending: Pending = {
      seq: this.#seq++,
      activity: this.current(),
      kind,
      label,
      from,
      to,
      delay: from - this.now,
      position: undefined,
      caller: undefined,
      lane: undefined,
      arrived: this.steps,
      origin: this.observer?.origin(),
      fire: () => {},
    };
    this.#created.push(pending);
    return pending;
  }

  /** From now on the strategy may choose it. */
  arrive(pending: Pending, fire: () => void): void {
    if (this.over) return;
    pending.fire = fire;
    pending.arrived = this.steps;
    // What made it possible comes before it as well: the settling of what a gate had waited for.
    pending.origin = this.observer?.origin() ?? pending.origin;
    pending.from = Math.max(pending.from, this.now);
    pending.to = Math.max(pending.to, pending.from);
    this.#pending.push(pending);
  }

  drop(pending: Pending): void {
    this.#pending = this.#pending.filter((it) => it !== pending);
  }

  /** Remembers which event settles a promise, so that a gate on that promise knows its name. */
  link(promise: object, pending: Pending): void {
    this.#calls.set(promise, pending);
  }

  /** Takes one of several ways. The first is the default: the one to which witnesses shrink. */
  decide(decision: Decision): number {
    try {
      const choice = this.#strategy.choose(decision);
      const { options, preempts, kind } = decision;
      this.taken.push({ choice, options, costs: preempts || kind === "fault" });
      return choice;
    } catch (error) {
      // A schedule that does not fit ends its run, from wherever in the test the question came.
      this.fail(error);
      return 0;
    }
  }

  note(text: string): void {
    this.trace?.at(-1)?.notes.push(text);
  }

  gate(value: unknown, position: string, kind: GateKind): unknown {
    if (kind === 1) return this.#iterable(value, position);
    const dispose = kind === 2 && this.settings.points === "await" && !this.over;
    // A second resource, disposed after the first, holds the end of the block back. In io mode its
    // tick would be one that no engine has, so there is none.
    if (kind === 2)
      return dispose ? { [asyncDispose]: () => this.#wait(undefined, position) } : null;
    return this.#wait(value, position);
  }

  #wait(value: unknown, position: string): unknown {
    this.gates++;
    if (++this.#gatesOfStep > MAX_GATES) this.end({ kind: "livelock", waiting: this.#places() });
    if (this.over || this.#gatesOfStep > MAX_GATES) return new Promise(() => {});
    const activity = this.current();
    for (const it of this.#created) if (it.activity === activity) it.position ??= position;

    const isObject = (typeof value === "object" || typeof value === "function") && value !== null;
    const call = isObject ? this.#calls.get(value) : undefined;
    if (call !== undefined) call.position ??= position;
    if (this.settings.points === "io" || call !== undefined) {
      if (!isObject) return value;
      // What `await` does itself, so that it takes no tick more than without the gate.
      const promise = Promise.resolve(value);
      this.#track(promise, { activity, position });
      return promise;
    }
    const pending = this.reserve("await", "goes on");
    pending.position = position;
    const promise = Promise.resolve(value);
    this.#track(promise, { activity, position });
    return new Promise((resolve, reject) => {
      const ready = (fire: () => void): void => {
        pending.from = this.now;
        this.arrive(pending, fire);
      };
      promise.then(
        (it) => ready(() => resolve(it)),
        (error: unknown) => ready(() => reject(error)),
      );
    });
  }

  #track(promise: Promise<unknown>, wait: { activity: Activity; position: string }): void {
    this.#waiting.add(wait);
    const done = (): void => void this.#waiting.delete(wait);
    // oxlint-disable-next-line promise/no-callback-in-promise -- nothing is called back: it only counts
    promise.then(done, done);
  }

  #iterable(value: unknown, position: string): unknown {
    if (this.over) return value;
    return gatedIterable(value, this.settings.points, (it) => this.#wait(it, position));
  }

  readonly #turn = (): void => {
    this.#lanes.assign(this.#created, this.#lane);
    this.#created = [];
    const { maxSteps } = this.settings;
    const ending = this.#ending;
    if (ending?.kind === "passed") return this.#close(this.#lateFailure() ?? ending);
    if (ending !== undefined) return this.#close(ending);
    if (2 * maxSteps < this.steps) {
      return this.#close({ kind: "livelock", waiting: this.#places() });
    }
    // Past the limit only the oldest goes on: that is fair, and what does not end so, does not end.
    const isFair = maxSteps < this.steps;
    const { last, isOver } = this.#lanes;
    const { pending, preempts } = choicesOf(this.#pending, {
      now: this.now,
      tolerance: this.settings.tolerance,
      lane: isFair ? undefined : last,
      isOver,
      step: this.steps,
    });
    if (pending.length === 0) {
      if (this.#outside.mayComeBack()) return nextTurn(this.#turn);
      return this.#close(this.#lateFailure() ?? { kind: "deadlock", waiting: this.#places() });
    }
    const isForced = isFair || pending.length === 1;
    const choice = isForced
      ? 0
      : this.decide({ kind: "order", options: pending.length, preempts, pending, rate: 0 });
    const next = pending[choice];
    if (next === undefined)
      return this.fail(new RangeError("The strategy chose what is not there."));
    this.#lanes.went(next.lane, pending.length === 1);
    this.#step(next);
    nextTurn(this.#turn);
  };

  #step(next: Pending): void {
    this.drop(next);
    this.steps++;
    this.#outside.begin();
    this.now = Math.max(this.now, next.from);
    this.trace?.push({
      time: this.now,
      task: next.activity.name,
      what: next.label,
      position: next.position ?? next.caller,
      notes: [],
    });
    this.#happen(next.activity, next.lane, next.origin, next.fire);
  }

  #happen(activity: Activity, lane: Lane | undefined, origin: unknown, fire: () => void): void {
    this.#lane = lane;
    this.#gatesOfStep = 0;
    const safely = (): void => {
      try {
        this.context.enter(activity, fire);
      } catch (error) {
        this.fail(error);
      }
    };
    if (this.observer === undefined) safely();
    else this.observer.step(origin, safely);
  }

  #close(ending: Ending): void {
    this.#outside.begin();
    this.over = true;
    // Whatever holds on to an activity of this run shall not hold on to all that it touched.
    this.#pending = [];
    this.#created = [];
    this.#calls.clear();
    this.#waiting.clear();
    this.#lanes.clear();
    this.tasks = [];
    const finish = this.#finish;
    this.#finish = () => {};
    finish(ending);
  }

  #lateFailure(): Ending | undefined {
    // A task that failed and that nobody looked at.
    const found = this.tasks.find((it) => it.isLost)?.lost;
    return found === undefined ? undefined : { kind: "failure", error: found.error };
  }

  #places(): readonly string[] {
    const places = Array.from(this.#waiting, (it) => `${it.activity.name} at ${it.position}`);
    const shown = new Set(Array.from(this.#waiting, (it) => it.activity.id));
    for (const { id, name, status } of this.tasks) {
      if (status === "running" && !shown.has(id)) places.push(`${name}, where there is no gate`);
    }
    return places;
  }
}

/** Node has the symbol from 18.18 on; where it is missing, nobody can have used `await using`. */
const asyncDispose: symbol = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
