import type { CodeActionKind, InitializeResult, TextDocumentSyncKind } from "vscode-languageserver";
import type { ClientAbilities } from "./client-abilities.ts";
import type { FixAllInWorkspace } from "./protocol.ts";

export const QUICK_FIX = "quickfix" satisfies CodeActionKind;

export const FIX_ALL = "source.fixAll.mooring";

export const SURROUND = "refactor.surround";

export const FIX_ALL_IN_WORKSPACE: FixAllInWorkspace["command"] =
  "mooring.server.fixAllInWorkspace";

const INCREMENTAL = 2 satisfies TextDocumentSyncKind;

/** The files whose changes matter: code, configurations, and what says which packages there are. */
export const WATCHED = [
  "**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,json,jsonc}",
  "**/.gitignore",
  "**/{yarn.lock,pnpm-lock.yaml,bun.lock,bun.lockb}",
] as const;

/** What we can do for this client. */
export function initializeResult(client: ClientAbilities, version: string): InitializeResult {
  const folders = { filters: [{ pattern: { glob: "**", matches: "folder" as const } }] };
  return {
    serverInfo: { name: "mooring", version },
    capabilities: {
      positionEncoding: client.encoding,
      textDocumentSync: {
        openClose: true,
        change: INCREMENTAL,
        save: { includeText: false },
      },
      ...(client.pullsDiagnostics
        ? {
            diagnosticProvider: {
              identifier: "mooring",
              interFileDependencies: true,
              workspaceDiagnostics: true,
              workDoneProgress: true,
            },
          }
        : {}),
      codeActionProvider: client.codeActionLiterals
        ? {
            codeActionKinds: [QUICK_FIX, FIX_ALL, SURROUND],
            resolveProvider: client.resolvesEdits,
          }
        : false,
      hoverProvider: true,
      // A prefix goes on behind a hyphen, which ends a word everywhere else.
      completionProvider: { triggerCharacters: ["-"], resolveProvider: true },
      executeCommandProvider: { commands: [FIX_ALL_IN_WORKSPACE], workDoneProgress: true },
      workspace: {
        workspaceFolders: { supported: true, changeNotifications: true },
        fileOperations: { didRename: folders, didDelete: folders },
      },
    },
  };
}
