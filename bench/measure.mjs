/**
 * Runs one command and says what it cost: wall time, CPU time and peak memory, each of the whole process tree.
 *
 * CPU. The command is started by `sh`, whose built-in `times` (POSIX) afterwards prints the user and system time of
 * everything it has waited for, its children's children included. That is the kernel's own accounting, needs no
 * package, and cannot miss a short-lived process, as sampling would. What it does miss is a process that nobody waited
 * for: a type server, say, that outlives the command by a moment. On Linux such processes are seen by the sampler
 * below, which remembers the last CPU time it saw of each process; the larger of the two sums is reported.
 * Rejected: `/usr/bin/time` (not on every machine), `process.resourceUsage()` in a preload (knows no children).
 *
 * Memory. Every 20 ms the resident sizes of all processes of the tree are read from /proc and added up. Pages which
 * two of them share are counted twice, which is a little unfair to tools of several processes; the exact measure
 * (PSS) is too slow to sample on processes of gigabytes. Without /proc, as on macOS, there is no memory column.
 */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchTree } from "./process-tree.mjs";

const samplingInterval = 20;

/** How long a process that outlives the command is followed before it is ended. */
const patienceWithOrphans = 2000;

// `times` prints two lines: the shell's own time, then its children's. Only the second is wanted.
const script = '"$@"; code=$?; times >&3; exit $code';

/**
 * @typedef {object} Measurement
 * @property {number} wall seconds
 * @property {number} cpu seconds, user and system
 * @property {number | undefined} memory bytes
 * @property {number | null} code
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * @param {readonly string[]} command
 * @param {{ directory: string, timeout: number }} options timeout in seconds
 * @returns {Promise<Measurement>}
 */
export async function measure(command, options) {
  const folder = mkdtempSync(join(tmpdir(), "mooring-bench-"));
  // Files and not pipes: a tool that prints megabytes must not wait for this process to read them.
  const paths = ["stdout", "stderr", "times"].map((name) => join(folder, name));
  const descriptors = paths.map((path) => openSync(path, "w"));
  try {
    const started = process.hrtime.bigint();
    const child = spawn("/bin/sh", ["-c", script, "sh", ...command], {
      cwd: options.directory,
      stdio: ["ignore", ...descriptors],
      env: {
        ...process.env,
        NO_COLOR: "1",
        FORCE_COLOR: undefined,
        NODE_OPTIONS: undefined,
        CI: "1",
      },
    });
    const tree = watchTree(child.pid, existsSync("/proc/self/stat"));
    const sampling = setInterval(tree.sample, samplingInterval);
    const ended = await end(child, options.timeout, tree);
    const wall = Number(process.hrtime.bigint() - started) / 1e9;
    clearInterval(sampling);
    await outlive(tree);

    const [stdout, stderr, times] = paths.map((path) => readFileSync(path, "utf8"));
    return {
      wall,
      cpu: Math.max(childTime(times), tree.cpu()),
      memory: tree.peak(),
      code: ended.code,
      stdout,
      stderr: ended.late ? `ended after ${options.timeout} s\n${stderr}` : stderr,
    };
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {Promise<{ code: number | null, late: boolean }>} */
function end(child, timeout, tree) {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      tree.endAll();
      child.kill("SIGKILL");
    }, timeout * 1000);
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(cause);
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve({ code: late ? null : code, late });
    });
  });
}

/** A process left behind would disturb the next measurement. Only processes of this tree are ever ended. */
async function outlive(tree) {
  const deadline = Date.now() + patienceWithOrphans;
  while (tree.someAlive() && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, samplingInterval));
  }
  tree.endAll();
}

/** The second line of `times`, as in "0m1.230s 0m0.170s": user and system time of the children. */
function childTime(printed) {
  const line = printed.trim().split("\n")[1] ?? "";
  let seconds = 0;
  for (const [, minutes, rest] of line.matchAll(/(\d+)m([\d.,]+)s/g)) {
    // Some shells print the locale's decimal comma.
    seconds += Number(minutes) * 60 + Number(rest.replace(",", "."));
  }
  return seconds;
}
