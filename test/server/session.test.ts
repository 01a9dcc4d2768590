import { expect, test } from "vitest";
import type { Hover } from "vscode-languageserver-protocol/node";
import type { RulePage, RuleSummary, Status, Tally } from "../../server/protocol.ts";
import { MODERN, start } from "./harness.ts";

const DISK = "export declare function save(): Promise<void>;\n";
const CART = 'import { save } from "./disk";\nexport function pay() {\n  save();\n}\n';
const files = {
  "tsconfig.json": JSON.stringify({
    compilerOptions: { strict: true, target: "es2022", lib: ["es2022"] },
  }),
  "disk.ts": DISK,
  "cart.ts": CART,
};

async function hover(client: Awaited<ReturnType<typeof start>>, name: string, at: string) {
  return client.connection.sendRequest<Hover | null>("textDocument/hover", {
    textDocument: { uri: client.workspace.uri(name) },
    position: client.rangeOf(name, at).end,
  });
}

function textOf(hover: Hover | null): string {
  const contents = hover?.contents ?? "";
  return typeof contents === "object" && "value" in contents ? contents.value : "";
}

test("a hover says what, why, when not, and how to fix it", async () => {
  const client = await start({ files, options: { explainCommand: "mooring.explainRule" } });
  await client.open("cart.ts");
  const found = await hover(client, "cart.ts", "save()");
  expect(found?.range && client.textOf("cart.ts", found.range)).toBe("save()");
  expect(found?.contents).toMatchObject({ kind: "markdown" });
  const text = JSON.stringify(found?.contents);
  expect(text).toMatch(/\*\*floating-promise\*\*: /);
  expect(text).toMatch(/\*\*How to fix it\*\*/);
  expect(text).toMatch(/\*\*When not to use it\*\*/);
  expect(text).toContain("(command:mooring.explainRule?%5B%22floating-promise%22%5D)");
  expect(await hover(client, "cart.ts", "import")).toBeNull();
});

const POOL = `declare function connect(url: string): Promise<{ a: 1 } | { close(): void }>;
let pool: { a: 1 } | { close(): void } | undefined;
export async function open(url: string) {
  if (pool === undefined) {
    pool = await connect(url);
  }
  return pool;
}
`;

test("a race is told in two lanes, step by step, each step a place to jump to", async () => {
  const client = await start({ files: { ...files, "pool.ts": POOL } });
  await client.open("pool.ts");
  const found = await hover(client, "pool.ts", "pool = await");
  const value = textOf(found);
  const lanes = value.split("\n").filter((it) => it.startsWith("|"));
  const place = `${client.workspace.uri("pool.ts")}#L`;
  const rows = lanes.map((it) => it.replace(/\[(\d+)\]\(([^#]+#L)\d+,\d+\)/g, "$1"));
  expect(rows).toEqual([
    "| A | B |",
    "| :-- | :-- |",
    "| 4 finds `pool` empty | |",
    "| 5 pauses at `await connect(url)` | |",
    "| | 4 finds `pool` empty |",
    "| | 5 fills `pool` |",
    "| 5 fills `pool` again | |",
  ]);
  expect(lanes.slice(2).every((it) => it.includes(`](${place}`))).toBe(true);
  expect(value).toMatch(/\*\*How it happens\*\*\n\n`open` is exported, .* \(\[line 3\]\(/);

  const [diagnostic] = await client.diagnostics("pool.ts");
  const related = diagnostic?.relatedInformation ?? [];
  expect(related.map((it) => it.message)).toEqual([
    "`open` is exported, so it can be called again before an earlier call is over.",
    "1. A finds `pool` empty",
    "2. A pauses at `await connect(url)`",
    "3. B finds `pool` empty",
    "4. B fills `pool`",
    "5. A fills `pool` again",
  ]);
  expect(related.map((it) => client.textOf("pool.ts", it.location.range))[2]).toBe(
    "await connect(url)",
  );
});

test("a race is told in lanes of text to clients without Markdown", async () => {
  const textDocument = { ...MODERN.textDocument, hover: { contentFormat: ["plaintext" as const] } };
  const capabilities = { ...MODERN, textDocument };
  const client = await start({ files: { ...files, "pool.ts": POOL }, capabilities });
  await client.open("pool.ts");
  const found = await hover(client, "pool.ts", "pool = await");
  const value = textOf(found);
  expect(value).toMatch(/\n4 {2}finds `pool` empty {13}│\n/);
  expect(value).toMatch(/\n {34}│ 5 {2}fills `pool`\n/);
});

test("a client that shows messages itself does not get them twice", async () => {
  const client = await start({ files, options: { showsMessages: true } });
  await client.open("cart.ts");
  const [diagnostic] = await client.diagnostics("cart.ts");
  const found = await hover(client, "cart.ts", "save()");
  const value = textOf(found);
  expect(value).toMatch(/How to fix it/);
  expect(value).not.toContain(diagnostic?.message);
});

test("a rule that is named in a comment or a configuration is explained there", async () => {
  const comment = CART.replace("  save", "  // mooring-allow floating-promise: it may\n  save");
  const settings = JSON.stringify({ rules: { "floating-promise": "error" } });
  const client = await start({
    files: { ...files, "cart.ts": comment, "mooring.config.json": settings },
  });
  await client.open("cart.ts");
  await client.open("mooring.config.json", undefined, "json");
  for (const name of ["cart.ts", "mooring.config.json"]) {
    const found = await hover(client, name, "floating-pro");
    expect(found?.range && client.textOf(name, found.range)).toBe("floating-promise");
  }
});

test("pages and rules are there without a network", async () => {
  const client = await start({ files });
  const rules = await client.connection.sendRequest<RuleSummary[]>("mooring/rules");
  expect(rules.map((it) => it.id)).toContain("floating-promise");
  const page = await client.connection.sendRequest<RulePage | null>("mooring/explain", {
    rule: "floating-promise",
  });
  expect(page?.markdown).toMatch(/^# floating-promise\n/);
  expect(page?.markdown).not.toMatch(/ts setup|<!--/);
  for (const params of [{ rule: "../index" }, { rule: 3 }, [], null, "x"]) {
    expect(await client.connection.sendRequest("mooring/explain", params)).toBeNull();
  }
});

test("the status says what is in force for a file, and why one is not checked", async () => {
  const client = await start({ files: { ...files, "types.d.ts": DISK } });
  await client.open("cart.ts");
  await client.diagnostics("cart.ts");
  const ask = (name: string) =>
    client.connection.sendRequest<Status>("mooring/status", { uri: client.workspace.uri(name) });
  const status = await ask("cart.ts");
  expect(status).toMatchObject({
    state: "idle",
    problems: [],
    file: {
      checked: true,
      configuration: null,
      project: client.workspace.path("tsconfig.json"),
      profile: "recommended",
      findings: 1,
    },
  });
  expect(status.compiler).toMatch(/TypeScript \d/);
  expect((await ask("types.d.ts")).file).toMatchObject({ checked: false });
  expect((await ask("types.d.ts")).file?.reason).toMatch(/declarations/);
  const { markdown } = await client.connection.sendRequest<{ markdown: string }>(
    "mooring/information",
  );
  expect(markdown).toMatch(/projects: 1/);
  expect(markdown).not.toContain("save()");
});

test("status is sent to clients that want it", async () => {
  const client = await start({ files, options: { statusNotifications: true } });
  const seen: Status[] = [];
  client.connection.onNotification("mooring/status", (it: Status) => {
    seen.push(it);
    client.wake();
  });
  await client.workspaceReport();
  await client.connection.sendRequest("mooring/status", {});
  await client.open("cart.ts");
  await client.until(() => seen.find((it) => it.lastRun?.files === 2));
});

test("checking the workspace checks all of it, whatever the scope, and keeps at it", async () => {
  const client = await start({
    files: { ...files, "shop.ts": CART },
    settings: { scope: "openFiles", run: "manual" },
  });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual([]);
  const tally = await client.connection.sendRequest<Tally>("mooring/checkWorkspace", {});
  expect(tally).toMatchObject({ files: 3 });
  expect(tally.errors + tally.warnings).toBe(2);
  expect((await client.workspaceReport()).items).toHaveLength(2);
});

test("every request can be cancelled", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`many/cart${index}.ts`, CART.replace("./", "../")]),
  );
  const client = await start({ files: { ...files, ...many } });
  await client.open("cart.ts");
  const { CancellationTokenSource } = await import("vscode-languageserver-protocol/node");
  const textDocument = { uri: client.workspace.uri("cart.ts") };
  const range = client.rangeOf("cart.ts", "save()");
  const requests = {
    "textDocument/diagnostic": { textDocument },
    "workspace/diagnostic": { previousResultIds: [] },
    "textDocument/codeAction": { textDocument, range, context: { diagnostics: [] } },
    "textDocument/hover": { textDocument, position: range.start },
    "workspace/executeCommand": { command: "mooring.server.fixAllInWorkspace" },
    "mooring/checkWorkspace": {},
    "mooring/status": {},
    "mooring/information": {},
  };
  for (const [method, params] of Object.entries(requests)) {
    const source = new CancellationTokenSource();
    const answer = client.connection.sendRequest(method, params, source.token);
    source.cancel();
    await expect(answer, method).rejects.toMatchObject({ code: -32_800 });
  }
  // One that waits for news can be cancelled as well, and the server goes on.
  const all = await client.workspaceReport();
  expect(all.items).toHaveLength(61);
  const source = new CancellationTokenSource();
  const known = all.items.map(({ uri, resultId = "" }) => ({ uri, value: resultId }));
  const waiting = client.connection.sendRequest(
    "workspace/diagnostic",
    { previousResultIds: known },
    source.token,
  );
  await client.diagnostics("cart.ts");
  source.cancel();
  await expect(waiting).rejects.toMatchObject({ code: -32_800 });
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
});

test("whatever is sent, there is an answer, and the next question is answered too", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  const textDocument = { uri: client.workspace.uri("cart.ts") };
  const far = { line: 9_999, character: 9_999 };
  const before = { line: -1, character: -1 };
  const uris = ["", "cart.ts", "file:///%zz", "http://example.org/cart.ts", "file://host/cart.ts"];
  for (const uri of uris) {
    expect(
      await client.connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } }),
    ).toMatchObject({ kind: "full", items: [] });
  }
  for (const range of [
    { start: before, end: far },
    { start: far, end: far },
  ]) {
    const context = { diagnostics: [] };
    await client.connection.sendRequest("textDocument/codeAction", {
      textDocument,
      range,
      context,
    });
  }
  await client.connection.sendRequest("textDocument/hover", { textDocument, position: far });
  await client.connection.sendRequest("workspace/executeCommand", { command: "rm -rf" });
  const odd = await Promise.allSettled([
    client.connection.sendRequest("codeAction/resolve", { title: "x", data: { uri: 1 } }),
    client.connection.sendRequest("codeAction/resolve", { title: "x" }),
    client.connection.sendRequest("mooring/status", "x"),
    client.connection.sendRequest("mooring/checkWorkspace", null),
  ]);
  expect(odd.map((it) => it.status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
  await client.connection.sendNotification("textDocument/didChange", {
    textDocument: { uri: "file:///nowhere.ts", version: 3 },
    contentChanges: [{ text: "" }],
  });
  await client.connection.sendNotification("mooring/changedFiles", { uris: [1, null, "x"] });
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  expect(client.log.filter((it) => /bug in Mooring/.test(it))).toEqual([]);
});

test("broken code gives fewer findings and no failure", async () => {
  const client = await start({ files, capabilities: MODERN });
  await client.open("cart.ts");
  for (let length = CART.length - 1; 0 <= length; length -= 7) {
    await client.edit("cart.ts", CART.slice(length, length + 7), "");
    await client.diagnostics("cart.ts");
  }
  expect(client.log.filter((it) => /bug in Mooring/.test(it))).toEqual([]);
});
