import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client, Workspace } from "./harness.ts";

// The bundled server, in a process of its own.

const bundles = mkdtempSync(join(tmpdir(), "mooring-bundle-"));
const program = join(bundles, "server.cjs");

beforeAll(() => {
  const build = new URL("../../scripts/build.mjs", import.meta.url).pathname;
  execFileSync(process.execPath, [build, bundles, "server", "server-core"]);
});
afterAll(() => rmSync(bundles, { recursive: true }));

const files = {
  "disk.ts": "export declare function save(): Promise<void>;\n",
  "cart.ts": 'import { save } from "./disk";\nexport function pay() {\n  save();\n}\n',
};

async function startProcess(transport: "stdio" | "ipc", workspace = new Workspace(files)) {
  const server =
    transport === "ipc"
      ? fork(program, ["--node-ipc"], { silent: true })
      : spawn(process.execPath, [program, "--stdio"]);
  const [reader, writer] = transport === "ipc" ? messages(server) : streams(server);
  const client = new Client(createProtocolConnection(reader, writer), workspace, { files });
  await client.initialize();
  return { client, server, workspace };
}

function messages(server: ChildProcess) {
  return [new IPCMessageReader(server), new IPCMessageWriter(server)] as const;
}

function streams({ stdin, stdout }: ChildProcess) {
  if (stdin === null || stdout === null) throw new Error("The server has no pipes.");
  return [new StreamMessageReader(stdout), new StreamMessageWriter(stdin)] as const;
}

test.each(["stdio", "ipc"] as const)("over %s, from start to exit", async (transport) => {
  const { client, server } = await startProcess(transport);
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.edit("cart.ts", "  save()", "  return save()");
  expect(await client.rulesIn("cart.ts")).toEqual([]);
  const exited = once(server, "exit");
  await client.connection.sendRequest("shutdown");
  await client.connection.sendNotification("exit");
  expect((await exited)[0]).toBe(0);
  client.connection.dispose();
  rmSync(client.workspace.folder, { recursive: true });
});

test("one that is killed is followed by one that knows nothing of its results", async () => {
  const first = await startProcess("stdio");
  await first.client.open("cart.ts");
  const { resultId } = await first.client.pull("cart.ts");
  const exited = once(first.server, "exit");
  first.server.kill("SIGKILL");
  await exited;
  first.client.connection.dispose();

  const { client } = await startProcess("stdio", first.workspace);
  await client.open("cart.ts");
  expect(await client.pull("cart.ts", resultId)).toMatchObject({
    kind: "full",
    items: [{ code: "floating-promise" }],
  });
  await client.stop();
});

test("it ends when the client is gone without a word", async () => {
  const { client, server } = await startProcess("stdio");
  await client.open("cart.ts");
  const exited = once(server, "exit");
  client.connection.end();
  server.stdin?.end();
  await exited;
  client.connection.dispose();
  rmSync(client.workspace.folder, { recursive: true });
});
