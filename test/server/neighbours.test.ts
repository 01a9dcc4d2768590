import { expect, test } from "vitest";
import { nameOfRule } from "../../server/neighbours.ts";
import type { NeighbourReport, Status } from "../../server/protocol.ts";
import { type Client, start } from "./harness.ts";

const CART = `import { save, send } from "./disk";
export async function pay(): Promise<void> {
  save();
  send();
}
`;
const files = {
  "tsconfig.json": JSON.stringify({
    compilerOptions: { strict: true, target: "es2022", lib: ["es2022"] },
  }),
  "disk.ts":
    "export declare function save(): Promise<void>;\nexport declare const send: typeof save;\n",
  "cart.ts": CART,
};

const ESLINT: NeighbourReport = {
  code: "@typescript-eslint/no-floating-promises",
  source: "eslint",
  line: 2,
};

async function say(client: Client, reports: readonly NeighbourReport[]): Promise<void> {
  const uri = client.workspace.uri("cart.ts");
  await client.connection.sendNotification("mooring/neighbours", { uri, reports });
}

async function linesIn(client: Client): Promise<readonly number[]> {
  return (await client.diagnostics("cart.ts")).map((it) => it.range.start.line);
}

async function statusOf(client: Client): Promise<Status> {
  const uri = client.workspace.uri("cart.ts");
  return client.connection.sendRequest("mooring/status", { uri });
}

test("what another linter reports on the same line is left to it, and nothing else", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  expect(await linesIn(client)).toEqual([2, 3]);

  await say(client, [ESLINT]);
  expect(await linesIn(client)).toEqual([3]);
  expect((await statusOf(client)).file).toMatchObject({
    findings: 1,
    left: [{ source: "eslint", count: 1 }],
  });

  await say(client, [{ ...ESLINT, code: "no-console" }]);
  expect(await linesIn(client)).toEqual([2, 3]);
  await say(client, [ESLINT, { ...ESLINT, line: 3 }]);
  expect(await linesIn(client)).toEqual([]);
  await say(client, []);
  expect(await linesIn(client)).toEqual([2, 3]);
  expect((await statusOf(client)).file?.left).toEqual([]);
});

test("it is explained and repaired all the same", async () => {
  const client = await start({ files, options: { showsMessages: true } });
  await client.open("cart.ts");
  await say(client, [ESLINT]);
  const actions = await client.actions("cart.ts", "save();");
  const best = actions.find((it) => it.isPreferred === true);
  expect(best?.title).toBe("Await the promise");
  const { edit } = await client.resolve(best ?? { title: "" });
  expect(client.after("cart.ts", edit)).toBe(CART.replace("  save", "  await save"));
  const hover: unknown = await client.connection.sendRequest("textDocument/hover", {
    textDocument: { uri: client.workspace.uri("cart.ts") },
    position: { line: 2, character: 3 },
  });
  // The client shows no message of ours here, so the hover has it.
  expect(JSON.stringify(hover)).toContain("Nothing waits for this call to `save`");
});

test("lines move with what is typed, and the open file is asked about again", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  await say(client, [ESLINT]);
  await client.edit("cart.ts", "import", "// First.\nimport");
  expect(await linesIn(client)).toEqual([4]);
  const before = client.refreshes;
  await say(client, []);
  await client.until(() => (before < client.refreshes ? true : undefined));
  expect(await linesIn(client)).toEqual([3, 4]);
});

test("both report it where the settings say so", async () => {
  const client = await start({ files, settings: { overlap: "both" } });
  await client.open("cart.ts");
  await say(client, [ESLINT]);
  expect(await linesIn(client)).toEqual([2, 3]);
});

test.each([
  ["@typescript-eslint/no-floating-promises"],
  ["typescript-eslint(no-floating-promises)"],
  ["typescript/no-floating-promises"],
  ["lint/nursery/noFloatingPromises"],
  ["no-floating-promises"],
])("%s is no-floating-promises", (code) => {
  expect(nameOfRule(code)).toBe("no-floating-promises");
});
