import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { globSync } from "tinyglobby";

export const folder = fileURLToPath(new URL("../../runtime/", import.meta.url));

const files = globSync("**/*.ts", {
  cwd: folder,
  ignore: ["testing/**", "workers/**", "shared/**"],
}).sort();

/** The body of every `@example`, by what it is an example of. */
export const examples: readonly (readonly [name: string, body: string])[] = files.flatMap((file) =>
  [
    ...readFileSync(folder + file, "utf8").matchAll(
      /@example\n([^]*?)\n \*\/\nexport (?:async )?(?:function\*?|class) (\w+)/g,
    ),
  ].map(([, body = "", name = ""]) => [name, body.replaceAll(/^ \* ?/gm, "")] as const),
);

/** Runs an example with the names of a module, from wherever that comes. */
export async function runExample(
  body: string,
  runtime: { readonly stream: object },
): Promise<void> {
  const { default: _, ...names } = { default: 0, assert, ...runtime, ...runtime.stream };
  const { code } = await transform(`async () => {${body}\n}`, { loader: "ts", target: "es2022" });
  // oxlint-disable-next-line typescript/no-implied-eval -- the examples are texts in comments
  const program: unknown = new Function(
    ...Object.keys(names),
    `return (${code.trim().replace(/;$/, "")})()`,
  );
  if (typeof program === "function") await program(...Object.values(names));
}
