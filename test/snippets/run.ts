import { spawn, spawnSync } from "node:child_process";

export interface Ran {
  readonly status: number | null;
  readonly output: string;
}

const TIME_LIMIT = 180_000;

/** Runs a program to its end. Says what it printed, both streams together. */
export async function run(
  command: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // What hangs is a failure, with what it has printed.
    timeout: TIME_LIMIT,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output += text;
    });
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { status, output };
}

/**
 * Whether a language's tools are here. `.ci/run` installs all of them and sets
 * MOORING_REQUIRE_TOOLCHAINS=1, which makes a missing one a failure.
 */
export function hasToolchain(
  language: string,
  command: string,
  ...args: readonly string[]
): boolean {
  const { status } = spawnSync(command, args, { stdio: "ignore" });
  if (status === 0) return true;
  if (process.env["MOORING_REQUIRE_TOOLCHAINS"] === "1") {
    throw new Error(`\`${command}\` failed, and all toolchains are required: bash scripts/toolchains.sh`);
  }
  process.stderr.write(
    `NOT TESTED: the ${language} snippets, because \`${command}\` is not installed.\n`,
  );
  return false;
}
