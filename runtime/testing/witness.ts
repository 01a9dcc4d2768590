import type { Ending, Points } from "./run.ts";

/** One step of a schedule: what happened, in which task, and where the code had waited for it. */
export interface TraceStep {
  /** Virtual milliseconds since the start of the run. */
  readonly time: number;
  readonly task: string;
  readonly what: string;
  /** `file:line:column`, when gates or the engine's stack tell. */
  readonly position: string | undefined;
  /** What was read and written of values under `sim.shared`, and what else there is to say. */
  readonly notes: string[];
}

/** Everything that makes a schedule happen again. */
export interface Schedule {
  readonly points: Points;
  readonly seed: number;
  readonly choices: readonly number[];
}

/**
 * A schedule as one short word, for a bug report or a regression test: version, points, seed, and the
 * decisions that do not take the default, as `decision=way`.
 */
export function writeSchedule({ points, seed, choices }: Schedule): string {
  const ways = choices.flatMap((choice, at) => (choice === 0 ? [] : [`${at}=${choice}`]));
  return ["m1", points, seed, ways.join(",")].join("/");
}

/** Throws a TypeError for text that `writeSchedule` did not write. */
export function readSchedule(text: string): Schedule {
  const found = /^m1\/(io|await)\/(-?\d+)\/((?:\d+=\d+,?)*)$/.exec(text);
  const [, points, seed, ways] = found ?? [];
  if ((points !== "io" && points !== "await") || seed === undefined) {
    throw new TypeError(
      `"${text}" is no schedule; pass the \`replay\` of an InterleavingError unchanged.`,
    );
  }
  const choices: number[] = [];
  for (const way of (ways ?? "").split(",")) {
    const [at, choice] = way.split("=").map(Number);
    if (at === undefined || choice === undefined) continue;
    if (1e6 < at) throw new TypeError(`"${text}" is no schedule: no run has ${at} decisions.`);
    while (choices.length < at) choices.push(0);
    choices[at] = choice;
  }
  return { points, seed: Number(seed), choices };
}

export interface Finding {
  readonly ending: Exclude<Ending, { readonly kind: "passed" }>;
  readonly schedule: Schedule;
  readonly trace: readonly TraceStep[];
  /** How many schedules were run until this one failed; shrinking not counted. */
  readonly schedules: number;
  /** Whether the same schedule failed again in the same way. */
  readonly deterministic: boolean;
  /** Real resources that were still active, when nobody could go on. */
  readonly outside: readonly string[];
}

/**
 * A schedule under which the test fails, shrunk to the fewest decisions that still make it fail.
 *
 * `cause` is what the test threw. `explore(test, { replay: error.replay })` runs that schedule alone;
 * it holds as long as the code between the decisions stays the same.
 *
 * @example
 * const stuck = async (sim) => {
 *   await sim.spawn("reader", () => new Promise(() => {}));
 * };
 * const error = await explore(stuck).catch((it) => it);
 * assert.equal(error.kind, "deadlock");
 * assert.match(error.message, /nothing is left to happen/);
 */
export class InterleavingError extends Error {
  override readonly name = "InterleavingError";
  readonly kind: "failure" | "deadlock" | "livelock";
  readonly replay: string;
  readonly seed: number;
  readonly points: Points;
  readonly trace: readonly TraceStep[];
  readonly schedules: number;
  /** Tasks and the positions at which they wait; empty unless nobody can go on. */
  readonly waiting: readonly string[];
  /** False when the same schedule did not fail again: something is not under the explorer's control. */
  readonly deterministic: boolean;

  constructor(finding: Finding) {
    const { ending, schedule, trace } = finding;
    const replay = writeSchedule(schedule);
    super(
      [
        headline(finding),
        ...story(trace),
        ...remarks(finding),
        `Replay: { replay: "${replay}" }`,
      ].join("\n"),
      ending.kind === "failure" ? { cause: ending.error } : undefined,
    );
    this.kind = ending.kind;
    this.replay = replay;
    this.seed = schedule.seed;
    this.points = schedule.points;
    this.trace = trace;
    this.schedules = finding.schedules;
    this.waiting = ending.kind === "failure" ? [] : ending.waiting;
    this.deterministic = finding.deterministic;
  }
}

function headline({ ending, schedule, schedules }: Finding): string {
  const choices = schedule.choices.filter(Boolean).length;
  const way =
    choices === 0
      ? schedule.points === "io"
        ? "without any reordering"
        : "without interrupting a task"
      : `with ${choices} ${choices === 1 ? "choice" : "choices"}`;
  const count = `schedule ${schedules}, ${way}`;
  switch (ending.kind) {
    case "failure":
      return `The test fails under an interleaving (${count}): ${messageOf(ending.error)}`;
    case "deadlock":
      return `DEADLOCK (${count}): nothing is left to happen, and these wait:${list(ending.waiting)}`;
    case "livelock":
      return `LIVELOCK (${count}): the test does not end, although every task gets its turn. These wait:${list(ending.waiting)}`;
    default:
      return ending satisfies never;
  }
}

function list(waiting: readonly string[]): string {
  if (waiting.length > 0) return waiting.map((it) => `\n  - ${it}`).join("");
  return "\n  - the test (without the transform, positions are not known)";
}

/** Long runs are shown by their end, which is where they fail. */
const SHOWN = 40;

function story(trace: readonly TraceStep[]): readonly string[] {
  const hidden = Math.max(0, trace.length - SHOWN);
  const lines: string[] = [];
  let last = "";
  let times = 1;
  for (const [index, step] of trace.slice(hidden).entries()) {
    const where = step.position === undefined ? "" : `  ${step.position}`;
    const text = `[${step.time} ms] ${step.task} ${step.what}${where}`;
    times = text === last ? times + 1 : 1;
    last = step.notes.length === 0 ? text : "";
    if (1 < times) lines.pop();
    const number = String(hidden + index + 2 - times).padStart(3);
    lines.push(`  ${number}. ${text}${times === 1 ? "" : `  (${times} times)`}`);
    lines.push(...step.notes.map((it) => `         ${it}`));
  }
  return hidden === 0 ? lines : [`  … ${hidden} steps before`, ...lines];
}

function remarks({ schedule, deterministic, outside }: Finding): readonly string[] {
  return [
    ...(schedule.points === "await"
      ? [
          'This schedule reorders microtasks (points: "await"): no engine runs it today. It shows an order that the code relies on, and that one more `await` would change.',
        ]
      : []),
    ...(deterministic
      ? []
      : [
          "The same schedule did not fail again: something here is not under the explorer's control.",
        ]),
    ...(outside.length === 0
      ? []
      : [`Real ${outside.join(", ")} was still active: pass such calls through sim.io.`]),
  ];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
