import { fileURLToPath, pathToFileURL } from "node:url";

/** The path of a file, absolute with forward slashes; undefined for what is not on the disk. */
export function pathOf(uri: string): string | undefined {
  if (!/^file:/i.test(uri)) return undefined;
  try {
    return slashed(fileURLToPath(uri));
  } catch {
    // A host that this system cannot reach, or a broken escape: no file of ours.
    return undefined;
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

export function slashed(path: string): string {
  return process.platform === "win32" ? path.replaceAll("\\", "/") : path;
}
