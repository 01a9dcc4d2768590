import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";

/** The folders that are shipped or that build what is shipped. */
const OURS = ["analysis", "rules", "cli", "server", "client", "runtime", "scripts", "bin"];

test("Mooring has nothing to say about itself, with every rule of the strict profile on", () => {
  const folders = OURS.filter((it) => existsSync(it));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["bin/mooring.mjs", "check", ...folders, "--profile", "strict", "--no-progress"],
    { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  );
  expect(status, `${stdout}${stderr}`).toBe(0);
}, 180_000);
