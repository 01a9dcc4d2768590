import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generatedFiles } from "../scripts/generate.ts";

for (const [path, text] of await generatedFiles()) {
  test(`${path} is up to date (run \`npm run generate\`)`, () => {
    expect(readFileSync(path, "utf8")).toBe(text);
  });
}
