import { expect, test } from "vitest";
import { start } from "./harness.ts";

const TSCONFIG = JSON.stringify({ compilerOptions: { strict: true, target: "es2022" } });

test("an open file has its findings, with rule, page and source", async () => {
  const client = await start({
    files: {
      "tsconfig.json": TSCONFIG,
      "cart.ts":
        "export declare function save(): Promise<void>;\nexport async function pay() {\n  save();\n}\n",
    },
  });
  await client.open("cart.ts");
  const [found, ...rest] = await client.diagnostics("cart.ts");
  expect(rest).toEqual([]);
  expect(found).toMatchObject({ code: "floating-promise", source: "mooring" });
  expect(found?.codeDescription?.href).toMatch(/rules\/floating-promise\/floating-promise\.md$/);
  expect(found && client.textOf("cart.ts", found.range)).toBe("save()");
});
