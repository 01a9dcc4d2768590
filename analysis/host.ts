/**
 * How file contents come in. The analysis knows no disk: the command line serves it from the disk,
 * the language server from open documents and the disk, tests from memory. Paths are absolute with
 * forward slashes. Nothing here throws: what cannot be read is `undefined`.
 */
export interface Host {
  readonly caseSensitive: boolean;
  /** The folder that relative paths count from. */
  readonly folder: string;
  read(path: string): string | undefined;
  isFile(path: string): boolean;
  isFolder(path: string): boolean;
  /** The names in a folder; empty where there is none. */
  list(folder: string): readonly { readonly name: string; readonly isFolder: boolean }[];
  /** Links followed; the path itself where there are none. */
  realPath(path: string): string;
}
