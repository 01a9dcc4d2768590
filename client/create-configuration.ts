import {
  FileType,
  l10n,
  Selection,
  type TextDocument,
  Uri,
  window,
  workspace,
  type WorkspaceFolder,
} from "vscode";

/** In the order in which they count. */
const NAMES = ["mooring.config.json", "mooring.config.jsonc"];

/** What is completed in it comes from the schema that the extension brings, so it names none. */
const TEXT = '{\n  "profile": "recommended",\n  "rules": {}\n}\n';

/** Opens the configuration of a folder; makes one to start from where there is none. Gives its place. */
export async function createConfiguration(): Promise<Uri | undefined> {
  const folder = await chooseFolder();
  if (folder === undefined) return undefined;
  const places = NAMES.map((it) => Uri.joinPath(folder.uri, it));
  for (const it of places) {
    if (await isFile(it)) {
      await window.showTextDocument(it);
      return it;
    }
  }
  const uri = Uri.joinPath(folder.uri, "mooring.config.json");
  await workspace.fs.writeFile(uri, new TextEncoder().encode(TEXT));
  const document = await workspace.openTextDocument(uri);
  const editor = await window.showTextDocument(document);
  editor.selection = insideRules(document);
  return uri;
}

/** That of the active file, else one that somebody chooses where there are several. */
async function chooseFolder(): Promise<WorkspaceFolder | undefined> {
  const active = window.activeTextEditor?.document.uri;
  const own = active && workspace.getWorkspaceFolder(active);
  const [first, ...others] = workspace.workspaceFolders ?? [];
  if (own !== undefined || others.length === 0) return own ?? first;
  return window.showWorkspaceFolderPick({
    placeHolder: l10n.t("For which folder is the configuration?"),
  });
}

async function isFile(uri: Uri): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(uri)).type & FileType.File) !== 0;
  } catch {
    // There is none.
    return false;
  }
}

function insideRules(document: TextDocument): Selection {
  const place = document.positionAt(TEXT.indexOf("{}") + 1);
  return new Selection(place, place);
}
