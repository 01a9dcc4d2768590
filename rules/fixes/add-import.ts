import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import {
  type Node,
  type SourceFile,
  is,
  isJavaScript,
  sourceFileOf,
  startOf,
  textOf,
} from "../../analysis/syntax.ts";
import { order, placeImport } from "./import-place.ts";
import {
  type FileReading,
  type ImportLike,
  importsOf,
  type ModuleStyle,
  readFile,
} from "./module-style.ts";

/** An export of another module that is to be used in a file. */
export interface Needed {
  /** Its name over there; `default` for the default export. */
  readonly name: string;
  /** What to call it here if the file has no name for it yet: required for a default export. */
  readonly as?: string;
  /** Only its type is needed, so it need not be there at run time. JavaScript gets no import for it. */
  readonly typeOnly?: boolean;
}

export interface ImportOptions {
  /** How Node reads a .js file that does not show it itself: from the package.json above. */
  readonly moduleKind?: "esm" | "commonjs" | undefined;
  /** Text that is about to be replaced: names in there are not taken. */
  readonly replaced?: { readonly start: number; readonly end: number } | undefined;
}

export interface AddedImport {
  /** What has to change at the top of the file; nothing where all of it is imported already. */
  readonly edits: readonly Edit[];
  /** How to write each needed export in this file: `Mutex`, `runtime.Mutex`, `mooringTimeout`. */
  readonly written: ReadonlyMap<string, string>;
}

/**
 * Makes exports of a module usable in a file, in the file's own style.
 *
 * What is imported already is used under the name it has, also through a namespace (`runtime.Mutex`)
 * and from a sub-path of the same package. What is missing joins an import of the same module, in
 * order where the names there are in order; otherwise it gets an import of its own, `import`,
 * `require` or `import x = require()` as the file does it, with the other packages. A name that the
 * file uses for something else is imported under another one. A type-only import of a name that is
 * needed as a value becomes one of both. Comments, directives and `#!` at the top stay there.
 *
 * Pure text edits, which do not overlap, against the text of the tree.
 */
export function addImport(
  file: SourceFile,
  from: string,
  needed: readonly Needed[],
  options: ImportOptions = {},
): AddedImport {
  return importer(file, options)(from, needed);
}

/** The same for who asks about several imports of a file, which is then read once. */
export function importer(
  file: SourceFile,
  { moduleKind, replaced }: ImportOptions = {},
): (from: string, needed: readonly Needed[]) => AddedImport {
  const imports = importsOf(file);
  const reading = readFile(file, imports, moduleKind, replaced);
  return (from, needed) => added({ file, imports, reading }, from, needed);
}

interface Head {
  readonly file: SourceFile;
  readonly imports: readonly ImportLike[];
  readonly reading: FileReading;
}

function added(
  { file, imports, reading }: Head,
  from: string,
  needed: readonly Needed[],
): AddedImport {
  const same = imports.filter((it) => it.specifier === from || it.specifier.startsWith(`${from}/`));
  const written = new Map<string, string>();
  const edits: Edit[] = [];
  const missing: Missing[] = [];
  for (const it of needed) {
    const known = knownAs(it, same, from);
    if (known !== undefined) written.set(it.name, known);
    else if (it.typeOnly === true && isJavaScript(file)) written.set(it.name, it.as ?? it.name);
    else {
      const promoted = promotion(it, same);
      if (promoted === undefined) missing.push({ ...it, local: freeName(it, from, reading.names) });
      else {
        written.set(it.name, promoted.local);
        edits.push(...promoted.edits);
      }
    }
  }
  if (missing.length === 0) return { edits, written };
  for (const it of missing) written.set(it.name, it.local);
  const own = same.filter((it) => it.specifier === from);
  const joined = join(missing, own, isJavaScript(file));
  if (joined !== undefined) return { edits: [...edits, ...joined], written };
  const { style } = reading;
  if (style.syntax === "import-equals") {
    const namespace = freeName({ name: camelCase(from) }, from, reading.names);
    for (const it of missing) {
      written.set(it.name, it.name === "default" ? namespace : `${namespace}.${it.name}`);
    }
    const line = `import ${namespace} = require(${quoted(from, style)})${style.semicolon}`;
    return { edits: [...edits, placeImport(file, imports, from, line, style)], written };
  }
  const lines =
    style.syntax === "import"
      ? importLine(missing, from, style)
      : requireLines(missing, from, style);
  return { edits: [...edits, placeImport(file, imports, from, lines, style)], written };
}

interface Missing extends Needed {
  readonly local: string;
}

/** What the file calls the export already. */
function knownAs(
  { name, typeOnly = false }: Needed,
  same: readonly ImportLike[],
  from: string,
): string | undefined {
  for (const it of same) {
    if (it.typeOnly && !typeOnly) continue;
    const named = it.named.find(
      (other) => other.imported === name && (typeOnly || !other.typeOnly),
    );
    if (named !== undefined) return named.local;
    if (it.specifier !== from) continue;
    if (name === "default" && it.defaultName !== undefined) return it.defaultName;
    if (it.namespace === undefined) continue;
    // What `require` returns is the default export of a module that was not one of ECMAScript's.
    return name === "default" && it.syntax !== "import" ? it.namespace : `${it.namespace}.${name}`;
  }
  return undefined;
}

/** Makes a name that is imported as a type into one that is there at run time as well. */
function promotion({ name }: Needed, same: readonly ImportLike[]) {
  for (const it of same) {
    const named = it.named.find(({ imported }) => imported === name);
    if (named === undefined) continue;
    if (!it.typeOnly) return { local: named.local, edits: [withoutType(named.node)] };
    const others = it.named.filter((other) => other !== named);
    return {
      local: named.local,
      edits: [
        withoutImportType(it.statement),
        ...others.map(({ node }) => insertBefore(node, "type ")),
      ],
    };
  }
  return undefined;
}

function withoutType(specifier: Node): Edit {
  const { fileName } = sourceFileOf(specifier);
  const start = startOf(specifier);
  return { file: fileName, start, end: start + lengthOf(/^type\s+/, specifier), text: "" };
}

function withoutImportType(statement: Node): Edit {
  const { fileName } = sourceFileOf(statement);
  const start = startOf(statement);
  const end = start + lengthOf(/^import\s+type\s*/, statement);
  return { file: fileName, start, end, text: "import " };
}

function lengthOf(pattern: RegExp, node: Node): number {
  return pattern.exec(textOf(node))?.[0].length ?? 0;
}

/** Puts the names into an import of the module that can take them. */
function join(
  missing: readonly Missing[],
  own: readonly ImportLike[],
  isJs: boolean,
): readonly Edit[] | undefined {
  if (missing.some((it) => it.name === "default")) return undefined;
  const onlyTypes = missing.every((it) => it.typeOnly === true);
  const host =
    own.find((it) => it.braces !== undefined && (!it.typeOnly || onlyTypes)) ??
    own.find((it) => it.defaultName !== undefined && it.namespace === undefined && !it.typeOnly);
  if (host === undefined) return undefined;
  const separator = host.syntax === "import" ? " as " : ": ";
  const texts = missing.map((it) => {
    const type = it.typeOnly === true && !host.typeOnly && !isJs ? "type " : "";
    const name = it.local === it.name ? it.name : `${it.name}${separator}${it.local}`;
    return { name: it.name, text: `${type}${name}` };
  });
  if (host.braces !== undefined) return intoBraces(host, host.braces, texts);
  const { importClause } = is.ImportDeclaration(host.statement)
    ? host.statement
    : { importClause: undefined };
  const list = texts.map((it) => it.text).join(", ");
  return importClause && [insertAfter(importClause, `, { ${list} }`)];
}

interface NewName {
  readonly name: string;
  readonly text: string;
}

function intoBraces(host: ImportLike, braces: Node, texts: readonly NewName[]): Edit[] {
  const { named } = host;
  const sorted = texts.toSorted((a, b) => order(a.name, b.name));
  const last = named.at(-1);
  if (last === undefined) {
    const file = sourceFileOf(braces);
    const start = startOf(braces, file);
    const list = sorted.map((it) => it.text).join(", ");
    return [{ file: file.fileName, start, end: braces.end, text: `{ ${list} }` }];
  }
  const gap = gapOf(
    braces,
    named.map((it) => it.node),
  );
  const isSorted =
    1 < named.length &&
    named.every((it, index) => {
      const next = named[index + 1];
      return next === undefined || order(it.imported, next.imported) <= 0;
    });
  const places = new Map<Node | undefined, string[]>();
  for (const { name, text } of sorted) {
    const next = isSorted ? named.find((it) => 0 < order(it.imported, name))?.node : undefined;
    places.set(next, [...(places.get(next) ?? []), text]);
  }
  return [...places].map(([next, group]) =>
    next === undefined
      ? insertAfter(last.node, group.map((it) => `,${gap}${it}`).join(""))
      : insertBefore(next, group.map((it) => `${it},${gap}`).join("")),
  );
}

/** What stands between two names: a space, or a line break with its indentation. */
function gapOf(braces: Node, names: readonly Node[]): string {
  const file = sourceFileOf(braces);
  const [first] = names;
  if (first === undefined) return " ";
  const before = file.text.slice(startOf(braces, file) + 1, startOf(first, file));
  return /\r?\n[ \t]*$/.exec(before)?.[0] ?? " ";
}

function importLine(missing: readonly Missing[], from: string, style: ModuleStyle): string {
  const names = missing.filter((it) => it.name !== "default");
  const onlyTypes = missing.every((it) => it.typeOnly === true);
  const list = names
    .toSorted((a, b) => order(a.name, b.name))
    .map((it) => {
      const type = it.typeOnly === true && !onlyTypes ? "type " : "";
      return `${type}${it.local === it.name ? it.name : `${it.name} as ${it.local}`}`;
    });
  const clause = [
    ...missing.filter((it) => it.name === "default").map((it) => it.local),
    ...(list.length === 0 ? [] : [`{ ${list.join(", ")} }`]),
  ].join(", ");
  return `import ${onlyTypes ? "type " : ""}${clause} from ${quoted(from, style)}${style.semicolon}`;
}

function requireLines(missing: readonly Missing[], from: string, style: ModuleStyle): string {
  const right = `require(${quoted(from, style)})${style.semicolon}`;
  const list = missing
    .filter((it) => it.name !== "default")
    .toSorted((a, b) => order(a.name, b.name))
    .map((it) => (it.local === it.name ? it.name : `${it.name}: ${it.local}`));
  return [
    ...missing.filter((it) => it.name === "default").map((it) => it.local),
    ...(list.length === 0 ? [] : [`{ ${list.join(", ")} }`]),
  ]
    .map((left) => `${style.keyword} ${left} = ${right}`)
    .join(style.newline);
}

function quoted(text: string, { quote }: ModuleStyle): string {
  return `${quote}${text}${quote}`;
}

/** `timeout` or, where the file means something else by that, `mooringTimeout`, `mooringTimeout2`. */
function freeName({ name, as }: Needed, from: string, taken: FileReading["names"]): string {
  const wish = as ?? (name === "default" ? camelCase(from) : name);
  if (!taken.has(wish)) return wish;
  const [brand = "", ...rest] = camelCase(from).split(/(?=[A-Z])/);
  const other =
    wish === camelCase(from)
      ? [brand, ...rest].join("")
      : `${brand}${wish.charAt(0).toUpperCase()}${wish.slice(1)}`;
  if (!taken.has(other)) return other;
  for (let number = 2; ; number++) if (!taken.has(`${other}${number}`)) return `${other}${number}`;
}

/** `mooring-runtime` → `mooringRuntime`, `@scope/p-limit/x` → `pLimit`. */
function camelCase(specifier: string): string {
  const name = specifier.replace(/^@[^/]+\//, "").replace(/\/.*$/, "");
  return name.replace(/[^A-Za-z0-9]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
