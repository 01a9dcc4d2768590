import { readFileSync } from "node:fs";

/** Of the package that this is part of. */
export function version(): string {
  try {
    const manifest: unknown = JSON.parse(
      readFileSync(new URL("../package.json", import.meta.url), "utf8"),
    );
    if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
      return String(manifest.version);
    }
  } catch {
    // The bundle stands alone.
  }
  return "0.0.0";
}
