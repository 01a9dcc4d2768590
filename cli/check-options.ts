import { closest } from "../analysis/closest.ts";
import { LEVELS, PROFILES } from "../analysis/config/schema.ts";
import type { Level } from "../analysis/settings.ts";
import { UsageError, unknownRule } from "./usage.ts";

/** The flags of `mooring check`, as the parser of the command line hands them over. */
export interface CheckFlags {
  readonly format: string;
  readonly profile?: string | undefined;
  readonly rule?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly fix?: boolean | undefined;
  readonly fixDryRun?: boolean | undefined;
  readonly diff?: boolean | undefined;
  readonly maxWarnings?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly stdin?: boolean | undefined;
  readonly stdinFilename?: string | undefined;
  readonly progress: boolean;
  readonly config?: string | undefined;
  readonly ignore: boolean;
}

export interface CheckOptions {
  readonly paths: readonly string[];
  readonly format: (typeof FORMATS)[number];
  readonly profile: (typeof PROFILES)[number] | undefined;
  /** Levels that win over every configuration. */
  readonly levels: Readonly<Record<string, Level>>;
  /** Empty: all rules. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** What is done with the fixes. */
  readonly action: "show" | "fix" | "dry run" | "diff";
  /** As many warnings are no reason to fail. */
  readonly maxWarnings: number;
  /** Only errors are shown, and only they count. */
  readonly quiet: boolean;
  /** Says what was too large to be followed. */
  readonly verbose: boolean;
  /** The name under which the piped text is checked. */
  readonly stdin: string | undefined;
  readonly progress: boolean;
  readonly config: string | undefined;
  readonly ignore: boolean;
}

export const FORMATS = ["stylish", "json", "sarif"] as const;

/** Flags that make no sense together, and what to do about it. */
const CONTRADICTIONS: readonly {
  readonly message: string;
  readonly remedy: string;
  readonly holds: (flags: CheckFlags, paths: readonly string[]) => unknown;
}[] = [
  {
    message: "--fix and --fix-dry-run contradict each other.",
    remedy: "--fix writes files, --fix-dry-run promises not to. Keep one.",
    holds: ({ fix, fixDryRun }) => fix && fixDryRun,
  },
  {
    message: "--fix and --diff contradict each other.",
    remedy: "--fix writes files, --diff only prints the patch. Keep one.",
    holds: ({ fix, diff }) => fix && diff,
  },
  {
    message: "--fix-dry-run and --diff contradict each other.",
    remedy: "Keep --diff for a patch, --fix-dry-run for a count.",
    holds: ({ fixDryRun, diff }) => fixDryRun && diff,
  },
  {
    message: "--diff and --format json contradict each other.",
    remedy: "A patch is no JSON; the edits of each fix are in the JSON anyway. Keep one.",
    holds: ({ diff, format }) => diff && format === "json",
  },
  {
    message: "--diff and --format sarif contradict each other.",
    remedy: "A patch is no SARIF; the changes of each fix are in the SARIF anyway. Keep one.",
    holds: ({ diff, format }) => diff && format === "sarif",
  },
  {
    message: "--stdin and --fix contradict each other.",
    remedy: "There is no file to write. --stdin --diff prints the patch.",
    holds: ({ stdin, fix }) => stdin && fix,
  },
  {
    message: "--stdin and paths contradict each other.",
    remedy: "--stdin checks what is piped in and nothing else. Leave the paths out.",
    holds: ({ stdin }, paths) => stdin && paths.length > 0,
  },
  {
    message: "--stdin-filename says nothing without --stdin.",
    remedy: "Add --stdin, or give the file as a path.",
    holds: ({ stdin, stdinFilename }) => stdin !== true && stdinFilename !== undefined,
  },
  {
    message: "--quiet and --max-warnings contradict each other.",
    remedy: "--quiet looks at errors only, so there are no warnings to count. Keep one.",
    holds: ({ quiet, maxWarnings }) => quiet && maxWarnings !== undefined,
  },
];

/** Turns the flags into options; throws a UsageError where they make no sense. */
export function checkOptions(
  paths: readonly string[],
  flags: CheckFlags,
  known: readonly string[],
): CheckOptions {
  for (const { message, remedy, holds } of CONTRADICTIONS) {
    if (holds(flags, paths) === true) throw new UsageError(message, remedy);
  }
  const only = idsIn(flags.only ?? [], known);
  const skip = idsIn(flags.skip ?? [], known);
  const levels = levelsIn(flags.rule ?? [], known);
  const both = only.find((id) => skip.includes(id) || levels[id] === "off");
  if (both !== undefined) {
    const other = skip.includes(both) ? `--skip ${both}` : `--rule ${both}:off`;
    throw new UsageError(`--only ${both} and ${other} contradict each other.`, "Keep one.");
  }
  return {
    paths,
    format: oneOf("--format", flags.format, FORMATS),
    profile: flags.profile === undefined ? undefined : oneOf("--profile", flags.profile, PROFILES),
    levels,
    only,
    skip,
    action: flags.fix ? "fix" : flags.fixDryRun ? "dry run" : flags.diff ? "diff" : "show",
    maxWarnings: wholeNumber("--max-warnings", flags.maxWarnings ?? "0"),
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
    stdin: flags.stdin ? (flags.stdinFilename ?? "stdin.ts") : undefined,
    progress: flags.progress,
    config: flags.config,
    ignore: flags.ignore,
  };
}

function idsIn(lists: readonly string[], known: readonly string[]): string[] {
  const ids = lists.flatMap((it) => it.split(",")).map((it) => it.trim());
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw unknownRule(unknown, known);
  return ids;
}

function levelsIn(pairs: readonly string[], known: readonly string[]): Record<string, Level> {
  const levels: Record<string, Level> = {};
  for (const pair of pairs) {
    const [id = "", level, ...rest] = pair.split(":");
    if (level === undefined || rest.length > 0) {
      const message = `--rule ${pair} is not a rule and its level.`;
      throw new UsageError(message, "Write --rule id:level, such as --rule lost-update:error.");
    }
    if (!known.includes(id)) throw unknownRule(id, known);
    const chosen = oneOf(`--rule ${id}:…`, level, LEVELS);
    if (levels[id] !== undefined && levels[id] !== chosen) {
      const message = `--rule ${id}:${levels[id]} and --rule ${pair} contradict each other.`;
      throw new UsageError(message, "Keep one.");
    }
    levels[id] = chosen;
  }
  return levels;
}

function oneOf<const T extends string>(flag: string, value: string, values: readonly T[]): T {
  const chosen = values.find((it) => it === value);
  if (chosen !== undefined) return chosen;
  const near = closest(value, values);
  const remedy =
    near === undefined ? `Choose one of ${values.join(", ")}.` : `Did you mean \`${near}\`?`;
  throw new UsageError(`${flag} cannot be \`${value}\`.`, remedy);
}

function wholeNumber(flag: string, value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  throw new UsageError(`${flag} cannot be \`${value}\`.`, "Write a whole number, such as 0 or 10.");
}
