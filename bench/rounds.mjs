/** Runs tools over one subject, in turn, and keeps what each run cost. */
import { measure } from "./measure.mjs";
import { median, spread } from "./statistics.mjs";

/**
 * @typedef {object} Row
 * @property {string} tool
 * @property {string} title
 * @property {string} [failure] why there are no numbers
 * @property {number} [wall] median, seconds
 * @property {number} [cpu] median, seconds
 * @property {number} [memory] median of the peaks, bytes
 * @property {number} [spread] of CPU time over the rounds
 * @property {number} [findings]
 * @property {Record<string, number>} [byRule]
 * @property {readonly { wall: number, cpu: number, memory: number | undefined }[]} [rounds]
 */

/**
 * A, B, C, A, B, C and so on: whatever else the machine is doing then falls on all tools alike, which is why only
 * ratios within one run are to be trusted.
 *
 * @param {import("./subjects.mjs").Subject} subject
 * @param {readonly import("./tools.mjs").Tool[]} tools
 * @param {{ rounds: number, warmUps: number, timeout: number, say: (line: string) => void }} options
 * @returns {Promise<Row[]>}
 */
export async function runRounds(subject, tools, options) {
  const entries = tools.map((tool) => ({ tool, kept: [], counts: new Map(), failure: undefined }));
  for (let round = 1 - options.warmUps; round <= options.rounds; round++) {
    for (const entry of entries) {
      if (entry.failure !== undefined) continue;
      const outcome = await runOnce(subject, entry.tool, options.timeout);
      const label = round < 1 ? "warm-up" : `round ${round}`;
      if (outcome.failure !== undefined) {
        entry.failure = outcome.failure;
        options.say(`${subject.name}, ${label}, ${entry.tool.name}: failed, ${outcome.failure}`);
        continue;
      }
      const { wall, cpu } = outcome.run;
      options.say(
        `${subject.name}, ${label}, ${entry.tool.name}: ${cpu.toFixed(2)} s CPU, ${wall.toFixed(2)} s`,
      );
      entry.counts = outcome.counts;
      if (1 <= round) entry.kept.push(outcome.run);
    }
  }
  return entries.map(rowOf);
}

async function runOnce(subject, tool, timeout) {
  const { stdout, stderr, code, ...run } = await measure(tool.command, {
    directory: subject.directory,
    timeout,
  });
  // By the convention all of them share: 0 is clean, 1 is findings, anything else means that it did not work.
  if (code !== 0 && code !== 1) return { failure: firstLine(stderr) ?? `exit code ${code}` };
  try {
    return { run, counts: tool.count(stdout) };
  } catch (cause) {
    return { failure: firstLine(stderr) ?? `output not understood: ${cause.message}` };
  }
}

/** Node introduces an exception by the place in its own source and a caret; the sentence comes after that. */
function firstLine(stderr) {
  const lines = stderr.split("\n").map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.find((line) => line !== "");
}

/** @returns {Row} */
function rowOf({ tool, kept, counts, failure }) {
  const named = { tool: tool.name, title: tool.title };
  if (failure !== undefined) return { ...named, failure };
  const memory = kept.map((run) => run.memory).filter((bytes) => bytes !== undefined);
  let findings = 0;
  for (const count of counts.values()) findings += count;
  return {
    ...named,
    wall: median(kept.map((run) => run.wall)),
    cpu: median(kept.map((run) => run.cpu)),
    memory: memory.length === 0 ? undefined : median(memory),
    spread: spread(kept.map((run) => run.cpu)),
    findings,
    byRule: Object.fromEntries(counts),
    rounds: kept,
  };
}
