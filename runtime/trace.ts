import { type AsyncContext, asyncContext } from "./core/async-context.ts";
import type { Probe } from "./core/probe.ts";
import { listen } from "./core/probes.ts";

export interface TraceEvent {
  /** Of the task; tasks without a name are called by their number. */
  readonly name: string;
  readonly task: number;

  /** The task that spawned it. */
  readonly parent?: number | undefined;
  readonly phase: "start" | "wait" | "resume" | "end";

  /** Milliseconds from the beginning of the trace. */
  readonly at: number;

  /** What was waited for. */
  readonly on?: string | undefined;
}

export interface Traced<T> {
  readonly result: T;
  readonly events: readonly TraceEvent[];

  /** The text of a file that chrome://tracing and ui.perfetto.dev open: one lane per task. */
  toChromeTrace(): string;
}

interface TracedTask {
  readonly recorder: Recorder;
  readonly task: number;
  readonly name: string;
}

class Recorder {
  readonly events: TraceEvent[] = [];
  private readonly start = performance.now();
  private readonly tasks = new Map<number, { readonly name: string; readonly parent: number }>();

  begin(task: number, name: string, parent: number): void {
    this.tasks.set(task, { name, parent });
    this.add(task, "start");
  }

  add(task: number, phase: TraceEvent["phase"], on?: string): void {
    const { name, parent } = this.tasks.get(task) ?? { name: "main", parent: undefined };
    this.events.push({ name, task, parent, phase, at: performance.now() - this.start, on });
  }

  knows(task: number): boolean {
    return this.tasks.has(task);
  }
}

// All traces that run at present share one probe. Which of them an event belongs to is known from the async context;
// where the platform has none, everything belongs to the trace begun last, and waits to its main task.
const recorders: Recorder[] = [];
let context: AsyncContext<TracedTask> | undefined;
let stopListening: (() => void) | undefined;

const listening: Probe = {
  task(id, name = `task ${id}`, body) {
    const current = currentTask();
    if (current === undefined) return body();
    current.recorder.begin(id, name, current.task);
    const task = { recorder: current.recorder, task: id, name };
    return context === undefined ? body() : context.run(task, body);
  },
  ended(id) {
    recorders.find((recorder) => recorder.knows(id))?.add(id, "end");
  },
  waits(on, promise) {
    const current = currentTask();
    if (current === undefined) return;
    const { recorder, task } = current;
    recorder.add(task, "wait", on);
    const resume = (): void => {
      recorder.add(task, "resume", on);
    };
    promise.then(resume, resume);
  },
  acquires() {},
  holds: (_lock, _on, _held, body) => body(),
};

function currentTask(): TracedTask | undefined {
  if (context !== undefined) return context.getStore();
  const recorder = recorders.at(-1);
  return recorder && { recorder, task: 0, name: "main" };
}

/**
 * Runs the function and records what its tasks do when: where time is spent waiting, and on what.
 *
 * Tasks are those of `spawn`, scopes and groups; waits are those on locks, channels and the other primitives of this
 * package. Tasks and waits outside of the function are not recorded, where the platform has async contexts.
 * Recording costs a few microseconds per event; without a trace the primitives ask one question where they wait.
 *
 * Counterpart of `tokio-console` and Go's execution tracer.
 * O(1) for each event.
 *
 * @example
 * const lock = new Mutex();
 * const { events } = await trace(() => joinAll([
 *   () => spawn(() => lock.runExclusive(() => sleep(1)), { name: "first" }).join(),
 *   () => spawn(() => lock.runExclusive(() => sleep(1)), { name: "second" }).join(),
 * ]));
 * assert.ok(events.some(({ name, phase, on }) => name === "second" && phase === "wait" && on === "lock"));
 */
export async function trace<T>(work: () => T | PromiseLike<T>): Promise<Traced<T>> {
  const recorder = new Recorder();
  recorders.push(recorder);
  context ??= asyncContext();
  stopListening ??= listen(listening);
  recorder.begin(0, "main", 0);
  try {
    const main = { recorder, task: 0, name: "main" };
    const result = await (context === undefined ? work() : context.run(main, work));
    recorder.add(0, "end");
    const { events } = recorder;
    return { result, events, toChromeTrace: () => chromeTrace(events) };
  } finally {
    recorders.splice(recorders.indexOf(recorder), 1);
    if (recorders.length === 0) {
      stopListening?.();
      stopListening = undefined;
    }
  }
}

function chromeTrace(events: readonly TraceEvent[]): string {
  const phases = { start: "B", wait: "B", resume: "E", end: "E" };
  const lanes = events
    .filter(({ phase }) => phase === "start")
    .map(({ name, task }) => ({ name: "thread_name", ph: "M", pid: 1, tid: task, args: { name } }));
  const spans = events.map(({ name, task, phase, at, on }) => ({
    name: phase === "wait" || phase === "resume" ? `wait: ${on}` : name,
    ph: phases[phase],
    ts: at * 1000,
    pid: 1,
    tid: task,
  }));
  return JSON.stringify({ traceEvents: [...lanes, ...spans] });
}
