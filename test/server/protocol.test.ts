import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const types = readFileSync("server/protocol.ts", "utf8");
const page = readFileSync("docs/protocol.md", "utf8");

test("the page was read again when the types of the protocol changed last", () => {
  const hash = createHash("sha256").update(types).digest("hex").slice(0, 16);
  expect(
    page.includes(`\`${hash}\``),
    `Bring docs/protocol.md up to date, then write ${hash}`,
  ).toBe(true);
});

test("the page says what each request, notification, setting and command is for", () => {
  const methods = [...types.matchAll(/"(mooring[./][\w.]+)"/g)].map(([, it = ""]) => it);
  const settings = /interface ClientSettings \{([^]*?)\n\}/.exec(types)?.[1] ?? "";
  const names = [...settings.matchAll(/^ {2}readonly (\w+)/gm)].map(([, it = ""]) => it);
  expect(methods.length).toBeGreaterThan(6);
  expect(names).toContain("scope");
  expect([...methods, ...names].filter((it) => !page.includes(`\`${it}`))).toEqual([]);
});
