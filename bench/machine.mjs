/** What the numbers were measured on, and the benchmark's own packages. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const bench = dirname(fileURLToPath(import.meta.url));

export function machine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memory: totalmem(),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

/** How many programs wanted to run during the last minute; above the number of cores, times are inflated. */
export function load() {
  return Math.round(loadavg()[0] * 10) / 10;
}

/**
 * The peers are a good hundred megabytes and nobody else needs them, so they are fetched on the first run.
 *
 * `npm ci` would be the command for this, but it refuses a lock file in which an optional package of another platform
 * is missing, and a registry mirror that lacks those writes just such a file. `npm install --no-save` takes the same
 * locked versions with the same checksums, leaves the lock file alone, and works with either.
 */
export function installPeers() {
  if (existsSync(join(bench, "node_modules", ".package-lock.json"))) return;
  console.error("Installing the tools and packages to compare with (once)…");
  const quiet = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
  const outcome = spawnSync("npm", ["install", ...quiet], {
    cwd: bench,
    // npm's words belong beside ours; stdout is for the report.
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (outcome.status !== 0) throw new Error(`npm install in ${bench} failed; its words are above.`);
}
