import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Analyser } from "../analysis/analyser.ts";
import { packages } from "../analysis/primitives/index.ts";
import { modelsOf } from "../analysis/primitives/models.ts";
import { STRICT } from "../analysis/settings.ts";
import { Disk } from "../cli/disk.ts";
import { rules } from "../rules/index.ts";
import type { Report } from "../analysis/report.ts";

/** The analyser as the language server drives it, with every rule on, or those that are named. */
export function open(directory: string, only?: readonly string[]) {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((it) => it.endsWith(".ts") && !it.includes("node_modules"))
    .map((it) => join(directory, it));
  const analyser = new Analyser({
    host: new Disk(directory),
    rules: only === undefined ? rules : rules.filter(({ id }) => only.includes(id)),
    models: modelsOf(packages),
    settingsFor: () => STRICT,
    keep: "all",
  });
  analyser.open(files);
  const latest = new Map<string, readonly Report[]>();
  const check = (paths: readonly string[]) => {
    for (const { file, findings } of analyser.check(paths)) latest.set(file, findings);
    return paths.flatMap((it) => latest.get(it) ?? []);
  };
  check(files);
  let others: readonly string[] = [];
  return {
    edit(path: string, text: string): readonly Report[] {
      others = analyser.change([{ path, text }]).filter((it) => it !== path);
      return check([path]);
    },
    settle: () => check(others),
    close: () => analyser.dispose(),
  };
}
