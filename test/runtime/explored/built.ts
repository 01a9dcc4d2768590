import { build, type Plugin } from "esbuild";
import { fileURLToPath } from "node:url";
import { gates } from "../../../runtime/testing/esbuild.ts";
import { subject } from "../subject.ts";
import type { Scenario } from "./scenarios.ts";

interface Built {
  readonly scenarios: Readonly<Record<string, Scenario>>;
  readonly defects: Readonly<Record<string, Scenario>>;
  readonly ownDeadlocks: Readonly<Record<"locks again" | "two orders", Scenario>>;
  readonly manyReady: Scenario;
}

/** The scenarios with the runtime that is tested, both with gates at each `await`. */
export async function builtScenarios(): Promise<Built> {
  const { outputFiles } = await build({
    stdin: {
      contents:
        'export * from "./scenarios.ts"; export * from "./defects.ts"; export * from "./deadlocks.ts";',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    plugins: [tested, gates()],
  });
  const text = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  return import(/* @vite-ignore */ `data:text/javascript;base64,${text}`);
}

const tested: Plugin = {
  name: "the runtime that is tested",
  setup({ onResolve }) {
    onResolve({ filter: /\/runtime\/index\.ts$/ }, ({ importer }) =>
      importer.includes("/explored/")
        ? { path: fileURLToPath(new URL("index.ts", subject)) }
        : undefined,
    );
  },
};
