import {
  commands,
  type Disposable,
  l10n,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from "vscode";
import { RULE_SCHEME } from "./documents.ts";
import type { Server } from "./server.ts";

/** The pages of the rules as read-only documents. They lie in the extension: no network is asked. */
export class RulePages implements Disposable, TextDocumentContentProvider {
  private readonly server: Server;
  private readonly registration: Disposable;

  constructor(server: Server) {
    this.server = server;
    this.registration = workspace.registerTextDocumentContentProvider(RULE_SCHEME, this);
  }

  async provideTextDocumentContent({ path }: Uri): Promise<string> {
    const rule = path.replace(/^\/|\.md$/g, "");
    const page = await this.server.ask("mooring/explain", { rule });
    return page?.markdown ?? `# ${rule}\n\n${l10n.t("There is no such rule.")}\n`;
  }

  async show(rule: string): Promise<void> {
    const uri = Uri.from({ scheme: RULE_SCHEME, path: `/${rule}.md` });
    try {
      await commands.executeCommand("markdown.showPreview", uri);
    } catch {
      // The built-in extension that shows Markdown can be turned off; the text is readable as it is.
      await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
    }
  }

  dispose(): void {
    this.registration.dispose();
  }
}
