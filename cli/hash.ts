import { createHash } from "node:crypto";
import { codeOf } from "../rules/fixes/vendored.ts";

/** The hash of a vendored file that its first line carries: 16 digits, the same whatever a formatter did to the file. */
export function hashOf(text: string): string {
  return createHash("sha256").update(codeOf(text)).digest("hex").slice(0, 16);
}
