import { expect, test } from "vitest";
import { type Client, MODERN, start } from "./harness.ts";

const DISK = "export declare function save(): Promise<void>;\n";
const CART = `import { save } from "./disk";
export async function pay(cart: string[]): Promise<number> {
  save();
  save();
  return cart.length;
}
`;
const files = {
  "tsconfig.json": JSON.stringify({
    compilerOptions: { strict: true, target: "es2022", lib: ["es2022"] },
  }),
  "disk.ts": DISK,
  "cart.ts": CART,
};

async function chosen(client: Client, title: RegExp, only?: string[]) {
  const actions = await client.actions("cart.ts", "save()", only);
  const action = actions.find((it) => title.test(it.title));
  if (action === undefined) throw new Error(actions.map((it) => it.title).join("\n"));
  return { action, resolved: await client.resolve(action) };
}

test("each alternative has a title; the best one is preferred, and hiding the promise never is", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  const actions = await client.actions("cart.ts", "save()", ["quickfix"]);
  const fixes = actions.filter(
    (it) => it.diagnostics !== undefined && !it.title.startsWith("Allow"),
  );
  expect(fixes.map((it) => it.title)).toContain("Await the promise");
  expect(fixes.length).toBeGreaterThan(1);
  expect(fixes.filter((it) => it.isPreferred).map((it) => it.title)).toEqual(["Await the promise"]);
  expect(fixes.every((it) => it.kind === "quickfix" && it.edit === undefined)).toBe(true);

  const { resolved } = await chosen(client, /^Await the promise$/);
  expect(client.after("cart.ts", resolved.edit)).toBe(CART.replace("  save", "  await save"));
});

/** Awaiting makes the function async, which its type does not allow. */
const JOB = `import { save } from "./disk";
export const job: { run(): number } = {
  run() {
    save();
    return 1;
  },
};
`;

test("a fix is not offered where it does not hold", async () => {
  const client = await start({ files: { ...files, "job.ts": JOB } });
  await client.open("job.ts");
  const [found] = await client.diagnostics("job.ts");
  expect(found?.code).toBe("floating-promise");
  const actions = await client.actions("job.ts", "save()");
  expect(actions.map((it) => it.title)).not.toContain("Await the promise");
});

test("what cannot be done comes with the reason to clients that show one", async () => {
  const silent = "export const answer = 42;\n";
  const disabledSupport = { ...MODERN.textDocument?.codeAction, disabledSupport: true };
  const capabilities = {
    ...MODERN,
    textDocument: { ...MODERN.textDocument, codeAction: disabledSupport },
  };
  const all = { ...files, "silent.ts": silent };
  const client = await start({ files: all, capabilities });
  await client.open("silent.ts");
  const [whole, ...others] = await client.actions("silent.ts", "answer", ["source.fixAll.mooring"]);
  expect(others).toEqual([]);
  expect(whole).toMatchObject({ disabled: { reason: "Mooring finds nothing in this file." } });

  const plain = "function f() {\n  one();\n}\ndeclare function one(): void;\n";
  await client.open("plain.ts", plain);
  const around = await client.actions("plain.ts", "one();", ["refactor.surround"]);
  const limit = around.filter((it) => it.disabled !== undefined).map((it) => it.disabled?.reason);
  expect(limit).toContain("Nothing can be awaited here, because the function is not async.");
  expect(around.every((it) => (it.disabled === undefined) === (it.edit !== undefined))).toBe(true);

  await client.open("job.ts", JOB);
  const offered = await client.actions("job.ts", "save()", ["quickfix"]);
  const handling = offered.find((it) => it.title.startsWith("Handle a rejection"));
  expect(handling?.disabled?.reason).toMatch(/^It does not type-check: /);

  const older = await start({ files: all });
  await older.open("silent.ts");
  expect(await older.actions("silent.ts", "answer", ["source.fixAll.mooring"])).toEqual([]);
});

test("a client that cannot ask later gets the edits at once", async () => {
  const { textDocument } = MODERN;
  const capabilities = {
    ...MODERN,
    textDocument: {
      ...textDocument,
      codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } },
    },
    workspace: {},
  };
  const client = await start({ files, capabilities });
  await client.open("cart.ts");
  const actions = await client.actions("cart.ts", "save()", ["quickfix"]);
  const fix = actions.find((it) => it.title === "Await the promise");
  expect(fix?.edit?.changes).toBeDefined();
  expect(client.after("cart.ts", fix?.edit)).toBe(CART.replace("  save", "  await save"));
});

test("source.fixAll repairs what is safe, and only where it is asked for", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  const { action, resolved } = await chosen(client, /./, ["source.fixAll"]);
  expect(action.kind).toBe("source.fixAll.mooring");
  expect(client.after("cart.ts", resolved.edit)).toBe(CART.replaceAll("  save", "  await save"));
  // Nothing was changed by trying.
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise", "floating-promise"]);
  expect(await client.actions("disk.ts", "", ["source.fixAll"]).catch(() => [])).toEqual([]);
});

test("all findings of one rule in a file are fixed together", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  const { resolved } = await chosen(client, /^Fix all 2 findings of floating-promise/);
  expect(client.after("cart.ts", resolved.edit)).toBe(CART.replaceAll("  save", "  await save"));
});

test("a finding is allowed on its line, and the reason is left to be written", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  const { resolved } = await chosen(client, /^Allow floating-promise on this line/);
  const after = client.after("cart.ts", resolved.edit);
  const placeholder = `\${1:say why this is right}`;
  expect(after).toBe(
    CART.replace("  save", `  // mooring-allow floating-promise: ${placeholder}\n  save`),
  );
  await client.edit("cart.ts", CART, after.replace(placeholder, "nobody needs it"));
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
});

test("a rule is allowed in the file, above everything but the line for the shell", async () => {
  const client = await start({ files: { ...files, "cart.ts": `#!/usr/bin/env node\n${CART}` } });
  await client.open("cart.ts");
  const { resolved } = await chosen(client, /^Allow floating-promise in this file/);
  const after = client.after("cart.ts", resolved.edit);
  expect(after.split("\n")[1]).toMatch(/^\/\* mooring-allow-file floating-promise: .* \*\/$/);
});

test("between elements of JSX the comment stands in braces, in a template there is none", async () => {
  const text = `declare const React: { createElement(...of: unknown[]): unknown };
declare namespace JSX { interface IntrinsicElements { p: { onClick?: () => void } } }
import { save } from "./disk";
export const page = (
  <p>
    {(() => { save(); return 1; })()}
  </p>
);
export const text = \`
  \${(() => { save(); return 1; })()}
\`;
`;
  const tsconfig = JSON.stringify({ compilerOptions: { strict: true, jsx: "react" } });
  const client = await start({ files: { ...files, "tsconfig.json": tsconfig, "page.tsx": text } });
  await client.open("page.tsx", text, "typescriptreact");
  expect(await client.rulesIn("page.tsx")).toEqual(["floating-promise", "floating-promise"]);
  const actions = await client.actions("page.tsx", "save(); return");
  const allow = actions.find((it) => /on this line/.test(it.title));
  if (allow === undefined) throw new Error("Nothing is offered.");
  const after = client.after("page.tsx", (await client.resolve(allow)).edit);
  expect(after).toMatch(/^ {4}\{\/\* mooring-allow floating-promise: .* \*\/\}\n {4}\{\(\(\)/m);
  await client.edit(
    "page.tsx",
    "  <p>\n",
    "  <p>\n    {/* mooring-allow floating-promise: why */}\n",
  );
  expect(await client.rulesIn("page.tsx")).toEqual(["floating-promise"]);
  const inTemplate = await client.actions("page.tsx", "save(); return 1; })()}\n`");
  expect(inTemplate.map((it) => it.title).filter((it) => /on this line/.test(it))).toEqual([]);
});

test("line breaks are those of the file", async () => {
  const client = await start({ files: { ...files, "cart.ts": CART.replaceAll("\n", "\r\n") } });
  await client.open("cart.ts");
  const { resolved } = await chosen(client, /^Allow floating-promise on this line/);
  expect(client.after("cart.ts", resolved.edit)).not.toMatch(/(?<!\r)\n/);
});

test("an action that was offered for another text is refused", async () => {
  const client = await start({ files });
  await client.open("cart.ts");
  const [action] = await client.actions("cart.ts", "save()", ["quickfix"]);
  if (action === undefined) throw new Error("Nothing is offered.");
  await client.edit("cart.ts", "import", "\n\nimport");
  await expect(client.resolve(action)).rejects.toMatchObject({ code: -32_801 });
});

test("everything in the workspace is repaired in one edit, with a note on each change", async () => {
  const client = await start({ files: { ...files, "shop.ts": CART, "clean.ts": "export {};\n" } });
  await client.open("cart.ts");
  const result = await client.connection.sendRequest("workspace/executeCommand", {
    command: "mooring.server.fixAllInWorkspace",
    arguments: [{ apply: false }],
  });
  expect(result).toMatchObject({ fixes: 4, files: 2, refused: 0 });
  expect(result).toMatchObject({
    edit: {
      changeAnnotations: {
        "floating-promise: Await the promise": { needsConfirmation: true },
      },
      documentChanges: [
        { textDocument: { uri: client.workspace.uri("cart.ts"), version: 1 } },
        { textDocument: { uri: client.workspace.uri("shop.ts"), version: null } },
      ],
    },
  });
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise", "floating-promise"]);
});

test("for other clients the server applies the edit itself", async () => {
  const capabilities = { ...MODERN, workspace: { ...MODERN.workspace, applyEdit: true } };
  const client = await start({ files, capabilities });
  let applied = 0;
  client.connection.onRequest("workspace/applyEdit", () => {
    applied += 1;
    return { applied: true };
  });
  await client.connection.sendRequest("workspace/executeCommand", {
    command: "mooring.server.fixAllInWorkspace",
  });
  expect(applied).toBe(1);
});

test("a primitive that the project does not have comes along as a file, in the same edit", async () => {
  const text = `let stock = 10;
export async function sell(item: string, notify: (item: string) => Promise<void>) {
  const left = stock;
  await notify(item + left);
  stock = left - 1;
}
`;
  const client = await start({ files: { ...files, "src/stock.ts": text, "package.json": "{}" } });
  await client.open("src/stock.ts");
  const actions = await client.actions("src/stock.ts", "stock = left - 1");
  const action = actions.find((it) => it.title.includes("under a lock"));
  if (action === undefined) throw new Error(actions.map((it) => it.title).join("\n"));
  const { edit } = await client.resolve(action);
  const [creation, filling] = edit?.documentChanges ?? [];
  const uri = client.workspace.uri("src/mooring/mutex.ts");
  expect(creation).toMatchObject({ kind: "create", uri });
  expect(filling).toMatchObject({ textDocument: { uri, version: null } });
  expect(client.after("src/stock.ts", edit)).toContain('import { Mutex } from "./mooring/mutex";');
});
