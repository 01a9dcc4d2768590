import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test.each([
  ["index", 12_000],
  ["vite", 3_000],
  ["esbuild", 5_500],
  ["jest", 5_500],
])("%s is at most %i bytes, minified and compressed", async (name, budget) => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../../runtime/testing/${name}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    // No platform: nothing of Node may be imported, so that the kit also runs in a browser.
    platform: "neutral",
  });
  const size = gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
  console.log(`${name}: ${size} bytes`);
  expect(size).toBeLessThanOrEqual(budget);
});
