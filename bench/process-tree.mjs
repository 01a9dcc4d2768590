/** Follows a process and all its descendants through Linux's /proc. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/** Both are properties of the machine, asked for once. */
const ticksPerSecond = configured("CLK_TCK", 100);
const pageSize = configured("PAGESIZE", 4096);

/** Fields of /proc/<pid>/stat, counted from the one after the command's name. */
const parentField = 1;
const userField = 11;
const systemField = 12;
const startField = 19;

/**
 * @param {number | undefined} root
 * @param {boolean} available whether there is a /proc to read; if not, nothing is known and nothing is reported
 */
export function watchTree(root, available) {
  /** Last seen CPU seconds and start time of each process of the tree. @type {Map<number, { cpu: number, start: string }>} */
  const members = new Map();
  // A process's parent changes only when it is orphaned, so one look at a stranger is enough: most of the cost of
  // sampling would otherwise be spent on the rest of the machine.
  /** @type {Set<number>} */
  const strangers = new Set();
  let peak = 0;

  function sample() {
    if (!available || root === undefined) return;
    for (const entry of processes()) {
      if (members.has(entry) || strangers.has(entry)) continue;
      const found = statOf(entry);
      if (found === undefined) continue;
      const belongs = entry === root || members.has(found.parent);
      if (belongs) members.set(entry, { cpu: found.cpu, start: found.start });
      else strangers.add(entry);
    }
    let resident = 0;
    for (const [entry, known] of members) {
      const now = statOf(entry);
      if (now === undefined || now.start !== known.start) continue;
      known.cpu = now.cpu;
      resident += residentBytes(entry);
    }
    peak = Math.max(peak, resident);
  }

  function alive() {
    const found = [];
    for (const [entry, known] of members) {
      const now = statOf(entry);
      if (now === undefined || now.start !== known.start || now.state === "Z") continue;
      known.cpu = now.cpu;
      found.push(entry);
    }
    return found;
  }

  sample();
  return {
    sample,
    peak: () => (available ? peak : undefined),
    cpu: () => {
      let total = 0;
      for (const known of members.values()) total += known.cpu;
      return total;
    },
    someAlive: () => alive().length > 0,
    endAll: () => {
      for (const entry of alive()) {
        try {
          process.kill(entry, "SIGKILL");
        } catch (cause) {
          // It ended between the look and the signal.
          if (cause.code !== "ESRCH") throw cause;
        }
      }
    },
  };
}

/** In ascending order, so that a parent is met before its children. */
function processes() {
  const found = [];
  for (const name of readdirSync("/proc")) {
    const number = Number(name);
    if (number > 0) found.push(number);
  }
  return found.sort((left, right) => left - right);
}

function statOf(entry) {
  const text = contents(`/proc/${entry}/stat`);
  if (text === undefined) return undefined;
  // The command's name stands in parentheses and may itself contain blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0],
    parent: Number(fields[parentField]),
    cpu: (Number(fields[userField]) + Number(fields[systemField])) / ticksPerSecond,
    start: fields[startField],
  };
}

function residentBytes(entry) {
  const text = contents(`/proc/${entry}/statm`);
  return text === undefined ? 0 : Number(text.split(" ")[1]) * pageSize;
}

/** A process may end at any moment, between two reads as well; then it has no contents. */
function contents(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function configured(name, otherwise) {
  try {
    return Number(execFileSync("getconf", [name], { encoding: "utf8" })) || otherwise;
  } catch {
    return otherwise;
  }
}
