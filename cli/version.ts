import { readFileSync } from "node:fs";

/** Of Mooring, from the manifest next to `cli/` and, once built, next to `dist/`. */
export function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    return String(manifest.version);
  }
  return "unknown";
}
