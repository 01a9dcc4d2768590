/* oxlint-disable no-await-in-loop -- One schedule, or one pause, after another is what is tested. */
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { explore } from "../../../runtime/testing/index.ts";
import { evaluate } from "./gated.ts";

/** CPU time per round of the fastest of some turns; the machine is shared, so the least is the truest. */
async function cost(work: () => Promise<unknown>, rounds: number): Promise<() => Promise<number>> {
  await work();
  return async () => {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return (1000 * (user + system)) / rounds;
  };
}

test("a gate costs nothing measurable while no run is active", async () => {
  const rounds = 200_000;
  const source = `
    const leaf = async (x) => x;
    return async () => {
      let sum = 0;
      for (let i = 0; i < ${rounds}; i++) sum += await leaf(i);
      return sum;
    };`;
  // Sound: the source above is a function of just this form.
  const [plain, gated] = (["plain", "gated"] as const).map(
    (it) => evaluate(source, it) as () => Promise<number>,
  );
  if (plain === undefined || gated === undefined) throw new Error("The programs are gone.");
  const [plainCost, gatedCost] = [await cost(plain, rounds), await cost(gated, rounds)];
  let [least, leastGated] = [Infinity, Infinity];
  for (let turn = 0; turn < 12; turn++) {
    least = Math.min(least, await plainCost());
    leastGated = Math.min(leastGated, await gatedCost());
  }
  console.log(`await: ${least.toFixed(0)} ns, with an idle gate: ${leastGated.toFixed(0)} ns`);
  // Measured 38.5 against 38.7 ns on a quiet machine; the room is for the neighbours of this one.
  expect(leastGated / least).toBeLessThan(1.4);
});

test("five tasks of four steps are run a thousand times a second", async () => {
  const before = process.cpuUsage();
  const { schedules } = await explore(
    async (sim) => {
      const io = sim.io(async () => {});
      const task = async (): Promise<void> => {
        for (let step = 0; step < 4; step++) await io();
      };
      await Promise.all(["a", "b", "c", "d", "e"].map((it) => sim.spawn(it, task)));
    },
    { runs: 3000, strategy: "random" },
  );
  const { user, system } = process.cpuUsage(before);
  const perSecond = schedules / ((user + system) / 1e6);
  console.log(`${perSecond.toFixed(0)} schedules per second of CPU time`);
  expect(perSecond).toBeGreaterThan(1000);
});

test.each([
  ["index", 12_000],
  ["vite", 3_000],
  ["esbuild", 5_500],
  ["jest", 5_500],
])("%s is at most %i bytes, minified and compressed", async (name, budget) => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../../runtime/testing/${name}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    // No platform: nothing of Node may be imported, so that the kit also runs in a browser.
    platform: "neutral",
  });
  const size = gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
  console.log(`${name}: ${size} bytes`);
  expect(size).toBeLessThanOrEqual(budget);
});
