import fc from "fast-check";
import { expect, test } from "vitest";
import { start } from "./harness.ts";
import { PullingClient } from "./pulling-client.ts";

// What VS Code shows is right in the end, whatever was opened, typed and closed on the way, and
// whatever it threw away of what it was told.

const files = {
  "tsconfig.json": JSON.stringify({ compilerOptions: { strict: true, lib: ["es2022"] } }),
  "disk.ts": "export declare function save(): Promise<void>;\n",
  "cart.ts": 'import { save } from "./disk";\nexport function pay() {\n  save();\n}\n',
  "shop.ts": 'import { save } from "./disk";\nexport function sell() {\n  save();\n}\n',
};
type Name = "disk.ts" | "cart.ts" | "shop.ts";

/** Per file: what may be typed, and back again. */
const TYPED: Readonly<Record<Name, readonly [string, string]>> = {
  "disk.ts": ["Promise<void>", "void"],
  "cart.ts": ["  save()", "  return save()"],
  "shop.ts": ["  save()", "  return save()"],
};

type Step =
  | { readonly kind: "open" | "type" | "close tab" | "close"; readonly name: Name }
  | { readonly kind: "rest"; readonly turns: number };

const name = fc.constantFrom<Name[]>("disk.ts", "cart.ts", "shop.ts");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("open" as const), name }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("type" as const), name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("close tab" as const), name }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("close" as const), name }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("rest" as const), turns: fc.nat(300) }) },
);

test("what is shown is right in the end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const client = await start({ files });
      const editor = new PullingClient(client);
      const typed = new Set<Name>();
      for (const it of steps) {
        if (it.kind === "rest") await turns(it.turns);
        else if (it.kind === "open") await editor.open(it.name, files[it.name]);
        else if (editor.has(it.name)) await act(editor, it.kind, it.name, typed);
      }
      const isSlow = !typed.has("disk.ts");
      const expected = (["cart.ts", "shop.ts"] as const).map((it) =>
        isSlow && !typed.has(it) ? ["floating-promise"] : [],
      );
      const shown = () => ["cart.ts", "shop.ts"].map((it) => editor.codesOf(it));
      await client.until(() =>
        JSON.stringify(shown()) === JSON.stringify(expected) ? true : undefined,
      );
      // And stays so when all is said.
      await client.connection.sendRequest("mooring/information");
      await turns(50);
      expect(shown()).toEqual(expected);
      editor.stop();
      await client.stop();
    }),
    { numRuns: 40, seed: 7, endOnFailure: true },
  );
}, 120_000);

async function act(
  editor: PullingClient,
  kind: "type" | "close tab" | "close",
  file: Name,
  typed: Set<Name>,
): Promise<void> {
  if (kind === "close tab") editor.closeTab(file);
  if (kind === "close") {
    typed.delete(file);
    await editor.close(file);
  }
  if (kind === "type") {
    const [before, after] = TYPED[file];
    const isTyped = typed.delete(file);
    if (!isTyped) typed.add(file);
    await editor.edit(file, isTyped ? after : before, isTyped ? before : after);
  }
}

/** Lets messages come and go, for no time in particular. */
async function turns(count: number): Promise<void> {
  for (let left = count; 0 < left; left -= 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
