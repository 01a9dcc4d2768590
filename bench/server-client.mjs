/** A client that says to the bundled server what an editor says, and nothing else. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const bench = fileURLToPath(new URL(".", import.meta.url));
const bundles = join(bench, ".work", "server");

/** Bundles the sources as they are, so that a change can be measured before it is built. */
export function buildServer() {
  const script = join(bench, "..", "scripts", "build.mjs");
  const { status } = spawnSync(process.execPath, [script, bundles, "server", "server-core"], {
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error("The server could not be bundled.");
}

/**
 * Without the certificates that a machine may add: Node 20 reads them at each start, for about 70 ms,
 * and the server asks no network.
 */
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;

const capabilities = {
  textDocument: {
    diagnostic: {},
    publishDiagnostics: { relatedInformation: true },
    codeAction: {
      dataSupport: true,
      resolveSupport: { properties: ["edit"] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: [] } },
    },
  },
  workspace: { diagnostics: { refreshSupport: true } },
};

export class EditorClient {
  constructor(directory) {
    this.directory = directory;
    const flags = (process.env.SERVER_FLAGS ?? "").split(" ").filter((it) => it !== "");
    this.server = spawn(process.execPath, [...flags, join(bundles, "server.cjs"), "--stdio"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: environment,
    });
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.server.stdout),
      new StreamMessageWriter(this.server.stdin),
    );
    this.connection.onRequest("workspace/diagnostic/refresh", () => null);
    this.connection.listen();
    this.texts = new Map();
  }

  /** @returns {Promise<number>} milliseconds from the start of the process */
  async initialize(options = {}) {
    const started = performance.now();
    await this.connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ name: "bench", uri: pathToFileURL(this.directory).href }],
      capabilities,
      initializationOptions: { settings: options },
    });
    const took = performance.now() - started;
    await this.connection.sendNotification("initialized", {});
    return took;
  }

  uri(path) {
    return pathToFileURL(join(this.directory, path)).href;
  }

  async open(path, text) {
    this.texts.set(path, { text, version: 1 });
    const textDocument = { uri: this.uri(path), languageId: "typescript", version: 1, text };
    await this.connection.sendNotification("textDocument/didOpen", { textDocument });
  }

  async close(path) {
    this.texts.delete(path);
    const textDocument = { uri: this.uri(path) };
    await this.connection.sendNotification("textDocument/didClose", { textDocument });
  }

  /** Sends what differs, as an editor does, and gives the findings of the file. */
  async edit(path, text) {
    const known = this.texts.get(path);
    const version = known.version + 1;
    this.texts.set(path, { text, version });
    await this.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: this.uri(path), version },
      contentChanges: [changeBetween(known.text, text)],
    });
    return this.pull(path);
  }

  async pull(path) {
    const report = await this.connection.sendRequest("textDocument/diagnostic", {
      textDocument: { uri: this.uri(path) },
    });
    return report.items ?? [];
  }

  async workspace(previousResultIds = []) {
    return this.connection.sendRequest("workspace/diagnostic", { previousResultIds });
  }

  /** Resident memory of the server in bytes; Linux only. */
  memory() {
    const status = readFileSync(`/proc/${this.server.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** What its objects take, in bytes, those included that a collection would free. */
  async heap() {
    const { markdown } = await this.connection.sendRequest("mooring/information", null);
    return Number(/of which (\d+) MB/.exec(markdown)?.[1]) * 1024 * 1024;
  }

  /** Milliseconds that the server has computed for so far, all its threads; Linux only. */
  cpu() {
    const stat = readFileSync(`/proc/${this.server.pid}/stat`, "utf8");
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  }

  async stop() {
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    this.connection.dispose();
  }
}

function changeBetween(before, after) {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  return {
    range: { start: positionAt(before, start), end: positionAt(before, before.length - same) },
    text: after.slice(start, after.length - same),
  };
}

function positionAt(text, offset) {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length - 1, character: lines.at(-1).length };
}
