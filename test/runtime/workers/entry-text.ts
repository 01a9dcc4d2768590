import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

/** What `runtime/workers/entry.generated.ts` has to be, made from `entry.ts` beside it. */
export function entryText(): string {
  const source = readFileSync(
    new URL("../../../runtime/workers/entry.ts", import.meta.url),
    "utf8",
  );
  const { code } = transformSync(source, {
    loader: "ts",
    format: "iife",
    minify: true,
    target: "es2022",
  });
  return [
    "// Made from entry.ts by `npx vitest run test/runtime/workers -u`; a test compares them.",
    `export const entry: string = ${JSON.stringify(code.trim())};`,
    "",
  ].join("\n");
}
