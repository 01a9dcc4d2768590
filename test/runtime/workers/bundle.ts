import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** A program in TypeScript as one script: threads and processes of Node 20 run no TypeScript. */
export function bundled(source: string, directory: URL): string {
  const { outputFiles } = buildSync({
    stdin: { contents: source, loader: "ts", resolveDir: fileURLToPath(directory) },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
  });
  return outputFiles[0]?.text ?? "";
}

/** How a process that runs the program ends. `first` is run before its modules are loaded. */
export function ending(
  source: string,
  directory: URL,
  first = "",
): { status: number | null; stdout: string; stderr: string } {
  const { imports, body } = split(source);
  const code = bundled(`${imports}\nvoid (async () => {${body}})();`, directory);
  // By standard input: an argument has a limit that two copies of the runtime come near to.
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-"], {
    input: `${first}\n${code}`,
    encoding: "utf8",
    timeout: 20_000,
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

function split(source: string): { imports: string; body: string } {
  const lines = source.split("\n");
  const isImport = (it: string): boolean => it.trimStart().startsWith("import ");
  return {
    imports: lines.filter(isImport).join("\n"),
    body: lines.filter((it) => !isImport(it)).join("\n"),
  };
}
