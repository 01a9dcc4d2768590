import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { globSync } from "tinyglobby";
import { describe, expect, test } from "vitest";
import * as kit from "../../../runtime/testing/index.ts";

const folder = fileURLToPath(new URL("../../../runtime/testing/", import.meta.url));

/** The body of every `@example`, by the file it stands in. */
const examples = globSync("*.ts", { cwd: folder }).flatMap((file) =>
  [...readFileSync(folder + file, "utf8").matchAll(/@example\n([^]*?)\n \*\//g)].map(
    ([, body = ""]) => [file, body.replaceAll(/^ \* ?/gm, "")] as const,
  ),
);

async function run(body: string): Promise<void> {
  const names = { assert, ...kit };
  // oxlint-disable-next-line typescript/no-implied-eval -- the examples are texts in comments
  const program: unknown = new Function(
    ...Object.keys(names),
    `return (async () => { ${body}\n })()`,
  );
  if (typeof program === "function") await program(...Object.values(names));
}

describe("every example does what it says", () => {
  test.each(examples)("%s", async (_, body) => {
    await run(body);
  });

  test("that there are examples", () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });
});

test("the first example of the README fails as shown there", async () => {
  const readme = readFileSync(`${folder}README.md`, "utf8");
  const body = /await? ?explore\((async \(sim\)[^]*?\n {2}\})\)/.exec(
    readme.replace("=>\n  explore", "=> await explore"),
  )?.[1];
  const error: unknown = await run(`await explore(${body ?? ""})`).catch((it: unknown) => it);
  const [headline = "", ...rest] =
    /```\n(The test fails[^]*?)```/.exec(readme)?.[1]?.split("\n") ?? [];
  expect(String(error)).toContain(headline);
  expect(String(error)).toContain(rest.findLast((it) => it.startsWith("Replay")));
});
