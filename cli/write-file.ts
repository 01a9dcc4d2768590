import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { folderOf, inside } from "../analysis/paths.ts";

/**
 * Puts new contents in the place of a file at once: a reader, or a crash halfway, sees the old file
 * or the new one. What a link leads to is replaced, not the link; the permissions stay.
 *
 * Gives what went wrong, in the words of the system, and then the file is as it was.
 */
export function replaceFile(path: string, bytes: Uint8Array): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const temporary = inside(folderOf(path), `.${name}.${process.pid}.mooring`);
  try {
    const { mode } = statSync(path);
    writeFileSync(temporary, bytes, { flag: "wx" });
    chmodSync(temporary, mode);
    renameSync(temporary, path);
    return undefined;
  } catch (error) {
    rmSync(temporary, { force: true });
    return error instanceof Error ? error.message : String(error);
  }
}
