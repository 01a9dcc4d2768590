/**
 * Measures one case in a process of its own: what another case has taught the compiler must not count.
 * Prints CPU nanoseconds per operation, the median of several runs after one that is thrown away.
 */
import { rows } from "./rows.mjs";

const [, , id, name, runs] = process.argv;
const row = rows.find((it) => it.id === id);
const run = await row.cases[name]();
const samples = [];
for (let index = 0; index <= Number(runs); index++) {
  globalThis.gc();
  const before = process.cpuUsage();
  const operations = await run();
  const { user, system } = process.cpuUsage(before);
  if (0 < index) samples.push(((user + system) * 1000) / operations);
}
samples.sort((a, b) => a - b);
process.stdout.write(JSON.stringify(samples[samples.length >> 1]));
process.exit(0);
