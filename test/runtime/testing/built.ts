import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { gates } from "../../../runtime/testing/esbuild.ts";
import type { Program } from "./programs.ts";

type Programs = Readonly<Record<"planted" | "correct", Readonly<Record<string, Program>>>>;

/** The planted programs as a user has them: TypeScript, given its gates by the plugin for esbuild. */
export async function builtPrograms(): Promise<Programs> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("programs.ts", import.meta.url))],
    absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    plugins: [gates()],
  });
  const text = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  return import(/* @vite-ignore */ `data:text/javascript;base64,${text}`);
}
