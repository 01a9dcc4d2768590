import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

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
 * Whether a language's tools are here: commands that succeed, and folders of packages. `.ci/run`
 * installs all of them and sets MOORING_REQUIRE_TOOLCHAINS=1, which makes a missing one a failure.
 */
export function hasToolchain(
  language: string,
  commands: readonly string[],
  folders: readonly string[] = [],
): boolean {
  const missing = [
    ...commands.filter((it) => spawnSync(it, { shell: true, stdio: "ignore" }).status !== 0),
    ...folders.filter((it) => !existsSync(it)),
  ];
  if (missing.length === 0) return true;
  const what = `${language} cannot be tested: there is no ${missing.join(", no ")}.`;
  if (process.env["MOORING_REQUIRE_TOOLCHAINS"] === "1") {
    throw new Error(`${what} \`bash scripts/toolchains.sh\` installs it.`);
  }
  process.stderr.write(`NOT TESTED: the snippets. ${what}\n`);
  return false;
}
