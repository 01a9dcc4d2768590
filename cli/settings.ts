import type { Configurations } from "../analysis/config/configurations.ts";
import { below } from "../analysis/config/ignores.ts";
import { folderOf } from "../analysis/paths.ts";
import type { Rule } from "../analysis/rule.ts";
import { type Level, levelOf, RECOMMENDED, type Settings } from "../analysis/settings.ts";
import { ALLOW_RULES } from "../analysis/suppressions.ts";
import type { CheckOptions } from "./check-options.ts";

export type Overrides = Pick<CheckOptions, "profile" | "levels" | "only" | "skip">;

export const NO_OVERRIDES: Overrides = { profile: undefined, levels: {}, only: [], skip: [] };

/** The settings of each file: its configuration's, and above these what the command line says. */
export function effectiveSettings(
  configurations: Configurations,
  rules: readonly Rule[],
  overrides: Overrides,
): (file: string) => Settings {
  const known = new Map<Settings, Settings>();
  return (file) => {
    const configuration = configurations.above(folderOf(file));
    // A configuration that is named on the command line has no say over where files are.
    const path = configuration && (below(configuration.folder, file) ?? file);
    const own = path === undefined ? RECOMMENDED : configuration?.scope.settingsFor(path);
    const base = own ?? RECOMMENDED;
    let settings = known.get(base);
    if (settings === undefined) known.set(base, (settings = withOverrides(base, rules, overrides)));
    return settings;
  };
}

function withOverrides(
  base: Settings,
  all: readonly Rule[],
  { profile, levels, only, skip }: Overrides,
): Settings {
  const merged: Settings = {
    profile: profile ?? base.profile,
    rules: { ...base.rules, ...levels },
  };
  const rules: Record<string, Level> = { ...merged.rules };
  for (const id of skip) rules[id] = "off";
  if (only.length === 0) return { ...merged, rules };

  for (const { id } of ALLOW_RULES) if (!only.includes(id)) rules[id] = "off";
  for (const rule of all) {
    if (!only.includes(rule.id)) rules[rule.id] = "off";
    // Who names a rule wants to see what it finds, whatever the profile says.
    else if (levelOf(rule, merged) === "off") rules[rule.id] = rule.severity;
  }
  return { ...merged, rules };
}
