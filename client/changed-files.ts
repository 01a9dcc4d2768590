import { type Event, type ExtensionContext, extensions, type Uri, workspace } from "vscode";
import type { Server } from "./server.ts";

// Which files differ from the last commit is for the editor's own Git extension to say: the server
// runs no program. Asked only where the scope is `changedFiles`.

/** The part of the Git extension's API, version 1, that is used here. */
interface Git {
  getAPI(version: 1): {
    readonly repositories: readonly Repository[];
    readonly onDidOpenRepository: Event<Repository>;
  };
}

interface Repository {
  readonly state: {
    readonly indexChanges: readonly Change[];
    readonly workingTreeChanges: readonly Change[];
    readonly untrackedChanges?: readonly Change[];
    readonly mergeChanges: readonly Change[];
    readonly onDidChange: Event<void>;
  };
}

interface Change {
  readonly uri: Uri;
}

export function watchChangedFiles(context: ExtensionContext, server: Server): void {
  let isWatching = false;
  let told = "";

  async function watch(): Promise<void> {
    if (isWatching || !isWanted()) return;
    const extension = extensions.getExtension<Git>("vscode.git");
    if (extension === undefined) return;
    isWatching = true;
    const git = (await extension.activate()).getAPI(1);
    const changed = () => tell(git.repositories);
    for (const { state } of git.repositories) {
      context.subscriptions.push(state.onDidChange(changed));
    }
    context.subscriptions.push(
      git.onDidOpenRepository(({ state }) => {
        context.subscriptions.push(state.onDidChange(changed));
        changed();
      }),
      // A server that has just come up has heard nothing yet.
      server.onLife(({ state }) => {
        told = state === "running" ? "" : told;
        if (state === "running") changed();
      }),
    );
    changed();
  }

  function tell(repositories: readonly Repository[]): void {
    const uris = repositories.flatMap(({ state }) =>
      [
        ...state.indexChanges,
        ...state.workingTreeChanges,
        ...(state.untrackedChanges ?? []),
        ...state.mergeChanges,
      ].map(({ uri }) => uri.toString()),
    );
    const distinct = [...new Set(uris)].toSorted();
    // Git says that something changed far more often than that other files did.
    if (server.life.state !== "running" || told === distinct.join()) return;
    told = distinct.join();
    server.tell("mooring/changedFiles", { uris: distinct }).catch(() => {
      // The server went away in this moment; it is told when it is back.
      told = "";
    });
  }

  function expect(done: Promise<void>): void {
    done.catch(() => {
      // Without Git the files count that change while the server runs.
      isWatching = false;
    });
  }

  context.subscriptions.push(workspace.onDidChangeConfiguration(() => expect(watch())));
  expect(watch());
}

function isWanted(): boolean {
  const folders = workspace.workspaceFolders ?? [];
  return folders.some(
    ({ uri }) => workspace.getConfiguration("mooring", uri).get("scope") === "changedFiles",
  );
}
