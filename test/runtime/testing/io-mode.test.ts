/* oxlint-disable no-await-in-loop, promise/always-return, unicorn/consistent-function-scoping -- One schedule after another is what is tested. */
import { array, assert as assertProperty, asyncProperty, constantFrom } from "fast-check";
import { describe, expect, test } from "vitest";
import { explore } from "../../../runtime/testing/index.ts";
import { evaluate } from "./gated.ts";

/** A program that only knows `io`, which answers when the outside says so, and a log. */
type Program = (
  io: (name: string) => Promise<string>,
  log: (text: string) => void,
) => Promise<void>;

function programOf(body: string, gates: "gated" | "plain"): Program {
  const source = `
    async function* counted(io, name) { yield 1; yield io(name); yield await io(name + "'"); }
    async function nested(io, name) { await null; const it = await io(name); return "<" + it + ">"; }
    return async (io, log) => { ${body} };`;
  // Sound: the source above is a function of just this form.
  return evaluate(source, gates) as Program;
}

/** Everything the engine itself can do: each order of the answers, found by running them all. */
async function nativeOutcomes(program: Program): Promise<Set<string>> {
  const outcomes = new Set<string>();
  const open: number[][] = [[]];
  for (let prefix = open.pop(); prefix !== undefined; prefix = open.pop()) {
    const log: string[] = [];
    const pending: (() => void)[] = [];
    let isDone = false;
    const io = (name: string): Promise<string> =>
      new Promise((resolve) => pending.push(() => resolve(name)));
    const finished = program(io, (text) => log.push(text)).then(() => {
      isDone = true;
    });
    const taken: number[] = [];
    // oxlint-disable-next-line no-unmodified-loop-condition -- the program sets it when it ends
    for (await macrotask(); !isDone && 0 < pending.length; await macrotask()) {
      const at = taken.length;
      const choice = prefix[at] ?? 0;
      if (prefix.length <= at) {
        for (let other = 1; other < pending.length; other++) open.push([...taken, other]);
      }
      taken.push(choice);
      const [answer] = pending.splice(choice, 1);
      answer?.();
    }
    await finished;
    outcomes.add(log.join(" "));
  }
  return outcomes;
}

function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function exploredOutcomes(program: Program): Promise<Set<string>> {
  const outcomes = new Set<string>();
  const result = await explore(
    async (sim) => {
      const log: string[] = [];
      await program(
        sim.io(async (name: string) => name),
        (text) => log.push(text),
      );
      outcomes.add(log.join(" "));
    },
    { strategy: "exhaustive", preemptions: 1000, runs: 20_000 },
  );
  expect(result).toMatchObject({ complete: true, deterministic: true });
  return outcomes;
}

async function expectSame(body: string): Promise<void> {
  const native = await nativeOutcomes(programOf(body, "plain"));
  const explored = await exploredOutcomes(programOf(body, "gated"));
  expect([...explored].toSorted()).toEqual([...native].toSorted());
}

describe("io mode runs exactly what the engine can run", () => {
  test.each([
    ["two answers", `await Promise.all([io("a").then(log), io("b").then(log)]);`],
    ["a race", `log(await Promise.race([io("a"), nested(io, "b")]));`],
    [
      "microtasks between answers",
      `await Promise.all([
        (async () => { await io("a"); log("a1"); await null; log("a2"); await null; log("a3"); })(),
        (async () => { await io("b"); log("b1"); await { then(done) { done(); } }; log("b2"); })(),
      ]);`,
    ],
    [
      "ticks of for await, of yield and of nested calls",
      `await Promise.all([
        (async () => { for await (const it of counted(io, "a")) log(it); })(),
        (async () => { for (let i = 0; i < 9; i++) { await null; log("t" + i); } })(),
        (async () => { for await (const it of [io("b"), 2, null]) log("s" + it); })(),
      ]);`,
    ],
    [
      "a lost update",
      `let balance = 0;
      const deposit = async () => { const it = balance; await io("d"); balance = it + 1; await io("e"); };
      await Promise.all([deposit(), deposit()]); log("balance " + balance);`,
    ],
    [
      "yield* and a loop that is left early",
      `async function* all() { yield* counted(io, "a"); }
      await Promise.all([
        (async () => { for await (const it of all()) { log(it); if (it === "a") break; } log("left"); })(),
        nested(io, "b").then(log),
      ]);`,
    ],
  ])("%s", async (_, body) => {
    await expectSame(body);
  });

  test("random programs", async () => {
    const step = constantFrom(
      (id: string) => `log(await io("${id}"));`,
      (id: string) => `await null; log("${id}");`,
      (id: string) => `log(await nested(io, "${id}"));`,
      (id: string) => `for await (const it of counted(io, "${id}")) log(it);`,
      (id: string) => `io("${id}").then(log); await io("${id}-");`,
      (id: string) => `log(await Promise.all([io("${id}x"), nested(io, "${id}y")]));`,
      (id: string) => `log(await Promise.race([io("${id}x"), io("${id}y")]));`,
      (id: string) => `await { then(done) { done(); } }; log("then ${id}");`,
      (id: string) => `try { await Promise.reject("${id}"); } catch (it) { log(it); }`,
      (id: string) => `for await (const it of [1, Promise.resolve("${id}")]) log(it);`,
    );
    const task = array(step, { minLength: 1, maxLength: 2 });
    const tasks = array(task, { minLength: 2, maxLength: 2 });
    await assertProperty(
      asyncProperty(tasks, async (given) => {
        const calls = given.map((steps, at) => {
          const body = steps.map((it, index) => it(`${at}${index}`)).join(" ");
          return `(async () => { ${body} })()`;
        });
        await expectSame(`await Promise.all([${calls.join(", ")}]); await null;`);
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});

describe("delays and faults", () => {
  test("an answer comes between its earliest and its latest time", async () => {
    const seen = new Set<string>();
    const { complete } = await explore(
      async (sim) => {
        const log: string[] = [];
        const soon = sim.io(async () => log.push(`soon ${sim.now}`), { min: 10, max: 20 });
        const late = sim.io(async () => {}, { min: 30, max: 40 });
        const free = sim.io(async () => {});
        await Promise.all([
          soon(),
          late().then(() => log.push(`late ${sim.now}`)),
          free().then(() => log.push("free")),
          new Promise((resolve) => setTimeout(resolve, 15)).then(() => log.push("timer")),
        ]);
        seen.add(log.filter((it) => !it.startsWith("soon")).join(", "));
      },
      { strategy: "exhaustive", preemptions: 100 },
    );
    expect(complete).toBe(true);
    expect([...seen].toSorted()).toEqual([
      "free, timer, late 30",
      "timer, free, late 30",
      "timer, late 30, free",
    ]);
  });

  test("a call fails before or after it took effect, and both are tried", async () => {
    const seen = new Set<string>();
    await explore(
      async (sim) => {
        let paid = 0;
        const charge = sim.io(async () => ++paid, { fail: 0.01, name: "charge" });
        const result = await charge().catch((error: unknown) => String(error));
        seen.add(`${String(result)} | paid ${paid}`);
      },
      { strategy: "exhaustive" },
    );
    expect([...seen]).toEqual([
      "1 | paid 1",
      "SimulatedFault: charge failed: the request was lost before it took effect. | paid 0",
      "SimulatedFault: charge failed: it took effect, but its answer was lost. | paid 1",
    ]);
  });

  test("the effect of a call can be put off to its answer, or be an event of its own", async () => {
    const outcomes = async (effect: "call" | "reply" | "between"): Promise<number> => {
      const seen = new Set<string>();
      await explore(
        async (sim) => {
          const stored: string[] = [];
          const store = sim.io(async (it: string) => void stored.push(it), { effect });
          await Promise.all([store("a"), store("b")]);
          seen.add(stored.join());
        },
        { strategy: "exhaustive", preemptions: 100 },
      );
      return seen.size;
    };
    expect([await outcomes("call"), await outcomes("reply"), await outcomes("between")]).toEqual([
      1, 2, 2,
    ]);
  });

  test.each([
    { min: -1 },
    { min: 5, max: 4 },
    { min: Number.NaN },
    { fail: 2 },
    { fail: Number.NaN },
  ])("refuses %o", async (options) => {
    const exploring = explore(async (sim) => void sim.io(async () => {}, options));
    await expect(exploring).rejects.toThrow(/RangeError: sim\.io takes/);
  });
});
