import { closest } from "../../analysis/closest.ts";
import { sources } from "./vendored.generated.ts";

// Primitives of the runtime as files of the user's own: who does not want a dependency gets one file for each primitive,
// which imports nothing. Fixes add such a file; `mooring runtime` adds, compares and updates it.
//
// The texts come from runtime/ by way of `npm run generate`, as declarations that are put together here, because most
// primitives stand on the same core. Nothing here knows a disk.

/** A statement at the top of a source of the runtime. An essay about a file is one without name and code. */
export interface Declaration {
  readonly name: string;
  readonly comment: string;

  /** Without `export`. */
  readonly code: string;

  /** Belongs to what stands before it, without a line between them. */
  readonly joined?: true;
}

export interface Primitive {
  /** As in `mooring runtime add rw-lock`, and in `mooring-runtime/rw-lock`. */
  readonly name: string;

  /** The classes and functions that it is there for: `channel` and `unbounded` for channel. */
  readonly provides: readonly string[];

  /** One sentence. */
  readonly summary: string;

  /** What its file exports: the primitive, the types it is used with, and the errors it can fail with. */
  readonly exports: readonly string[];

  /** Of the code of its file; see `codeOf`. */
  readonly hash: string;

  /** Its declarations, as indices of all. */
  readonly members: readonly number[];
}

export interface VendoredSources {
  readonly version: string;
  readonly primitives: readonly Primitive[];
  readonly declarations: readonly Declaration[];
}

export interface VendoredFile {
  /** As in `mutex.ts`; in which folder is up to who writes it. */
  readonly fileName: string;
  readonly text: string;

  /** The names that can be imported from it, types included. */
  readonly exports: readonly string[];
}

export const primitives: readonly Primitive[] = sources.primitives;

/** Of the runtime that the files are made from. */
export const runtimeVersion: string = sources.version;

/** The file of a primitive, by the primitive's name or by what it provides: `mutex` and `Mutex` give the same. */
export function vendoredFile(name: string): VendoredFile | undefined {
  const primitive = primitiveOf(name);
  if (primitive === undefined) return undefined;
  const { exports } = primitive;
  return { fileName: `${primitive.name}.ts`, text: assembled(primitive, sources), exports };
}

export function primitiveOf(name: string): Primitive | undefined {
  return (
    primitives.find((it) => it.name === name) ?? primitives.find((it) => it.provides.includes(name))
  );
}

/** The primitive that somebody most likely meant. */
export function closestPrimitive(name: string): string | undefined {
  return closest(
    fileNameOf(name),
    primitives.map((it) => it.name),
  );
}

/** `RwLock` and `rwLock` live in the file `rw-lock`. */
function fileNameOf(name: string): string {
  return name.replaceAll(/\B[A-Z]/g, (it) => `-${it}`).toLowerCase();
}

/** The whole text of a primitive's file. */
export function assembled(
  primitive: Primitive,
  { version, declarations }: VendoredSources,
): string {
  const exported = new Set(primitive.exports);
  let text = headerOf(primitive, version);
  let previous = -1;
  for (const index of primitive.members) {
    const it = declarations[index];
    if (it === undefined) continue;
    const isNext = it.joined === true && previous === index - 1;
    const comment = it.comment === "" ? "" : `${it.comment}\n`;
    text += `${isNext ? "" : "\n"}${comment}${exported.has(it.name) ? "export " : ""}${it.code}\n`;
    previous = index;
  }
  return text;
}

/** Linters and formatters of the project are told to leave the file alone: it follows the style of another house. */
function headerOf({ name, hash }: Primitive, version: string): string {
  return `// ${name}, vendored from mooring-runtime ${version} (${hash})
// SPDX-License-Identifier: MIT. Copyright (c) 2026 The Mooring authors.
//
// Written by \`mooring runtime add ${name}\`. It imports nothing and is yours: \`mooring runtime status\` tells whether there
// is another version, and \`mooring runtime update\` brings it, but never over your own changes.
/* eslint-disable */
// biome-ignore-all lint: not written here
// deno-lint-ignore-file
/// <reference lib="esnext.disposable" />
`;
}

/** What the first line of a vendored file says; undefined for other files. */
export function headerIn(
  text: string,
): { readonly name: string; readonly version: string; readonly hash: string } | undefined {
  const pattern = /^\uFEFF?\/\/ ([\w-]+), vendored from mooring-runtime (\S+) \(([\da-f]*)\)/;
  const [, name, version, hash] = pattern.exec(text) ?? [];
  if (name === undefined || version === undefined || hash === undefined) return undefined;
  return { name, version, hash };
}

/**
 * What of a vendored file counts when it is compared: its code and comments, without header, and without what a
 * formatter changes. A project's formatter goes over all files; that is no edit of somebody who wants to keep it.
 */
export function codeOf(text: string): string {
  const start = text.search(/^\/\/\/ <reference/m);
  const plain = text
    .slice(Math.max(0, start))
    .replaceAll(/,(?=\s*[)\]}>])/g, "")
    .replaceAll(/(?<=[=:<(,]\s*|\b(?:extends|as)\s+)\|(?!\|)/g, "");
  return withoutGrouping(plain).replaceAll(/[\s;"'\\]+/g, "");
}

/** Without the parentheses that are not those of a call or of parameters: formatters add and remove them. */
function withoutGrouping(text: string): string {
  const isKept: boolean[] = [];
  return text.replaceAll(/[()]/g, (it, at: number) => {
    if (it === "(") isKept.push(/[\w$)\]>]/.test(text.charAt(at - 1)));
    return (it === "(" ? isKept.at(-1) : isKept.pop()) === false ? "" : it;
  });
}
