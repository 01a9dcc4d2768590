import type { ClientCapabilities } from "vscode-languageserver";
import type { Encoding } from "./positions.ts";

/** What the client can do, as far as we care. */
export interface ClientAbilities {
  readonly encoding: Encoding;
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly relatedInformation: boolean;
  readonly configuration: boolean;
  readonly configurationChanges: boolean;
  readonly watchesFiles: boolean;
  readonly workspaceFolders: boolean;
  readonly progress: boolean;
  readonly documentChanges: boolean;
  /** An edit may bring a file along. */
  readonly createsFiles: boolean;
  readonly changeAnnotations: boolean;
  readonly snippetEdits: boolean;
  /** What is completed may have places to type in. */
  readonly completesSnippets: boolean;
  readonly codeActionLiterals: boolean;
  /** Whether edits of code actions can be asked for later. */
  readonly resolvesEdits: boolean;
  /** Whether an action may be one that cannot be done, with the reason. */
  readonly disabledActions: boolean;
  readonly markdown: boolean;
  readonly appliesEdits: boolean;
}

export function abilitiesOf({
  general,
  textDocument,
  workspace,
  window,
}: ClientCapabilities): ClientAbilities {
  const action = textDocument?.codeAction;
  const edits = workspace?.workspaceEdit;
  const documentChanges = edits?.documentChanges === true;
  return {
    encoding: encodingOf(general?.positionEncodings),
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    relatedInformation:
      textDocument?.publishDiagnostics?.relatedInformation === true ||
      textDocument?.diagnostic?.relatedInformation === true,
    configuration: workspace?.configuration === true,
    configurationChanges: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    progress: window?.workDoneProgress === true,
    documentChanges,
    createsFiles: documentChanges && edits.resourceOperations?.includes("create") === true,
    changeAnnotations: documentChanges && edits.changeAnnotationSupport !== undefined,
    snippetEdits: documentChanges && edits.snippetEditSupport === true,
    completesSnippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    codeActionLiterals: action?.codeActionLiteralSupport !== undefined,
    resolvesEdits:
      action?.dataSupport === true && action.resolveSupport?.properties.includes("edit") === true,
    disabledActions: action?.disabledSupport === true,
    markdown: textDocument?.hover?.contentFormat?.includes("markdown") !== false,
    appliesEdits: workspace?.applyEdit === true,
  };
}

/** UTF-16 is what every client knows and what offsets inside are; bytes only where nothing else is. */
function encodingOf(offered: readonly string[] | undefined): Encoding {
  if (offered === undefined || offered.length === 0 || offered.includes("utf-16")) return "utf-16";
  return offered.includes("utf-8") ? "utf-8" : "utf-16";
}
