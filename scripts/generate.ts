import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { kindsModule } from "./generate-kinds.ts";

/** Maps each generated file to the text it should have. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([["analysis/kinds.generated.ts", kindsModule()]]);
}

if (process.argv[1]?.endsWith("generate.ts") === true) {
  for (const [path, text] of generatedFiles()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
