import {
  EventEmitter,
  l10n,
  languages,
  Position,
  type QuickPickItem,
  Range,
  SnippetString,
  SnippetTextEdit,
  TabInputText,
  TextEdit,
  type TextEditor,
  Uri,
  ViewColumn,
  window,
  workspace,
  WorkspaceEdit,
} from "vscode";
import type { PatternChoice } from "../server/protocol.ts";
import type { Server } from "./server.ts";

const SCHEME = "mooring-pattern";

interface Item extends QuickPickItem {
  readonly choice: PatternChoice;
}

/**
 * Lets somebody choose a pattern, with a look at it beside the list, and inserts it where the cursor
 * is, or around what is selected. Tells whether something was inserted.
 */
export async function insertPattern(server: Server): Promise<boolean> {
  const editor = window.activeTextEditor;
  if (editor === undefined) {
    await window.showInformationMessage(l10n.t("Open the file that the pattern is to go into."));
    return false;
  }
  const { document, selection } = editor;
  const { version } = document;
  const choices = await server.ask("mooring/patterns", {
    language: document.languageId,
    uri: document.uri.toString(),
    range: { start: plain(selection.start), end: plain(selection.end) },
  });
  if (choices.length === 0) {
    await window.showInformationMessage(l10n.t("There is no pattern for this place."));
    return false;
  }
  const choice = await choose(choices, document.languageId);
  if (choice === undefined) return false;
  const shown = await window.showTextDocument(document, {
    viewColumn: editor.viewColumn ?? ViewColumn.Active,
  });
  // What was made for the text as it was does not fit another one.
  return document.version === version && insert(shown, selection, choice);
}

async function insert(
  editor: TextEditor,
  range: Range,
  { snippet, head }: PatternChoice,
): Promise<boolean> {
  const change = changeOf(head);
  if (change === undefined) return editor.insertSnippet(new SnippetString(snippet), range);
  // In one step, so that undo takes both back.
  const edit = new WorkspaceEdit();
  edit.set(editor.document.uri, [
    change,
    SnippetTextEdit.replace(range, new SnippetString(snippet)),
  ]);
  return workspace.applyEdit(edit);
}

async function choose(
  choices: readonly PatternChoice[],
  language: string,
): Promise<PatternChoice | undefined> {
  const preview = new Preview(language);
  const list = window.createQuickPick<Item>();
  list.items = choices.map(itemOf);
  list.placeholder = l10n.t("Which pattern?");
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  // The look at it opens an editor, which is no reason to close the list.
  list.ignoreFocusOut = true;
  try {
    return await new Promise<PatternChoice | undefined>((resolve) => {
      list.onDidChangeActive(([item]) => preview.show(item?.choice));
      list.onDidAccept(() => resolve(list.activeItems[0]?.choice));
      list.onDidHide(() => resolve(undefined));
      list.show();
    });
  } finally {
    list.dispose();
    await preview.close();
  }
}

function itemOf(choice: PatternChoice): Item {
  const { title, prefix, when, also, form, isInstalled, language } = choice;
  const hasForms = language === "typescript" || language === "javascript";
  const origin =
    form === "plain"
      ? l10n.t("no dependency")
      : isInstalled
        ? "mooring-runtime"
        : l10n.t("mooring-runtime, not installed");
  const description = [prefix, ...also, ...(hasForms ? [origin] : [])].join(" · ");
  return { label: title, description, detail: when, choice };
}

/** The pattern as it would be inserted, in an editor beside that goes away with the list. */
class Preview {
  private readonly uri: Uri;
  private readonly changed = new EventEmitter<Uri>();
  private readonly registration;
  private readonly language: string;
  private text = "";
  private opening: Thenable<unknown> | undefined;

  constructor(language: string) {
    this.language = language;
    this.uri = Uri.from({ scheme: SCHEME, path: `/${l10n.t("Pattern")}` });
    this.registration = workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: this.changed.event,
      provideTextDocumentContent: () => this.text,
    });
  }

  show(choice: PatternChoice | undefined): void {
    if (choice === undefined) return;
    this.text = choice.preview;
    this.changed.fire(this.uri);
    this.opening ??= this.open().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.opening;
    const tabs = window.tabGroups.all
      .flatMap((it) => it.tabs)
      .filter(({ input }) => input instanceof TabInputText && input.uri.scheme === SCHEME);
    await window.tabGroups.close(tabs, true);
    this.registration.dispose();
    this.changed.dispose();
  }

  private async open(): Promise<void> {
    const document = await workspace.openTextDocument(this.uri);
    await languages.setTextDocumentLanguage(document, this.language);
    await window.showTextDocument(document, {
      viewColumn: ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
    // The editor takes no news of a document that it is still opening.
    this.changed.fire(this.uri);
  }
}

function plain({ line, character }: Position) {
  return { line, character };
}

/** A TextEdit of LSP as one of the editor's. */
function changeOf(head: object | null): TextEdit | undefined {
  if (head === null || !("newText" in head) || !("range" in head)) return undefined;
  const { newText, range } = head;
  if (typeof newText !== "string" || typeof range !== "object" || range === null) return undefined;
  const [start, end] = ["start", "end"].map((it) => positionOf(Reflect.get(range, it)));
  if (start === undefined || end === undefined) return undefined;
  return TextEdit.replace(new Range(start, end), newText);
}

function positionOf(given: unknown): Position | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const { line, character } = { line: undefined, character: undefined, ...given };
  if (typeof line !== "number" || typeof character !== "number") return undefined;
  return new Position(line, character);
}
