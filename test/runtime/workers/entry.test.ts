import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { entryText } from "./entry-text.ts";

test("the text that is sent to the threads is entry.ts", async () => {
  const file = new URL("../../../runtime/workers/entry.generated.ts", import.meta.url);
  await expect(entryText()).toMatchFileSnapshot(fileURLToPath(file));
});
