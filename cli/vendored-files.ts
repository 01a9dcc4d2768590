import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { folderOf } from "../analysis/paths.ts";
import {
  headerIn,
  primitives,
  runtimeVersion,
  type VendoredFile,
  vendoredFile,
} from "../rules/fixes/vendored.ts";
import type { Disk } from "./disk.ts";
import { hashOf } from "./hash.ts";
import { encode, withLineEndsOf } from "./text.ts";
import { replaceFile } from "./write-file.ts";

/** How a vendored file compares with what this version of Mooring would write. */
export type State =
  /** The same, or the same but for a formatter. */
  | "current"
  /** As it once was written, by another version. */
  | "outdated"
  /** Changed by somebody since it was written. */
  | "edited"
  /** Changed, and there is another version. */
  | "edited and outdated"
  /** Written by a version after this one. */
  | "newer"
  /** Of a primitive that this version does not have. */
  | "unknown";

export interface Vendored {
  readonly path: string;
  /** Of the primitive. */
  readonly name: string;
  /** Of the runtime that wrote the file. */
  readonly version: string;
  readonly state: State;
  readonly text: string;
}

/** Enough for the first line, which tells vendored files from others. */
const START_BYTES = 128;

/** The vendored files in and below the working folder, by path. Packages and what tools made are left out. */
export function vendoredFiles(disk: Disk): readonly Vendored[] {
  const paths = globSync("**/*.{ts,mts,cts}", {
    cwd: disk.folder,
    dot: true,
    followSymbolicLinks: false,
    expandDirectories: false,
    ignore: ["**/node_modules/**", "**/.git/**", "**/*.d.{ts,mts,cts}"],
  });
  return paths
    .map((it) => disk.path(it))
    .toSorted()
    .filter((it) => headerIn(startOf(it)) !== undefined)
    .flatMap((it) => vendoredAt(it, disk) ?? []);
}

/** What stands at a path; undefined if that is nothing, or not a vendored file. */
export function vendoredAt(path: string, disk: Disk): Vendored | undefined {
  const text = disk.read(path);
  const header = text === undefined ? undefined : headerIn(text);
  if (text === undefined || header === undefined) return undefined;
  const { name, version } = header;
  return { path, name, version, text, state: stateOf(text, header) };
}

function stateOf(
  text: string,
  {
    name,
    version,
    hash,
  }: { readonly name: string; readonly version: string; readonly hash: string },
): State {
  const known = primitives.find((it) => it.name === name);
  if (known === undefined) return isNewer(version) ? "newer" : "unknown";
  const actual = hashOf(text);
  if (actual === known.hash) return "current";
  if (isNewer(version)) return "newer";
  if (actual === hash) return "outdated";
  return hash === known.hash ? "edited" : "edited and outdated";
}

function isNewer(version: string): boolean {
  const [theirs, ours] = [version, runtimeVersion].map((it) => it.split(/[.-]/).map(Number));
  for (const [index, part] of (ours ?? []).entries()) {
    const other = theirs?.[index] ?? 0;
    if (other !== part) return part < other;
  }
  return false;
}

/** Its text in the place of what is there. The line ends of the file stay. Gives what went wrong, in the system's words. */
export function writeVendored(
  path: string,
  { text }: VendoredFile,
  disk: Disk,
): string | undefined {
  const before = disk.read(path);
  const bytes = encode(before === undefined ? text : withLineEndsOf(before, text), "utf-8");
  disk.forget(path);
  if (before !== undefined) return replaceFile(disk.realPath(path), bytes);
  try {
    mkdirSync(folderOf(path), { recursive: true });
    writeFileSync(path, bytes, { flag: "wx" });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The file of a primitive that is known to be one. */
export function fileOf(name: string): VendoredFile {
  const file = vendoredFile(name);
  if (file === undefined) throw new Error(`There is no primitive ${name}.`);
  return file;
}

function startOf(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const bytes = new Uint8Array(START_BYTES);
    return new TextDecoder().decode(bytes.subarray(0, readSync(file, bytes)));
  } catch {
    // Gone, or not for us to read: then it is not one that we can look after.
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
