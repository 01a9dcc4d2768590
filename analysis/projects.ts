import {
  type CompilerOptions,
  type ConfigMessage,
  inferredOptions,
  isSyntaxError,
  javaScript,
  MISSING_REFERENCE,
  type ParsedConfig,
  parseConfig,
  UNREADABLE,
} from "./engine/morph-config.ts";
import type { Host } from "./host.ts";
import { folderOf, inside, parentOf } from "./paths.ts";

/** Files that are analysed together, and how. */
export interface ProjectPlan {
  /** The config, or the folder of files that have none. */
  readonly name: string;
  /** All files that make up the project: ambient declarations count though nobody imports them. */
  readonly files: readonly string[];
  /** Those among them whose findings are wanted. */
  readonly asked: readonly string[];
  readonly options: CompilerOptions;
  /** The configs of referenced projects, whose sources stand in for their output. */
  readonly references: readonly string[];
}

/** What is wrong with a config. Whatever it is, the files are analysed with what could be read. */
export interface ConfigProblem {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly remedy: string;
  /** Where the remedy is a question, "did you mean …": what to write, and in place of what. */
  readonly instead?: { readonly start: number; readonly end: number; readonly text: string };
}

export interface Plan {
  readonly projects: readonly ProjectPlan[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Groups files into projects as an editor does: by the nearest tsconfig or jsconfig above a file, or
 * by the one among its references that includes the file. A file that none includes is analysed
 * with the options of the nearest, one without any config with options that fit most code. Each
 * file belongs to one project, however many include it.
 */
export function planProjects(files: readonly string[], host: Host): Plan {
  const configs = new Configs(host);
  const drafts = new Map<string, Draft>();
  const seen = new Set<string>();

  for (const file of files) {
    const real = host.realPath(file);
    if (seen.has(real) || !SOURCE.test(file)) continue;
    seen.add(real);
    const config = configs.of(file);
    const name = config?.path ?? packageFolder(file, host);
    let draft = drafts.get(name);
    if (draft === undefined) drafts.set(name, (draft = { config, asked: [] }));
    draft.asked.push(file);
  }
  return {
    projects: [...drafts].map(([name, draft]) => planOf(name, draft)),
    problems: configs.problems(),
  };
}

/** Whether a change of this file can change the plan. */
export function isConfig(path: string): boolean {
  return path.endsWith(".json") && !path.includes("/node_modules/");
}

export function isSource(path: string): boolean {
  return SOURCE.test(path);
}

/** Declarations hold no code that runs. */
export function isChecked(path: string): boolean {
  return isSource(path) && !/\.d\.(?:[^./]+\.)?[cm]?ts$/.test(path);
}

const SOURCE = /\.[cm]?[jt]sx?$/;
const JAVASCRIPT = /\.[cm]?jsx?$/;

interface Draft {
  readonly config: ParsedConfig | undefined;
  readonly asked: string[];
}

function planOf(name: string, { config, asked }: Draft): ProjectPlan {
  if (config === undefined) {
    return { name, files: asked, asked, options: inferredOptions(name), references: [] };
  }
  const { options, references } = config;
  return {
    name,
    files: [...new Set([...config.files, ...asked])],
    asked,
    // JavaScript that was asked for is analysed, whether or not the project compiles any.
    options: asked.some((it) => JAVASCRIPT.test(it)) ? javaScript(options) : options,
    references,
  };
}

/** What belongs together without a config: the files of one package. */
function packageFolder(file: string, host: Host): string {
  for (let at: string | undefined = folderOf(file); at !== undefined; at = parentOf(at)) {
    if (host.isFile(inside(at, "package.json"))) return at;
  }
  return file.startsWith(inside(host.folder, "")) ? host.folder : folderOf(file);
}

/** The configs that were looked at, each parsed once. */
class Configs {
  private readonly host: Host;
  private readonly parsed = new Map<string, ParsedConfig>();
  private readonly included = new Map<string, ReadonlySet<string>>();
  private readonly nearest = new Map<string, string | undefined>();

  constructor(host: Host) {
    this.host = host;
  }

  of(file: string): ParsedConfig | undefined {
    const path = this.nearestTo(folderOf(file));
    if (path === undefined) return undefined;
    const config = this.parse(path);
    return this.including(file, config, new Set()) ?? config;
  }

  problems(): readonly ConfigProblem[] {
    const problems = new Map<string, ConfigProblem>();
    for (const { problems: messages } of this.parsed.values()) {
      for (const it of messages) {
        // What several configs extend is wrong once.
        problems.set(`${it.file} ${it.start} ${it.code} ${it.text}`, problemOf(it));
      }
    }
    return [...problems.values()];
  }

  private nearestTo(folder: string): string | undefined {
    if (this.nearest.has(folder)) return this.nearest.get(folder);
    const here = ["tsconfig.json", "jsconfig.json"]
      .map((it) => inside(folder, it))
      .find((it) => this.host.isFile(it));
    const parent = parentOf(folder);
    const found = here ?? (parent === undefined ? undefined : this.nearestTo(parent));
    this.nearest.set(folder, found);
    return found;
  }

  /** The config itself or the first of its references that includes the file, deep ones as well. */
  private including(
    file: string,
    config: ParsedConfig,
    visited: Set<string>,
  ): ParsedConfig | undefined {
    if (visited.has(config.path)) return undefined;
    visited.add(config.path);
    if (this.filesOf(config).has(file)) return config;
    for (const path of config.references) {
      if (!this.host.isFile(path)) continue;
      const found = this.including(file, this.parse(path), visited);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private filesOf(config: ParsedConfig): ReadonlySet<string> {
    let files = this.included.get(config.path);
    if (files === undefined) this.included.set(config.path, (files = new Set(config.files)));
    return files;
  }

  private parse(path: string): ParsedConfig {
    let config = this.parsed.get(path);
    if (config === undefined) this.parsed.set(path, (config = parseConfig(path, this.host)));
    return config;
  }
}

function problemOf(it: ConfigMessage): ConfigProblem {
  const { file, start, end } = it;
  return { file, start, end, ...wordsFor(it) };
}

function wordsFor({ code, text }: ConfigMessage): { message: string; remedy: string } {
  if (code === UNREADABLE) {
    return {
      message: "This config cannot be read.",
      remedy: "Check that the file may be read; until then its files get options that fit most.",
    };
  }
  if (code === MISSING_REFERENCE) {
    return {
      message: `There is no config at ${text}, which this one references.`,
      remedy: 'Correct the path in "references", or remove it; it is left out until then.',
    };
  }
  if (isSyntaxError(code)) {
    return {
      message: `This is not the JSON of a config: ${text}`,
      remedy: "Correct the syntax here; until then what comes before and after it counts.",
    };
  }
  if (code === 18000) {
    return {
      message: `This config extends itself: ${text.replace(/^.*?: /, "")}.`,
      remedy: 'Take one of these out of "extends"; until then nothing is inherited.',
    };
  }
  if (code === 18002 || code === 18003) {
    return {
      message: "This config includes no file.",
      remedy:
        'Correct "include", "exclude" or "files"; until then the files below it are analysed ' +
        "with its options, and its ambient declarations are not found.",
    };
  }
  if (/cannot read file|not found/i.test(text)) {
    return {
      message: `A config that this one extends cannot be read: ${text}`,
      remedy: 'Correct the path in "extends", or install the package that has it.',
    };
  }
  if (code === 5023 || code === 5025) {
    return {
      message: text,
      remedy: "Correct the name, or remove the option; it does not count until then.",
    };
  }
  return { message: text, remedy: "Correct the value; the setting does not count until then." };
}
