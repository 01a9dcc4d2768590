import { activation } from "./activation.ts";
import { commandSuite } from "./commands.ts";
import { languageSuite } from "./language.ts";
import { runSuites } from "./runner.ts";
import { statusSuite } from "./status.ts";

/** The extension host calls this, in the installed editor and under @vscode/test-electron alike. */
export function run(): Promise<void> {
  return runSuites(activation, languageSuite, commandSuite, statusSuite);
}
