import { expect, test } from "vitest";
import { idsOf, MODERN, start } from "./harness.ts";

const TSCONFIG = JSON.stringify({
  compilerOptions: { strict: true, target: "es2022", lib: ["es2022"] },
});
const DISK = "export declare function save(): Promise<void>;\n";
const CART = 'import { save } from "./disk";\nexport function pay() {\n  save();\n}\n';
const files = { "tsconfig.json": TSCONFIG, "disk.ts": DISK, "cart.ts": CART };

function config(text: object): string {
  return JSON.stringify(text, undefined, 2);
}

test("the configuration counts when it changes, without a restart", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.write("mooring.config.json", config({ rules: { "floating-promise": "hint" } }));
  expect(await client.diagnostics("cart.ts")).toMatchObject([{ severity: 4 }]);
  await client.write("mooring.config.json", config({ rules: { "floating-promise": "off" } }));
  expect(await client.rulesIn("cart.ts")).toEqual([]);
  await client.remove("mooring.config.json");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  // Open documents are asked about again, since nothing was typed into them.
  await client.until(() => (0 < client.refreshes ? true : undefined));
});

test("what is wrong with it is shown at the key, and the rest of it counts", async () => {
  const broken = config({ rules: { "floating-promise": "hint", "floating-promis": "error" } });
  const client = await start({ files: { ...files, "mooring.config.json": broken } });
  await client.open("cart.ts");
  await client.open("mooring.config.json", undefined, "json");
  expect(await client.diagnostics("cart.ts")).toMatchObject([{ severity: 4 }]);
  const [problem] = await client.publishedCodes("mooring.config.json", "configuration");
  expect(problem?.message).toMatch(/Did you mean `floating-promise`\?/);
  expect(problem && client.textOf("mooring.config.json", problem.range)).toBe('"floating-promis"');

  const [meant, ...more] = await client.actions("mooring.config.json", '"floating-promis"');
  expect(more).toEqual([]);
  expect(meant).toMatchObject({ title: 'Write "floating-promise"', isPreferred: true });
  expect(client.after("mooring.config.json", meant?.edit)).toBe(
    broken.replace('"floating-promis"', '"floating-promise"'),
  );
  await client.edit("mooring.config.json", '"floating-promis"', '"await-of-non-promise"');
  // What was wrong is about the text on the disk.
  expect(await client.actions("mooring.config.json", '"await-of-non-promise"')).toEqual([]);
  await client.save("mooring.config.json");
  await client.publishedCodes("mooring.config.json");
});

test("a level that is mistyped is offered as it was meant", async () => {
  const broken = config({ rules: { "floating-promise": "hnt" } });
  const client = await start({ files: { ...files, "mooring.config.json": broken } });
  await client.open("cart.ts");
  await client.open("mooring.config.json", undefined, "json");
  await client.publishedCodes("mooring.config.json", "configuration");
  const [meant] = await client.actions("mooring.config.json", '"floating-promise"');
  expect(client.after("mooring.config.json", meant?.edit)).toBe(broken.replace("hnt", "hint"));
});

test("a configuration that breaks and is mended breaks nothing else", async () => {
  const client = await start({ files: { ...files, "mooring.config.json": "{}" } });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.write("mooring.config.json", '{ "rules": { "floating-promise": ');
  await client.publishedProblems("mooring.config.json");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.write("mooring.config.json", "{}");
  await client.publishedCodes("mooring.config.json");
});

test("a tsconfig that breaks and is mended is shown, and its files stay checked", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.write("tsconfig.json", '{ "compilerOptions": { "strict": "yes" } }');
  const [broken] = await client.publishedProblems("tsconfig.json");
  expect(broken).toMatchObject({ code: "configuration", range: { start: { character: 33 } } });
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.write("tsconfig.json", TSCONFIG);
  await client.publishedCodes("tsconfig.json");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
});

test("a tsconfig that changes what imports lead to changes the findings", async () => {
  const imported = CART.replace("./disk", "@shop/disk");
  const client = await start({ files: { ...files, "cart.ts": imported } });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual([]);
  const paths = { "@shop/*": ["./*"] };
  await client.write("tsconfig.json", JSON.stringify({ compilerOptions: { strict: true, paths } }));
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
});

test("ignored files leave the workspace, and come back", async () => {
  const client = await start({ files: { ...files, "old/cart.ts": CART, "old/disk.ts": DISK } });
  const { items } = await client.workspaceReport();
  expect(items).toHaveLength(2);
  const next = client.workspaceReport(idsOf(items));
  await client.write("mooring.config.json", config({ ignores: ["old/"] }));
  const gone = (await next).items.filter((it) => it.kind === "full");
  expect(gone).toMatchObject([{ uri: client.workspace.uri("old/cart.ts"), items: [] }]);
  const last = client.workspaceReport(idsOf(items.filter((it) => !it.uri.includes("/old/"))));
  await client.remove("mooring.config.json");
  const back = (await last).items.filter((it) => it.kind === "full");
  expect(back).toMatchObject([{ uri: client.workspace.uri("old/cart.ts") }]);
});

test("each of two roots has its own configuration, and one may import from the other", async () => {
  const client = await start({
    roots: ["shop", "bank"],
    files: {
      "shop/tsconfig.json": TSCONFIG,
      "shop/mooring.config.json": config({ rules: { "floating-promise": "off" } }),
      "shop/cart.ts": CART.replace("./disk", "../bank/disk"),
      "bank/tsconfig.json": TSCONFIG,
      "bank/disk.ts": DISK,
      "bank/cart.ts": CART,
    },
  });
  const bank = client.workspace.uri("bank/cart.ts");
  expect((await client.workspaceReport()).items).toMatchObject([{ uri: bank }]);

  await client.open("bank/disk.ts");
  await client.open("shop/cart.ts");
  await client.write("shop/mooring.config.json", "{}");
  expect(await client.rulesIn("shop/cart.ts")).toEqual(["floating-promise"]);
  await client.edit("bank/disk.ts", "Promise<void>", "void");
  expect(await client.rulesIn("shop/cart.ts")).toEqual([]);

  const event = { added: [], removed: [{ uri: client.workspace.uri("bank"), name: "bank" }] };
  await client.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event });
  await client.edit("bank/disk.ts", "void", "Promise<void>");
  expect(await client.rulesIn("shop/cart.ts")).toEqual(["floating-promise"]);
});

test("projects that refer to each other follow each other's edits, without being built", async () => {
  const options = { composite: true, declaration: true, strict: true, lib: ["es2022"] };
  const client = await start({
    files: {
      "tsconfig.json": JSON.stringify({
        files: [],
        references: [{ path: "disk" }, { path: "shop" }],
      }),
      "disk/tsconfig.json": JSON.stringify({ compilerOptions: { ...options, outDir: "out" } }),
      "disk/disk.ts": DISK,
      "shop/tsconfig.json": JSON.stringify({
        compilerOptions: options,
        references: [{ path: "../disk" }],
      }),
      "shop/cart.ts": CART.replace("./disk", "../disk/disk"),
    },
  });
  const cart = client.workspace.uri("shop/cart.ts");
  const { items } = await client.workspaceReport();
  expect(items).toMatchObject([{ uri: cart, items: [{ code: "floating-promise" }] }]);
  await client.open("disk/disk.ts");
  const next = client.workspaceReport(idsOf(items));
  await client.edit("disk/disk.ts", "Promise<void>", "void");
  expect((await next).items).toMatchObject([{ uri: cart, items: [] }]);
});

test("settings reach clients' servers in every way that clients have", async () => {
  const { configuration: _, ...workspace } = MODERN.workspace ?? {};
  const client = await start({
    files,
    capabilities: { ...MODERN, workspace },
    options: { settings: { enable: false } },
  });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual([]);
  await client.connection.sendNotification("workspace/didChangeConfiguration", {
    settings: { mooring: { enable: true } },
  });
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.connection.sendNotification("workspace/didChangeConfiguration", {
    settings: { mooring: { scope: 3, run: {}, rules: [], timeBudget: "soon", configPath: 0 } },
  });
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
});
