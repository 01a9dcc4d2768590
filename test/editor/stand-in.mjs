// Stands in for the program of a desktop VS Code, and for its command line, where none can be had:
// takes what @vscode/test-electron gives it, and does the same with the editor that npm has.

import { dirname, resolve } from "node:path";
import { installExtension, startEditor } from "./editor.mjs";
import { runInHost, TAKES_TESTS } from "./host.mjs";

const given = process.argv.slice(2);
const values = (name) =>
  given.filter((it) => it.startsWith(`--${name}=`)).map((it) => it.slice(name.length + 3));
const [data] = values("user-data-dir");
const home = dirname(data);

const index = given.indexOf("--install-extension");
if (index >= 0) {
  installExtension(given[index + 1], home);
} else {
  const editor = await startEditor({ home, flags: TAKES_TESTS });
  try {
    const folder = given.find((it) => !it.startsWith("-"));
    process.exitCode = await runInHost(editor, {
      tests: values("extensionTestsPath")[0],
      development: values("extensionDevelopmentPath")[0],
      ...(folder === undefined ? {} : { folder: resolve(folder) }),
      say: (text) => process.stdout.write(`│${text}\n`),
    });
  } finally {
    await editor.stop();
  }
}
