import { type ExtensionContext, languages, type Uri } from "vscode";
import type { NeighbourReport } from "../server/protocol.ts";
import { SOURCE } from "./documents.ts";
import type { Server } from "./server.ts";

// What other linters report, so that nobody is told the same twice: server/neighbours.ts says what
// becomes of it. The extension only looks at what is shown anyway.

/** A file with more than this has other troubles. */
const MOST = 500;

export function watchNeighbours(context: ExtensionContext, server: Server): void {
  const told = new Map<string, string>();

  function tell(uri: Uri): void {
    if (server.life.state !== "running") return;
    const key = uri.toString();
    const reports = reportsIn(uri);
    const text = JSON.stringify(reports);
    if ((told.get(key) ?? "[]") === text) return;
    if (reports.length === 0) told.delete(key);
    else told.set(key, text);
    server.tell("mooring/neighbours", { uri: key, reports }).catch(() => {
      // The server went away in this moment; it is told when it is back.
      told.delete(key);
    });
  }

  context.subscriptions.push(
    languages.onDidChangeDiagnostics(({ uris }) => {
      for (const it of uris) tell(it);
    }),
    // A server that has just come up has heard nothing yet.
    server.onLife(({ state }) => {
      if (state !== "running") return;
      told.clear();
      for (const [uri] of languages.getDiagnostics()) tell(uri);
    }),
  );
}

/** Compilers have numbers for what they report; rules of linters have names. */
function reportsIn(uri: Uri): readonly NeighbourReport[] {
  return languages
    .getDiagnostics(uri)
    .flatMap(({ source, code, range }) => {
      const name = typeof code === "object" ? code.value : code;
      if (source === undefined || source === SOURCE || typeof name !== "string") return [];
      return [{ code: name, source, line: range.start.line }];
    })
    .slice(0, MOST);
}
