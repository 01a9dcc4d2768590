// Everything behind `initialize`: the analysis, the compiler that it brings along, and whoever asks
// them. Loaded when it is first needed, since loading takes longer than a client likes to wait.

export { CodeActions, resolveCodeAction } from "./handlers/code-actions.ts";
export { complete, completeItem } from "./handlers/completion.ts";
export { documentDiagnostics } from "./handlers/diagnostics.ts";
export { executeCommand } from "./handlers/fix-all.ts";
export { hover } from "./handlers/hover.ts";
export { listPatterns } from "./handlers/insert-pattern.ts";
export {
  checkWorkspace,
  explain,
  information,
  listRules,
  status,
} from "./handlers/questions.ts";
export { surround } from "./handlers/surround.ts";
export { WorkspaceDiagnostics } from "./handlers/workspace-diagnostics.ts";
export { Publisher } from "./publisher.ts";
export { Session } from "./session.ts";
