import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";
import { folderOf, inside } from "../../analysis/paths.ts";
import {
  closestPrimitive,
  type Primitive,
  primitiveOf,
  primitives,
  runtimeVersion,
} from "../../rules/fixes/vendored.ts";
import { Disk } from "../disk.ts";
import { count, type Paint, paintFor, type Shell } from "../shell.ts";
import { UsageError } from "../usage.ts";
import {
  fileOf,
  type State,
  type Vendored,
  vendoredAt,
  vendoredFiles,
  writeVendored,
} from "../vendored-files.ts";

// `mooring runtime …`: primitives as files of the user's own, for who wants no dependency.

export interface AddFlags {
  readonly to?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly force?: true | undefined;
}

export interface UpdateFlags {
  readonly dryRun?: true | undefined;
  readonly diff?: true | undefined;
  readonly force?: true | undefined;
}

/** What there is to add, one line each; or as JSON. */
export function listRuntime({ json }: { readonly json: boolean }, shell: Shell): number {
  if (json) {
    const rows = primitives.map(({ name, provides, exports, summary }) => {
      return { name, provides, exports, summary };
    });
    shell.out.write(
      `${JSON.stringify({ version: runtimeVersion, primitives: rows }, undefined, 2)}\n`,
    );
    return 0;
  }
  const paint = paintFor(shell.out, shell);
  const width = Math.max(...primitives.map((it) => it.name.length));
  for (const { name, summary } of primitives.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    shell.out.write(`${paint("bold", name.padEnd(width))}  ${paint("dim", summary)}\n`);
  }
  return 0;
}

/** Writes the files of the primitives. All are looked at before the first is written. */
export function addRuntime(names: readonly string[], flags: AddFlags, shell: Shell): number {
  const wanted = named(names);
  const disk = new Disk(shell.folder);
  const folder = flags.to === undefined ? usualFolder(disk) : disk.path(flags.to);
  if (disk.isFile(folder)) {
    const message = `${disk.shown(folder)} is a file, so nothing can be put into it.`;
    throw new UsageError(message, "--to names a folder; it need not exist.");
  }
  const plans = wanted.map((it) => planOf(it, inside(folder, fileOf(it.name).fileName), disk));
  if (flags.force !== true) refuseLosses(plans, disk);
  const paint = paintFor(shell.out, shell);
  for (const { primitive, path, existing } of plans) {
    const shown = paint("bold", disk.shown(path));
    if (existing === "current") {
      shell.out.write(`${paint("dim", "unchanged")} ${shown}\n`);
      continue;
    }
    if (flags.dryRun !== true) write(primitive.name, path, disk);
    const [did, would] = existing === "nothing" ? ["wrote", "write"] : ["updated", "update"];
    const verb = paint("green", flags.dryRun === true ? `would ${would}` : did);
    shell.out.write(`${verb} ${shown} ${paint("dim", `with ${primitive.provides.join(", ")}`)}\n`);
  }
  return 0;
}

/** How the vendored files here compare with this version; exit code 1 if one differs. */
export function runtimeStatus({ json }: { readonly json: boolean }, shell: Shell): number {
  const disk = new Disk(shell.folder);
  const files = vendoredFiles(disk);
  if (json) {
    const rows = files.map(({ path, name, version, state }) => {
      return { file: disk.shown(path), name, version, state };
    });
    shell.out.write(`${JSON.stringify({ version: runtimeVersion, files: rows }, undefined, 2)}\n`);
  } else {
    const paint = paintFor(shell.out, shell);
    printStates(files, disk, shell, paint);
    shell.out.write(`${paint("dim", closing(files))}\n`);
  }
  return files.every((it) => it.state === "current") ? 0 : 1;
}

/** Brings vendored files to this version; exit code 1 if one is left that differs. */
export function updateRuntime(names: readonly string[], flags: UpdateFlags, shell: Shell): number {
  const disk = new Disk(shell.folder);
  const wanted = new Set(named(names).map((it) => it.name));
  const all = vendoredFiles(disk);
  const files = all.filter((it) => wanted.size === 0 || wanted.has(it.name));
  const missing = [...wanted].filter((name) => !all.some((it) => it.name === name));
  if (0 < missing.length) {
    const message = `There is no vendored file of ${missing.join(", ")} below this folder.`;
    throw new UsageError(message, `\`mooring runtime add ${missing.join(" ")}\` writes one.`);
  }
  const paint = paintFor(shell.out, shell);
  const dry = flags.dryRun === true || flags.diff === true;
  const left: Vendored[] = [];
  let changed = 0;
  for (const file of files) {
    if (file.state === "current") continue;
    if (!mayReplace(file.state, flags.force === true)) {
      left.push(file);
      continue;
    }
    changed += 1;
    if (flags.diff === true) {
      shell.out.write(patchOf(disk.shown(file.path), file.text, fileOf(file.name).text));
      continue;
    }
    if (!dry) write(file.name, file.path, disk);
    const from =
      file.version === runtimeVersion ? "" : ` from ${file.version} to ${runtimeVersion}`;
    const verb = dry ? "would update" : "updated";
    shell.out.write(`${paint("green", verb)} ${paint("bold", disk.shown(file.path))}${from}\n`);
  }
  if (flags.diff !== true) {
    printStates(left, disk, shell, paint);
    if (changed === 0) shell.out.write(`${paint("dim", closing(files))}\n`);
  }
  return left.length === 0 && (changed === 0 || !dry) ? 0 : 1;
}

/** What is edited was edited by somebody, and a newer file knows more than this version. */
function mayReplace(state: State, force: boolean): boolean {
  return state === "outdated" || (force && state !== "unknown");
}

interface Plan {
  readonly primitive: Primitive;
  readonly path: string;
  /** What stands there: a file of this primitive, some other file, or nothing. */
  readonly existing: State | "another file" | "nothing";
}

function planOf(primitive: Primitive, path: string, disk: Disk): Plan {
  const vendored = vendoredAt(path, disk);
  if (vendored?.name === primitive.name) return { primitive, path, existing: vendored.state };
  return { primitive, path, existing: disk.isFile(path) ? "another file" : "nothing" };
}

/** Nothing is written over that somebody may miss. */
function refuseLosses(plans: readonly Plan[], disk: Disk): void {
  for (const { path, existing, primitive } of plans) {
    if (existing === "nothing" || existing === "current" || existing === "outdated") continue;
    const shown = disk.shown(path);
    if (existing === "another file") {
      const message = `${shown} exists and is not the vendored file of ${primitive.name}.`;
      throw new UsageError(message, "--to names another folder; --force overwrites the file.");
    }
    const message = `${shown} is ${WORDS[existing]}.`;
    throw new UsageError(message, "It stays as it is; --force overwrites it.");
  }
}

const WORDS: Readonly<Record<State, string>> = {
  current: "up to date",
  outdated: "from another version",
  edited: "edited by hand",
  "edited and outdated": "edited by hand and from another version",
  newer: "from a newer version than this one",
  unknown: "of a primitive that this version does not have",
};

/** The primitives of these names, which may be those of files or of what they export. */
function named(names: readonly string[]): readonly Primitive[] {
  const found = names.map((name) => {
    const primitive = primitiveOf(name);
    if (primitive !== undefined) return primitive;
    const message = `There is no primitive \`${name}\`.`;
    if (name === "trace" || name.startsWith("testing")) {
      const remedy = "It is in the npm package mooring-runtime only: it has to see all primitives.";
      throw new UsageError(message, remedy);
    }
    const near = closestPrimitive(name);
    throw new UsageError(
      message,
      near === undefined ? "`mooring runtime list` lists all." : `Did you mean \`${near}\`?`,
    );
  });
  return [...new Set(found)];
}

/** Beside the vendored files that there are, or else where sources are. */
function usualFolder(disk: Disk): string {
  const [first] = vendoredFiles(disk);
  if (first !== undefined) return folderOf(first.path);
  return disk.path(disk.isFolder(disk.path("src")) ? "src/mooring" : "mooring");
}

function write(name: string, path: string, disk: Disk): void {
  const failure = writeVendored(path, fileOf(name), disk);
  if (failure === undefined) return;
  const message = `${disk.shown(path)} could not be written (${failure}).`;
  throw new UsageError(message, "Check who may write it and its folder.");
}

function printStates(files: readonly Vendored[], disk: Disk, shell: Shell, paint: Paint): void {
  for (const { path, state, version } of files) {
    const mark = state === "current" ? paint("green", "✔") : paint("yellow", "▲");
    const word = state === "edited" || state === "current" ? "" : ` (${version})`;
    shell.out.write(`${mark} ${paint("bold", disk.shown(path))} is ${WORDS[state]}${word}\n`);
  }
}

function closing(files: readonly Vendored[]): string {
  if (files.length === 0) {
    return "There are no vendored files below this folder. `mooring runtime add mutex` writes one.";
  }
  const states = files.map((it) => it.state);
  const lines = [
    states.includes("outdated") ? "`mooring runtime update` brings them to this version." : "",
    states.some((it) => it.startsWith("edited"))
      ? "`mooring runtime update --diff --force` shows what your edits are; without --force they stay."
      : "",
    states.every((it) => it === "current")
      ? `${count(files.length, "vendored file")}, all as in mooring-runtime ${runtimeVersion}.`
      : "",
  ];
  return lines.filter((it) => it !== "").join("\n");
}

function patchOf(name: string, before: string, after: string): string {
  const patch = structuredPatch(`a/${name}`, `b/${name}`, before, after, "", "", { context: 3 });
  return formatPatch(patch, FILE_HEADERS_ONLY);
}
