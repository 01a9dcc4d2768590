// Checks the service in examples/ as a user would, and ends well although there are findings.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../bin/mooring.mjs", import.meta.url));
const folder = fileURLToPath(new URL("../examples", import.meta.url));

const { status } = spawnSync(process.execPath, [cli, "check"], { cwd: folder, stdio: "inherit" });
if (status === 1) {
  process.stdout.write(
    "\nThese bugs were planted in examples/. Your own code: npm run check -- PATH\n",
  );
} else {
  process.stderr.write(`\nThe demo ended with exit code ${status}; it expects to find bugs.\n`);
  process.exitCode = 1;
}
