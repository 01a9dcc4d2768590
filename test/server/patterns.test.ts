import { describe, expect, test } from "vitest";
import {
  type CompletionItem,
  type CompletionList,
  CompletionRequest,
  CompletionResolveRequest,
} from "vscode-languageserver-protocol/node";
import { parseFile } from "../../analysis/engine/parse.ts";
import { applyEdits } from "../../analysis/edit.ts";
import { Document } from "../../server/documents.ts";
import { Files } from "../../server/files.ts";
import { formsIn, PatternWriter } from "../../server/patterns.ts";
import { Lines } from "../../server/positions.ts";
import type { PatternChoice } from "../../server/protocol.ts";
import { expandSnippet, parseSnippet } from "../../snippets/snippet-text.ts";
import { type Client, MODERN, start } from "./harness.ts";

const RUNTIME = { "node_modules/mooring-runtime/package.json": "{}" };
const CONTRIBUTED = { snippets: "contributed" };

/** Completes behind the `|` of a text, as somebody who has typed that far. */
async function completed(
  client: Client,
  name: string,
  marked: string,
  language = "typescript",
): Promise<{ items: readonly CompletionItem[]; text: string }> {
  const text = marked.replace("|", "");
  await client.open(name, text, language);
  const position = new Lines(text, "utf-16").position(marked.indexOf("|"));
  const textDocument = { uri: client.workspace.uri(name) };
  const list = await client.connection.sendRequest(CompletionRequest.type, {
    textDocument,
    position,
  });
  const { items } = list as CompletionList;
  return { items, text };
}

/** The text after an item was chosen and nothing was typed at its stops. */
function chosen(text: string, item: CompletionItem | undefined): string {
  if (item?.textEdit === undefined || !("range" in item.textEdit)) throw new Error("no edit");
  const lines = new Lines(text, "utf-16");
  const { range, newText } = item.textEdit;
  const edits = [
    { ...range, text: expandSnippet(parseSnippet(newText)) },
    ...(item.additionalTextEdits ?? []).map((it) => ({ ...it.range, text: it.newText })),
  ];
  return applyEdits(
    text,
    edits.map((it) => ({ ...it, start: lines.offset(it.start), end: lines.offset(it.end) })),
  );
}

function labelsOf(items: readonly CompletionItem[]) {
  return items.map((it) => `${it.label} ${it.labelDetails?.description}`);
}

describe("completion", () => {
  test("of a prefix offers the pattern with the runtime and its import", async () => {
    const client = await start({ files: RUNTIME, options: CONTRIBUTED });
    const { items, text } = await completed(
      client,
      "a.ts",
      "import fs from 'node:fs'\n\nasync function run() {\n  moor-timeo|\n}\n",
    );
    expect(labelsOf(items)).toEqual(["moor-timeout mooring-runtime"]);
    expect(chosen(text, items[0])).toBe(`import fs from 'node:fs'
import { timeout } from 'mooring-runtime'

async function run() {
  // The work is told when the time is up, and this waits until it has stopped.
await timeout(5_000, async (signal) => {
	await load(signal);
});
}
`);
  });

  test("joins an import that is there, and uses the name that the file has", async () => {
    const client = await start({ files: RUNTIME, options: CONTRIBUTED });
    const { items, text } = await completed(
      client,
      "a.ts",
      'import { Mutex as Lock, Task } from "mooring-runtime";\nconst timeout = 1;\nmoor-mutex|\n',
    );
    const mutex = items.find((it) => it.label === "moor-mutex");
    expect(chosen(text, mutex)).toContain("const account = new Lock({ balance: 100 });");
    const again = await completed(
      client,
      "b.ts",
      'import { Mutex as Lock, Task } from "mooring-runtime";\nconst timeout = 1;\nmoor-timeout|\n',
    );
    const after = chosen(again.text, again.items[0]);
    expect(after).toContain(
      'import { Mutex as Lock, Task, timeout as mooringTimeout } from "mooring-runtime";',
    );
    expect(after).toContain("await mooringTimeout(5_000, async (signal) => {");
  });

  test("writes as the file does: require, quotes, and where the file is", async () => {
    const files = { ...RUNTIME, "package.json": "{}" };
    const client = await start({ files, options: CONTRIBUTED });
    const before = "'use strict';\n\nconst fs = require('node:fs');\n\nmoor-thread-pool|\n";
    const { items, text } = await completed(client, "a.js", before, "javascript");
    const pool = items.find((it) => it.detail?.startsWith("Keep a pool"));
    const after = chosen(text, pool);
    expect(after).toContain("const { WorkerPool } = require('mooring-runtime/worker-pool');\n");
    expect(after).toContain("const { pathToFileURL } = require('node:url');\n");
    expect(after).toContain("new URL('./work.js', pathToFileURL(__filename))");
    expect(after).not.toMatch(/<typeof|: string/);
  });

  test("in a file that has nothing else in it", async () => {
    const client = await start({ files: RUNTIME, options: CONTRIBUTED });
    const { items, text } = await completed(client, "a.ts", "moor-once|");
    expect(chosen(text, items[0])).toMatch(
      /^import \{ once \} from "mooring-runtime";\n\n\/\/ Who/,
    );
  });

  test("finds patterns by the words of other languages", async () => {
    const client = await start({ files: RUNTIME, options: CONTRIBUTED });
    const { items } = await completed(client, "a.ts", "JoinS|\n");
    expect(labelsOf(items)).toEqual(["moor-task-group mooring-runtime"]);
    expect(items[0]?.filterText).toBe("JoinSet");
  });

  test("offers both forms to a client that has no snippets, the one that works first", async () => {
    const files = { "b/node_modules/mooring-runtime/package.json": "{}" };
    const client = await start({ files });
    const order = async (name: string) => {
      const { items } = await completed(client, name, "moor-once|\n");
      const sorted = items.toSorted((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
      return labelsOf(sorted);
    };
    expect(await order("a/a.ts")).toEqual([
      "moor-once no dependency",
      "moor-once mooring-runtime, not installed",
    ]);
    expect(await order("b/b.ts")).toEqual(["moor-once mooring-runtime", "moor-once no dependency"]);
  });

  test("inserts plain text where the client knows no stops", async () => {
    const { completion: _, ...textDocument } = MODERN.textDocument ?? {};
    const client = await start({ files: RUNTIME, capabilities: { ...MODERN, textDocument } });
    const { items } = await completed(client, "a.ts", "moor-once|\n");
    expect(items[0]?.insertTextFormat).toBe(1);
    expect(JSON.stringify(items)).not.toContain("${1");
  });

  test.each([
    "const x = moor-once|\n",
    "x.moor|\n",
    "// moor-once|\n",
    "/* moor-once| */\n",
    "'moor-once|'\n",
    "`${1} moor-once|`\n",
    "let x: moor|\n",
    "a - once|\n",
    "class A { moor| }\n",
    "bmoor-once|\n",
  ])("offers nothing in %j", async (marked) => {
    const client = await start({ files: RUNTIME });
    expect((await completed(client, "a.ts", marked)).items).toEqual([]);
  });

  test("tells when to use it, and what it looks like, for the one that is looked at", async () => {
    const client = await start({
      files: RUNTIME,
      options: { ...CONTRIBUTED, explainCommand: "explain" },
    });
    const { items } = await completed(client, "a.ts", "moor-spawn-h|\n");
    const [item] = items;
    if (item === undefined) throw new Error("nothing is offered");
    expect(item.documentation).toBeUndefined();
    const { documentation } = await client.connection.sendRequest(
      CompletionResolveRequest.type,
      item,
    );
    expect(documentation).toMatchObject({ kind: "markdown" });
    const { value } = documentation as { value: string };
    expect(value).toContain("**When.** Something slow can run while");
    expect(value).toContain("const report = spawn(");
    expect(value).toContain("[late-rejection-handler](command:explain?");
  });
});

test("whatever module a file is, each pattern parses in it together with its imports", () => {
  const texts = {
    "/a.ts": 'import { x } from "x";\n',
    "/a.tsx": "'use client'\n\nexport const a = <p/>\n",
    "/a.js": "export const timeout = 1\n",
    "/a.jsx": "import * as runtime from 'mooring-runtime'\n",
    "/a.mts": "",
    "/a.cts": 'import fs = require("node:fs");\n',
    "/a.cjs": 'const { Mutex: Lock } = require("mooring-runtime");\nlet select, channel;\n',
  };
  for (const [path, text] of Object.entries(texts)) {
    const item = { uri: `file://${path}`, languageId: "", version: 1, text };
    const document = new Document(item, path, "utf-16");
    const writer = new PatternWriter(document, new Files("/nowhere"));
    for (const form of formsIn(writer.language)) {
      const { snippet, head } = writer.offer(form);
      const after = `${applyEdits(text, head === undefined ? [] : [head])}\n${expandSnippet(parseSnippet(snippet))}`;
      const what = `${path} ${form.pattern.id} ${form.code.form}\n${after}`;
      expect(problemsIn(path, after), what).toEqual([]);
      // Each name is imported, or reached through what is.
      for (const { from } of form.code.imports) expect(after, what).toContain(from);
    }
  }
});

describe("the list to choose from", () => {
  async function listed(client: Client, params: object): Promise<readonly PatternChoice[]> {
    return client.connection.sendRequest("mooring/patterns", params);
  }

  test("has each pattern of a language, as it is", async () => {
    const client = await start({ files: {} });
    const choices = await listed(client, { language: "rust", uri: "file:///a.rs" });
    expect(choices.length).toBeGreaterThan(40);
    expect(choices.find((it) => it.id === "task-group")).toMatchObject({
      prefix: "moor-task-group",
      also: ["JoinSet"],
      form: "plain",
      head: null,
      language: "rust",
    });
    expect(await listed(client, { language: "cobol" })).toEqual([]);
    expect(await listed(client, {})).toEqual([]);
  });

  test("is in the words of the document", async () => {
    const client = await start({ files: RUNTIME });
    await client.open("a.ts", "import { scope } from 'mooring-runtime'\n\n");
    const position = { line: 1, character: 0 };
    const choices = await listed(client, {
      language: "typescript",
      uri: client.workspace.uri("a.ts"),
      range: { start: position, end: position },
    });
    expect(choices.find((it) => it.id === "spawn")).toMatchObject({
      form: "runtime",
      isInstalled: true,
      head: null,
    });
    expect(choices.find((it) => it.id === "once" && it.form === "runtime")?.head).toMatchObject({
      newText: ", once",
    });
  });

  test("puts what is selected into those that can take it", async () => {
    const client = await start({ files: {} });
    const text = "async function f() {\n    await one();\n    await two();\n}\n";
    await client.open("a.ts", text);
    const choices = await listed(client, {
      language: "typescript",
      uri: client.workspace.uri("a.ts"),
      range: client.rangeOf("a.ts", "await one();\n    await two();"),
    });
    expect(choices[0]?.isInstalled).toBe(true);
    expect(choices.some((it) => it.id === "mutex")).toBe(false);
    expect(choices.find((it) => it.id === "finally")?.preview).toContain(
      "try {\n  await one();\n  await two();\n} finally {",
    );
  });
});

describe("surrounding", () => {
  const ASYNC = (body: string) => `async function f(items: string[]) {\n${body}\n}\n`;

  async function titlesAt(text: string, selected: string, files: Record<string, string> = RUNTIME) {
    const client = await start({ files });
    await client.open("a.ts", text);
    const actions = await client.actions("a.ts", selected, ["refactor.surround"]);
    return { client, actions, titles: actions.map((it) => it.title) };
  }

  test("puts statements into a pattern and adds its import, in one edit", async () => {
    const text = ASYNC("  await one();\n  if (items) {\n    await two();\n  }");
    const selected = "  await one();\n  if (items) {\n    await two();\n  }\n";
    const { client, actions, titles } = await titlesAt(text, selected);
    expect(titles).toContain("Surround with a time limit");
    const limit = actions.find((it) => it.title === "Surround with a time limit");
    expect(client.after("a.ts", limit?.edit)).toBe(`import { timeout } from "mooring-runtime";

async function f(items: string[]) {
  // The work is told when the time is up, and this waits until it has stopped.
await timeout(\${1:5_000}, async (signal) => {
	await one();
	if (items) {
	  await two();
	}
});
}
`);
  });

  test("puts an expression into those that give its value", async () => {
    const text = ASYNC("  const page = await load(items);\n  return page;");
    const { client, actions, titles } = await titlesAt(text, "await load(items)");
    expect(titles).toEqual(["Surround with retries", "Surround with a time limit"]);
    expect(client.after("a.ts", actions[0]?.edit)).toContain(
      "const page = await retry(\n\tasync ({ signal }) => {\n\t\treturn await load(items);\n\t},",
    );
  });

  test("has forms without dependency where the runtime is not installed", async () => {
    const { client, actions } = await titlesAt(ASYNC("  await one();"), "await one();", {});
    const scope = actions.find((it) => it.title === "Surround with a scope for helpers");
    expect(client.after("a.ts", scope?.edit)).toContain("\ttry {\n".trim());
    expect(client.after("a.ts", scope?.edit)).not.toContain("mooring-runtime");
  });

  test.each([
    ["part of a statement", ASYNC("  await one();"), "one()"],
    ["something of the module", 'import "a";\n', 'import "a";'],
    ["nothing", ASYNC("  await one();"), ""],
  ])("is not offered for %s", async (_, text, selected) => {
    expect((await titlesAt(text, selected)).titles).toEqual([]);
  });

  test.each([
    [
      "a `return` would leave another function",
      ASYNC("  if (items) return;"),
      "if (items) return;",
    ],
    ["a `break` would have no loop", ASYNC("  for (;;) {\n    break;\n  }"), "break;"],
    ["a name would be out of reach", ASYNC("  const a = 1;\n  show(a);"), "const a = 1;"],
    ["nothing can be awaited", "function f() {\n  one();\n}\n", "one();"],
  ])("by a time limit is not offered where %s", async (_, text, selected) => {
    expect((await titlesAt(text, selected)).titles).not.toContain("Surround with a time limit");
  });

  test("by what needs no await is offered in any function", async () => {
    const { titles } = await titlesAt("function f() {\n  one();\n}\n", "one();");
    expect(titles).toContain("Surround with a task that nobody waits for");
    expect(titles).toContain("Surround with a catch for every error");
  });

  test("is not offered to a client that cannot take it, nor when something else is asked for", async () => {
    const client = await start({ files: RUNTIME });
    await client.open("a.ts", ASYNC("  await one();"));
    expect(await client.actions("a.ts", "await one();", ["quickfix"])).toEqual([]);
    const { workspaceEdit: _, ...workspace } = MODERN.workspace ?? {};
    const plain = await start({ files: RUNTIME, capabilities: { ...MODERN, workspace } });
    await plain.open("a.ts", ASYNC("  await one();"));
    expect(await plain.actions("a.ts", "await one();", ["refactor.surround"])).toEqual([]);
  });
});

/** Of the grammar only. */
function problemsIn(path: string, text: string): readonly unknown[] {
  const file: object = parseFile(path, text);
  const problems: unknown = Reflect.get(file, "parseDiagnostics");
  return Array.isArray(problems)
    ? problems.map((it) => it.messageText)
    : ["not a tree of ts-morph"];
}
