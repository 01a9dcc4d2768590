import { WorkDoneProgress, WorkspaceDiagnosticRequest } from "vscode-languageserver-protocol/node";
import { expect, test } from "vitest";
import type { Status } from "../../server/protocol.ts";
import { idsOf, MODERN, start } from "./harness.ts";

const TSCONFIG = JSON.stringify({
  compilerOptions: { strict: true, target: "es2022", lib: ["es2022"] },
});
const DISK = "export declare function save(): Promise<void>;\n";
const CART = 'import { save } from "./disk";\nexport function pay() {\n  save();\n}\n';
const files = { "tsconfig.json": TSCONFIG, "disk.ts": DISK, "cart.ts": CART };

test("an open file has its findings, with rule, page and source", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  const [found, ...rest] = await client.diagnostics("cart.ts");
  expect(rest).toEqual([]);
  expect(found).toMatchObject({ code: "floating-promise", source: "mooring" });
  expect(found?.codeDescription?.href).toMatch(/rules\/floating-promise\/floating-promise\.md$/);
  expect(found && client.textOf("cart.ts", found.range)).toBe("save()");
});

test("the link leads to where the client shows pages, if it says that it does", async () => {
  const client = await start({ files, options: { rulePages: "mooring-rule:/{rule}.md" } });
  await client.open("cart.ts");
  const [found] = await client.diagnostics("cart.ts");
  expect(found?.codeDescription?.href).toBe("mooring-rule:/floating-promise.md");
});

test("a comment that allows what is not there is marked as unnecessary", async () => {
  const text = "// mooring-allow floating-promise: nothing floats\nexport const one = 1;\n";
  const client = await start({ files: { ...files, "one.ts": text } });
  await client.open("one.ts");
  expect(await client.diagnostics("one.ts")).toMatchObject([{ code: "unused-allow", tags: [1] }]);
});

test("notes are related places, each with words", async () => {
  const text = `import { save } from "./disk";
export async function publish(now: boolean) {
  const saving = save();
  if (!now) return "later";
  await saving;
  return "now";
}
`;
  const client = await start({ files: { ...files, "publish.ts": text } });
  await client.open("publish.ts");
  const [found] = await client.diagnostics("publish.ts");
  expect(found?.relatedInformation).toHaveLength(1);
  const [note] = found?.relatedInformation ?? [];
  expect(note?.message).toBe("returns here without waiting");
  expect(note && client.textOf("publish.ts", note.location.range)).toBe('return "later";');
});

test("an edit counts at once, saved or not", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.edit("cart.ts", "  save()", "  return save()");
  expect(await client.rulesIn("cart.ts")).toEqual([]);
  await client.edit("cart.ts", "return save()", "save()");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.edit("cart.ts", "  save()", "  return save()");
  await client.close("cart.ts");
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
});

test("what is as it was has the same result id, also after an edit that changes nothing", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  const { resultId } = await client.pull("cart.ts");
  expect(await client.pull("cart.ts", resultId)).toEqual({ kind: "unchanged", resultId });
  await client.edit("cart.ts", "}\n", "}\n// The end.\n");
  expect(await client.pull("cart.ts", resultId)).toEqual({ kind: "unchanged", resultId });
  await client.edit("cart.ts", "import", "\nimport");
  expect(await client.pull("cart.ts", resultId)).toMatchObject({ kind: "full" });
});

test("an edit in one file changes the findings of another, open or not", async () => {
  const plain = "export declare function save(): void;\n";
  const client = await start({ files: { ...files, "disk.ts": plain, "shop.ts": CART } });
  await client.open("disk.ts");
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual([]);
  expect(await client.workspaceReport()).toEqual({ items: [] });

  // It is asked again at once, and answered when there is something to say.
  const next = client.workspaceReport();
  await client.edit("disk.ts", "void", "Promise<void>");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  const { items } = await next;
  expect(items.map((it) => it.uri).toSorted()).toEqual([
    client.workspace.uri("cart.ts"),
    client.workspace.uri("shop.ts"),
  ]);

  const known = idsOf(items);
  await client.edit("disk.ts", "Promise<void>", "void");
  expect((await client.workspaceReport(known)).items).toMatchObject([
    { kind: "full", items: [] },
    { kind: "full", items: [] },
  ]);
});

test("answers come in parts to clients that take them, and edits on the way are in them", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`many/cart${index}.ts`, CART.replace("./", "../")]),
  );
  const client = await start({ files: { ...files, ...many } });
  await client.open("disk.ts");
  const parts: string[] = [];
  const type = WorkspaceDiagnosticRequest.partialResult;
  client.connection.onProgress(type, "parts", ({ items }) => {
    parts.push(...items.map((it) => it.uri));
  });
  const kinds: string[] = [];
  client.connection.onProgress(WorkDoneProgress.type, "work", ({ kind }) => {
    kinds.push(kind);
  });
  const answer = client.connection.sendRequest(WorkspaceDiagnosticRequest.type, {
    previousResultIds: [],
    partialResultToken: "parts",
    workDoneToken: "work",
  });
  await client.edit(
    "disk.ts",
    "declare function",
    "declare const other: 1;\nexport declare function",
  );
  await client.open("cart.ts");
  const all = [...parts, ...(await answer).items.map((it) => it.uri)];
  expect(new Set(all).size).toBe(41);
  expect([kinds[0], kinds.at(-1)]).toEqual(["begin", "end"]);
});

test("packages that are installed count, without a restart", async () => {
  const imported = CART.replace("./disk", "disk-of-others");
  const client = await start({ files: { ...files, "cart.ts": imported } });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual([]);
  client.workspace.write("node_modules/disk-of-others/index.d.ts", DISK);
  client.workspace.write("node_modules/disk-of-others/package.json", '{ "types": "index.d.ts" }');
  await client.write("package-lock.json", "{}");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
});

test("a file that takes longer than it may is named in the status", async () => {
  const client = await start({ files, settings: { timeBudget: 1e-6 } });
  await client.open("cart.ts");
  await client.workspaceReport();
  const status = await client.connection.sendRequest<Status>("mooring/status", {});
  expect(status.slow?.uri).toMatch(/\/(?:cart|disk)\.ts$/);
});

test("a file that is deleted takes its findings along", async () => {
  const client = await start({ files: { ...files, "shop.ts": CART } });
  const { items } = await client.workspaceReport();
  const known = idsOf(items);
  expect(known).toHaveLength(2);
  const next = client.workspaceReport(known);
  await client.remove("shop.ts");
  const after = await next;
  const gone = after.items.find((it) => it.uri === client.workspace.uri("shop.ts"));
  expect(gone).toMatchObject({ kind: "full", items: [] });
});

test("a file that is renamed is found where it is, and its importers see it go", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.rename("disk.ts", "drive.ts", DISK);
  // Where an import leads nowhere nothing is known of what it brings.
  expect(await client.rulesIn("cart.ts")).toEqual([]);
  await client.edit("cart.ts", "./disk", "./drive");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
});

test("a whole folder that is deleted or renamed is looked for anew", async () => {
  const client = await start({
    files: { "tsconfig.json": TSCONFIG, "a/disk.ts": DISK, "a/cart.ts": CART },
  });
  const { items } = await client.workspaceReport();
  expect(items).toHaveLength(1);
  client.workspace.write("b/disk.ts", DISK);
  client.workspace.write("b/cart.ts", CART);
  client.workspace.remove("a");
  const next = client.workspaceReport(idsOf(items));
  const renamed = { oldUri: client.workspace.uri("a"), newUri: client.workspace.uri("b") };
  await client.connection.sendNotification("workspace/didRenameFiles", { files: [renamed] });
  expect((await next).items).toMatchObject([
    { uri: client.workspace.uri("b/cart.ts"), items: [{ code: "floating-promise" }] },
    { uri: client.workspace.uri("a/cart.ts"), items: [] },
  ]);
});

test("an untitled text is checked, alone", async () => {
  const client = await start({ files });
  const uri = "untitled:Untitled-1";
  const text = "declare function send(): Promise<void>;\nfunction go() {\n  send();\n}\n";
  await client.open(uri, text);
  expect(await client.rulesIn(uri)).toEqual(["floating-promise"]);
  await client.edit(uri, "  send()", "  return send()");
  expect(await client.rulesIn(uri)).toEqual([]);
});

test("the scope says which files are reported", async () => {
  const client = await start({
    files: { ...files, "shop.ts": CART },
    settings: { scope: "openFiles" },
  });
  await client.open("cart.ts");
  const cart = client.workspace.uri("cart.ts");
  const shop = client.workspace.uri("shop.ts");
  const { items } = await client.workspaceReport();
  expect(items.map((it) => it.uri)).toEqual([cart]);

  const next = client.workspaceReport(idsOf(items));
  client.settings = { scope: "workspace" };
  await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
  expect((await next).items.map((it) => it.uri).toSorted()).toEqual([cart, shop]);
});

test("in the scope of changed files are those that were saved, and those that the client names", async () => {
  const client = await start({
    files: { ...files, "shop.ts": CART, "bank.ts": CART },
    settings: { scope: "changedFiles" },
  });
  expect((await client.workspaceReport()).items).toEqual([]);
  const shop = client.workspace.uri("shop.ts");
  const bank = client.workspace.uri("bank.ts");
  const next = client.workspaceReport();
  await client.write("shop.ts", `${CART}\n`);
  const { items } = await next;
  expect(items.map((it) => it.uri)).toEqual([shop]);
  const last = client.workspaceReport(idsOf(items));
  await client.connection.sendNotification("mooring/changedFiles", { uris: [bank] });
  expect((await last).items).toMatchObject([{ kind: "full", uri: bank }, { kind: "unchanged" }]);
});

test("saved texts count, where it runs on save", async () => {
  const client = await start({ files, settings: { run: "onSave" } });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.edit("cart.ts", "  save()", "  return save()");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.save("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual([]);
});

test("nothing is checked where it is switched off, in ignored folders and in declarations", async () => {
  const ignored = { ".gitignore": "out/\n", "out/cart.ts": CART, "out/disk.ts": DISK };
  const client = await start({ files: { ...files, ...ignored, "types.d.ts": DISK } });
  await client.open("out/cart.ts");
  await client.open("types.d.ts");
  expect(await client.rulesIn("out/cart.ts")).toEqual([]);
  expect(await client.rulesIn("types.d.ts")).toEqual([]);
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  client.settings = { enable: false };
  await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
  expect(await client.rulesIn("cart.ts")).toEqual([]);
});

test("levels can be other ones in the editor", async () => {
  const customizations = [{ rule: "floating-*", severity: "hint" }];
  const client = await start({ files, settings: { rules: { customizations } } });
  await client.open("cart.ts");
  expect(await client.diagnostics("cart.ts")).toMatchObject([{ severity: 4 }]);
});

test("a client that cannot ask is told", async () => {
  const capabilities = { textDocument: { publishDiagnostics: { relatedInformation: true } } };
  const client = await start({ files: { ...files, "shop.ts": CART }, capabilities });
  await client.open("cart.ts");
  await client.publishedCodes("cart.ts", "floating-promise");
  await client.publishedCodes("shop.ts", "floating-promise");
  await client.edit("cart.ts", "  save()", "  return save()");
  await client.publishedCodes("cart.ts");
  await client.write("disk.ts", DISK.replace("Promise<void>", "void"));
  await client.publishedCodes("shop.ts");
});

test("positions count bytes for clients that count nothing else", async () => {
  const capabilities = { ...MODERN, general: { positionEncodings: ["utf-8"] } };
  const text = CART.replace("  save", '  "Süß 🎉"; save');
  const client = await start({ files: { ...files, "cart.ts": text }, capabilities });
  expect(client.result?.capabilities.positionEncoding).toBe("utf-8");
  await client.open("cart.ts");
  const [found] = await client.diagnostics("cart.ts");
  expect(found?.range.start).toEqual({ line: 2, character: 2 + 12 + 2 });
  await client.edit("cart.ts", '🎉"; save()', '🎉"; return save()');
  expect(await client.rulesIn("cart.ts")).toEqual([]);
});
