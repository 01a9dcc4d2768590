/**
 * Measures one case in a process of its own: what another case has taught the compiler must not count. A row whose cases
 * are measured `together` has one process in which they take turns.
 *
 *     node measure-case.mjs ROW RUNS [CASE]
 *
 * Prints, for each case, CPU nanoseconds per operation, the median of several runs after those that are thrown away: three,
 * and of quick cases up to twelve. On Node 20 every AbortSignal has a hidden class of its own, and what reads one is compiled
 * anew for each of the first few signals of a process, whichever library reads it.
 *
 * Garbage is collected once, before all runs, and not between them: a full collection at a moment when nothing of a class
 * is alive also throws away the class's shape and the code that was compiled for it, so that every run would measure the
 * compiler again.
 */
import { rows } from "./rows.mjs";

const [, , id, runs, only] = process.argv;
const { cases } = rows.find((it) => it.id === id);
const names = only === undefined ? Object.keys(cases) : [only];
const measured = [];
const failures = {};
for (const name of names) {
  try {
    measured.push({ name, run: await cases[name](), samples: [] });
  } catch (error) {
    failures[name] = String(error);
  }
}
globalThis.gc();
const warm = { runs: 12, least: 3, ms: 600 };
const start = performance.now();
for (let run = 0; run < warm.runs; run++) {
  if (warm.least <= run && warm.ms < performance.now() - start) break;
  for (const it of measured) await it.run();
}
for (let index = 0; index < Number(runs); index++) {
  for (const { run, samples } of measured) {
    const before = process.cpuUsage();
    const operations = await run();
    const { user, system } = process.cpuUsage(before);
    samples.push(((user + system) * 1000) / operations);
  }
}
const medians = measured.map(({ name, samples }) => {
  samples.sort((a, b) => a - b);
  return [name, samples[samples.length >> 1]];
});
process.stdout.write(JSON.stringify({ medians, failures }));
process.exit(0);
