import { existsSync, writeFileSync } from "node:fs";
import { inside } from "../../analysis/paths.ts";
import type { Rule } from "../../analysis/rule.ts";
import { ALLOW_RULES } from "../../analysis/suppressions.ts";
import { Configurations } from "../../analysis/config/configurations.ts";
import { Disk } from "../disk.ts";
import { paintFor, type Shell } from "../shell.ts";

const FILE = "mooring.config.json";

/** Relative, so that editors complete from the version that is installed, without the network. */
const SCHEMA = "./node_modules/mooring/schema/mooring.config.schema.json";

const TEXT = `${JSON.stringify(
  { $schema: SCHEMA, profile: "recommended", rules: {}, overrides: [], ignores: [] },
  undefined,
  2,
)}\n`;

/** Writes a configuration to start from. Where there is one it stays as it is. */
export function init(shell: Shell, rules: readonly Rule[]): number {
  const disk = new Disk(shell.folder);
  const paint = paintFor(shell.out, shell);
  const configurations = new Configurations(disk, [...rules, ...ALLOW_RULES]);
  const existing = configurations.above(shell.folder);
  if (existing?.folder === shell.folder) {
    const name = paint("bold", disk.shown(existing.file));
    shell.out.write(`There already is a configuration in ${name}; nothing was changed.\n`);
    return 0;
  }
  const path = inside(shell.folder, FILE);
  writeFileSync(path, TEXT, { flag: "wx" });
  shell.out.write(`Wrote ${paint("bold", FILE)} with the recommended profile.\n`);
  if (existing !== undefined) {
    const above = disk.shown(existing.file);
    shell.out.write(`Below this folder it now counts instead of ${above}.\n`);
  }
  if (!existsSync(inside(shell.folder, "node_modules/mooring"))) {
    const hint =
      "Editors complete its settings once mooring is installed here: npm install -D mooring";
    shell.out.write(`${paint("dim", hint)}\n`);
  }
  shell.out.write(`Next: ${paint("bold", "mooring check")}\n`);
  return 0;
}
