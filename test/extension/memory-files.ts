import {
  Disposable,
  EventEmitter,
  type ExtensionContext,
  type FileChangeEvent,
  FileSystemError,
  type FileSystemProvider,
  type FileStat,
  FileType,
  type Uri,
  workspace,
} from "vscode";

const FILES = new Map<string, Uint8Array>(
  Object.entries({
    "/pay.ts": `declare function send(): Promise<void>;
export async function pay(): Promise<number> {
  send();
  return 1;
}
`,
    "/other.ts": "declare function send(): Promise<void>;\nsend();\nexport {};\n",
  }).map(([path, text]) => [path, new TextEncoder().encode(text)]),
);

/** Files that are on no disk, under the scheme of VS Code's own extension for repositories. */
class MemoryFiles implements FileSystemProvider {
  private readonly changed = new EventEmitter<FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  watch(): Disposable {
    return new Disposable(() => {});
  }

  stat({ path }: Uri): FileStat {
    const size = FILES.get(path)?.length;
    if (size === undefined && path !== "/") throw FileSystemError.FileNotFound(path);
    const type = path === "/" ? FileType.Directory : FileType.File;
    return { type, ctime: 0, mtime: 0, size: size ?? 0 };
  }

  readDirectory(): [string, FileType][] {
    return [...FILES.keys()].map((it) => [it.slice(1), FileType.File]);
  }

  readFile({ path }: Uri): Uint8Array {
    const bytes = FILES.get(path);
    if (bytes === undefined) throw FileSystemError.FileNotFound(path);
    return bytes;
  }

  writeFile({ path }: Uri, content: Uint8Array): void {
    FILES.set(path, content);
  }

  createDirectory(): void {
    throw FileSystemError.NoPermissions();
  }

  delete(): void {
    throw FileSystemError.NoPermissions();
  }

  rename(): void {
    throw FileSystemError.NoPermissions();
  }
}

export function activate(context: ExtensionContext): void {
  context.subscriptions.push(workspace.registerFileSystemProvider("vscode-vfs", new MemoryFiles()));
}
