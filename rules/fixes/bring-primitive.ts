import type { Edit, NewFile } from "../../analysis/edit.ts";
import { folderOf, inside, parentOf } from "../../analysis/paths.ts";
import type { Program } from "../../analysis/program.ts";
import { isJavaScript, type SourceFile } from "../../analysis/syntax.ts";
import { addImport, type ImportOptions, type Needed } from "./add-import.ts";
import { importsOf } from "./module-style.ts";
import { vendoredFile } from "./vendored.ts";

// Where a fix gets a primitive from: what the project has comes first, and only where it has nothing
// of the kind does the primitive come along as a file of its own.
//
//  1. `mooring-runtime`, where it is installed.
//  2. A library for the same that is installed, in the order in which the fix names them.
//  3. The file of the primitive in the folder for such files, imported if it is there already, and
//     created in the same step if it is not. Only for TypeScript: the files are TypeScript.

/** A package with a counterpart of the primitive. */
export interface Library {
  readonly module: string;
  readonly needed: Needed;
  /** Cannot be loaded with `require` by the Node versions that are in use. */
  readonly esmOnly?: true;
}

export interface Brought {
  /** What to call it in this file. */
  readonly name: string;
  /** The package that it is from; `mooring-runtime` for the file of a primitive, too: they are alike. */
  readonly from: string;
  readonly edits: readonly Edit[];
  readonly creates: readonly NewFile[];
  /** What a title adds, so that nobody is surprised by a new file; else empty. */
  readonly aside: string;
}

const RUNTIME = "mooring-runtime";

/**
 * Makes a primitive of the runtime, or its counterpart in a library, usable in a file; undefined
 * where it cannot be had. Pure: says what would have to be changed.
 */
export function bringPrimitive(
  primitive: string,
  file: SourceFile,
  program: Program,
  options: ImportOptions & { readonly libraries?: readonly Library[] } = {},
): Brought | undefined {
  if (isInstalled(RUNTIME, file, program)) {
    return imported({ module: RUNTIME, needed: { name: primitive } }, file, options);
  }
  const library = (options.libraries ?? []).find(
    (it) => isInstalled(it.module, file, program) && !(it.esmOnly === true && isCommonJs(file)),
  );
  if (library !== undefined) return imported(library, file, options);
  return asFile(primitive, file, program, options);
}

/**
 * Whether the package would be found from the file, as Node looks for it, and is one that the
 * project asks for: others lie in `node_modules` for the sake of somebody else.
 */
export function isInstalled(name: string, { fileName }: SourceFile, program: Program): boolean {
  const folders = foldersAbove(fileName);
  const isThere = folders.some((it) =>
    program.types.exists(inside(it, `node_modules/${name}/package.json`)),
  );
  if (!isThere) return false;
  const manifests = folders.flatMap((it) => {
    const text = program.types.textOf(inside(it, "package.json"));
    return text === undefined ? [] : [text];
  });
  return manifests.length === 0 || manifests.some((it) => asksFor(name, it));
}

/** By its dependencies; by those for development only where nobody else can depend on the package. */
function asksFor(name: string, manifest: string): boolean {
  const json = objectIn(manifest);
  const kinds = ["dependencies", "peerDependencies", "optionalDependencies"];
  if (json["private"] === true) kinds.push("devDependencies");
  return kinds.some((it) => {
    const names = json[it];
    return typeof names === "object" && names !== null && Object.hasOwn(names, name);
  });
}

/** What is no JSON object asks for nothing. */
function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function imported(
  { module, needed }: Library,
  file: SourceFile,
  options: ImportOptions,
): Brought | undefined {
  const { edits, written } = addImport(file, module, [needed], options);
  const name = written.get(needed.name);
  return name === undefined ? undefined : { name, from: module, edits, creates: [], aside: "" };
}

function asFile(
  primitive: string,
  file: SourceFile,
  program: Program,
  options: ImportOptions,
): Brought | undefined {
  const vendored = isJavaScript(file) ? undefined : vendoredFile(primitive);
  if (vendored === undefined) return undefined;
  const folder = program.runtimeFolder?.(file.fileName) ?? usualFolder(file, program);
  const path = inside(folder, vendored.fileName);
  const isThere = program.types.exists(path);
  const specifier = specifierOf(path, file, program);
  const brought = imported({ module: specifier, needed: { name: primitive } }, file, options);
  return (
    brought && {
      ...brought,
      from: RUNTIME,
      creates: isThere ? [] : [{ file: path, text: vendored.text }],
      aside: isThere ? "" : `, which comes as '${vendored.fileName}'`,
    }
  );
}

/** As `mooring runtime add` has it: beside the sources of the package. */
function usualFolder({ fileName }: SourceFile, program: Program): string {
  const folders = foldersAbove(fileName);
  const isTop = (it: string) =>
    ["package.json", "tsconfig.json"].some((name) => program.types.exists(inside(it, name)));
  const top = folders.find(isTop) ?? folders[0] ?? "/";
  const sources = inside(top, "src");
  return fileName.startsWith(inside(sources, ""))
    ? inside(sources, "mooring")
    : inside(top, "mooring");
}

function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let it: string | undefined = folderOf(path); it !== undefined; it = parentOf(it)) {
    folders.push(it);
  }
  return folders;
}

/** The path from one file to the other, with the ending that other imports have here. */
function specifierOf(path: string, file: SourceFile, program: Program): string {
  const from = folderOf(file.fileName).split("/");
  const to = path.split("/");
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared += 1;
  const up = from.slice(shared).filter((it) => it !== "");
  const steps = up.length === 0 ? ["."] : up.map(() => "..");
  const whole = [...steps, ...to.slice(shared)].join("/");
  return whole.replace(/\.ts$/, endingIn(file, program));
}

function endingIn(file: SourceFile, program: Program): string {
  for (const { specifier } of importsOf(file)) {
    if (!specifier.startsWith(".")) continue;
    const ending = /\.[cm]?[jt]sx?$/.exec(specifier)?.[0];
    if (ending === undefined) return "";
    return /^\.[cm]?ts/.test(ending) ? ".ts" : ".js";
  }
  return program.types.importsNeedEndings ? ".js" : "";
}

function isCommonJs(file: SourceFile): boolean {
  return importsOf(file).some((it) => it.syntax !== "import") || /\.c[jt]s$/.test(file.fileName);
}
