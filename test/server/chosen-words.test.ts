import type { ClientCapabilities, WorkspaceEdit } from "vscode-languageserver-protocol";
import { expect, test } from "vitest";
import { Lines } from "../../server/positions.ts";
import { expandSnippet, parseSnippet } from "../../snippets/snippet-text.ts";
import { type Client, MODERN, start } from "./harness.ts";

// A fix that makes up a name lets people write another one, in all places at once.

const LEDGER = `export namespace Harbour {
  export class Ledger {
    private balance = 0;

    async charge(id: string): Promise<void> {
      const before = this.balance;

      const fee = await feeFor(id);
      this.balance = before + fee;
    }
  }
}
declare function feeFor(id: string): Promise<number>;
declare const ledger: Harbour.Ledger;
export async function all(ids: string[]): Promise<void> {
  await Promise.all(ids.map((it) => ledger.charge(it)));
}
`;
const files = {
  "tsconfig.json": JSON.stringify({
    compilerOptions: { strict: true, target: "es2022", lib: ["es2022"], module: "preserve" },
  }),
  "package.json": JSON.stringify({ dependencies: { "async-mutex": "*" } }),
  "node_modules/async-mutex/package.json": JSON.stringify({
    name: "async-mutex",
    types: "index.d.ts",
  }),
  "node_modules/async-mutex/index.d.ts":
    "export declare class Mutex { runExclusive<T>(work: () => T | Promise<T>): Promise<T>; }\n",
  "ledger.ts": LEDGER,
  "windows.ts": LEDGER.replaceAll("\n", "\r\n"),
};
const PLAIN: ClientCapabilities = {
  ...MODERN,
  workspace: { ...MODERN.workspace, workspaceEdit: { documentChanges: true } },
};

test.each(["ledger.ts", "windows.ts"])(
  "%s: with stops or without, the text is the same",
  async (name) => {
    const plain = await lockIn(await start({ files, capabilities: PLAIN }), name);
    const modern = await lockIn(await start({ files }), name);
    const original = files[name === "windows.ts" ? name : "ledger.ts"];
    const expected = plain.client.after(name, plain.edit);
    expect(expected).toContain("mutex = new Mutex();");
    expect(asInserted(original, modern.edit)).toBe(expected);
    expect(stopsIn(modern.edit)).toEqual(["${1:mutex}", "${1:mutex}"]);
  },
);

async function lockIn(client: Client, name: string) {
  await client.open(name);
  const actions = await client.actions(name, "this.balance = before");
  const action = actions.find((it) => /under a lock/.test(it.title));
  if (action === undefined) throw new Error(actions.map((it) => it.title).join("\n"));
  return { client, edit: (await client.resolve(action)).edit };
}

function changesIn(edit: WorkspaceEdit | undefined) {
  return (edit?.documentChanges ?? []).flatMap((it) => ("edits" in it ? it.edits : []));
}

function stopsIn(edit: WorkspaceEdit | undefined): readonly string[] {
  return changesIn(edit).flatMap((it) =>
    "snippet" in it ? (it.snippet.value.match(/\$\{\d+:\w+\}/g) ?? []) : [],
  );
}

/** As VS Code inserts: each line but the first is indented as the line where the snippet goes. */
function asInserted(text: string, edit: WorkspaceEdit | undefined): string {
  const lines = new Lines(text, "utf-16");
  const edits = changesIn(edit).map((it) => {
    const start = lines.offset(it.range.start);
    const before = text.slice(lines.offset({ line: it.range.start.line, character: 0 }), start);
    const indent = /^[ \t]*/.exec(before)?.[0] ?? "";
    if (!("snippet" in it))
      throw new Error("VS Code would indent plain edits of the same file, too.");
    const inserted = expandSnippet(parseSnippet(it.snippet.value));
    return {
      start,
      end: lines.offset(it.range.end),
      text: inserted.replaceAll("\n", `\n${indent}`),
    };
  });
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((left, it) => left.slice(0, it.start) + it.text + left.slice(it.end), text);
}
