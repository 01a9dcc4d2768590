import { folderOf } from "../../analysis/paths.ts";
import type { Rule } from "../../analysis/rule.ts";
import { levelOf } from "../../analysis/settings.ts";
import { ALLOW_RULES } from "../../analysis/suppressions.ts";
import { Configurations } from "../../analysis/config/configurations.ts";
import { Disk } from "../disk.ts";
import { Ignores } from "../../analysis/config/ignores.ts";
import { Sources } from "../lines.ts";
import { noticeText } from "../notices.ts";
import { effectiveSettings, NO_OVERRIDES } from "../settings.ts";
import { paintFor, type Shell } from "../shell.ts";

export interface PrintOptions {
  readonly file: string;
  readonly config: string | undefined;
}

/** What is in force for a file, which need not exist, as JSON. */
export function printConfig(options: PrintOptions, shell: Shell, rules: readonly Rule[]): number {
  const disk = new Disk(shell.folder);
  const named = options.config === undefined ? undefined : disk.path(options.config);
  const configurations = new Configurations(disk, [...rules, ...ALLOW_RULES], named);
  const path = disk.path(options.file);
  const configuration = configurations.above(folderOf(path));
  const settings = effectiveSettings(configurations, rules, NO_OVERRIDES)(path);
  const ignoredBy = new Ignores(disk, configurations).ofFile(path);
  const levels = [
    ...rules.map((it) => [it.id, levelOf(it, settings)]),
    ...ALLOW_RULES.map((it) => [it.id, settings.rules[it.id] ?? it.severity]),
  ];
  const answer = {
    file: disk.shown(path),
    configuration: configuration === undefined ? null : disk.shown(configuration.file),
    ignoredBy: ignoredBy === undefined ? null : disk.shown(ignoredBy),
    profile: settings.profile,
    rules: Object.fromEntries(levels),
  };
  shell.out.write(`${JSON.stringify(answer, undefined, 2)}\n`);

  const sources = new Sources((it) => disk.read(it));
  const paint = paintFor(shell.err, shell);
  for (const { file, start, message, remedy } of configuration?.problems ?? []) {
    const place = { file: disk.shown(file), start: sources.of(file).position(start) };
    shell.err.write(noticeText({ level: "error", message, remedy, ...place }, paint));
  }
  return (configuration?.problems.length ?? 0) > 0 ? 2 : 0;
}
