import type {
  TextDocumentContentChangeEvent,
  TextDocumentItem,
  VersionedTextDocumentIdentifier,
} from "vscode-languageserver";
import { type Encoding, Lines } from "./positions.ts";
import { pathOf } from "./uris.ts";

/** A text that the client has open: it counts, whatever the disk says. */
export class Document {
  readonly uri: string;
  readonly path: string;
  readonly encoding: Encoding;
  private current: { readonly text: string; readonly version: number };
  private known: Lines | undefined;

  constructor({ uri, version, text }: TextDocumentItem, path: string, encoding: Encoding) {
    this.uri = uri;
    this.path = path;
    this.encoding = encoding;
    this.current = { text, version };
  }

  get text(): string {
    return this.current.text;
  }

  get version(): number {
    return this.current.version;
  }

  get lines(): Lines {
    this.known ??= new Lines(this.current.text, this.encoding);
    return this.known;
  }

  change(version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    for (const change of changes) {
      let { text } = change;
      if ("range" in change) {
        const { start, end } = change.range;
        const before = this.text.slice(0, this.lines.offset(start));
        text = before + text + this.text.slice(this.lines.offset(end));
      }
      this.current = { text, version };
      this.known = undefined;
    }
    this.current = { text: this.text, version };
  }
}

/** The open documents, by path. What is no file gets a path of its own that no file can have. */
export class Documents {
  private readonly encoding: Encoding;
  private readonly byPath = new Map<string, Document>();
  private readonly paths = new Map<string, string>();
  private readonly uris = new Map<string, string>();
  private count = 0;

  constructor(encoding: Encoding) {
    this.encoding = encoding;
  }

  open(item: TextDocumentItem): Document {
    const path = this.pathOf(item.uri, item.languageId);
    const document = new Document(item, path, this.encoding);
    this.byPath.set(path, document);
    this.paths.set(item.uri, path);
    this.uris.set(path, item.uri);
    return document;
  }

  change(
    { uri, version }: VersionedTextDocumentIdentifier,
    changes: readonly TextDocumentContentChangeEvent[],
  ): Document | undefined {
    const document = this.byPath.get(this.pathOf(uri));
    document?.change(version, changes);
    return document;
  }

  close(uri: string): Document | undefined {
    const document = this.byPath.get(this.pathOf(uri));
    if (document !== undefined) this.byPath.delete(document.path);
    this.paths.delete(uri);
    return document;
  }

  at(path: string): Document | undefined {
    return this.byPath.get(path);
  }

  all(): readonly Document[] {
    return [...this.byPath.values()];
  }

  /**
   * The path by which the analysis knows the document. An untitled text is alone in its folder, so
   * that what it declares globally is seen by no other, and has no config.
   */
  pathOf(uri: string, language = ""): string {
    const known = this.paths.get(uri);
    if (known !== undefined) return known;
    const file = pathOf(uri);
    if (file !== undefined) return file;
    this.count += 1;
    const name = /[^/:?#\\]*$/.exec(uri.replace(/[?#].*$/, ""))?.[0] ?? "";
    const ending = /\.[cm]?[jt]sx?$/.test(name) ? "" : (ENDINGS[language] ?? "");
    return `/^untitled/${this.count}/${name === "" ? "text" : name}${ending}`;
  }

  /** As the client wrote it, where it did: there are many ways to write the same. */
  uriOf(path: string): string | undefined {
    return this.uris.get(path);
  }
}

const ENDINGS: Readonly<Record<string, string>> = {
  typescript: ".ts",
  typescriptreact: ".tsx",
  javascript: ".js",
  javascriptreact: ".jsx",
};
