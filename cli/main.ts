import { buffer } from "node:stream/consumers";
import { rules } from "../rules/index.ts";
import { slashed } from "./disk.ts";
import { runCommand } from "./program.ts";
import type { Shell } from "./shell.ts";
import { version } from "./version.ts";

// Arguments in, exit code out. The code is set and the process left to end by itself: exiting at
// once would cut off what a pipe has not yet taken.

const shell: Shell = {
  folder: slashed(process.cwd()),
  environment: process.env,
  out: process.stdout,
  err: process.stderr,
  input: () => buffer(process.stdin),
  now: () => performance.now(),
};

// `mooring check | head` closes the pipe when it has seen enough, which is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

async function main(): Promise<void> {
  try {
    process.exitCode = await runCommand(process.argv.slice(2), shell, rules);
  } catch (error) {
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`mooring ${version()} failed; please report this as a bug.\n${cause}\n`);
    process.exitCode = 2;
  }
}

// Where this is a bundle in the older module format, nobody can wait at the top level.
main().catch((error: unknown) => {
  throw error;
});
