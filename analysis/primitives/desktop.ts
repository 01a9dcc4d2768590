import { AWAITED_AND_RETURNED, every, everyMember, HANDLER } from "./every.ts";
import type { PackageModel } from "./primitive.ts";

export const electron: PackageModel = {
  modules: ["electron"],
  calls: {
    ...everyMember(["IpcMain"], ["handle", "handleOnce"], {
      reason: "The promise of the handler is awaited, and its outcome sent back to invoke().",
      callbacks: { 1: HANDLER },
    }),
    "App.whenReady": {
      reason: "Electron initialises or the process ends: the promise never rejects.",
      result: "settles",
    },
    ...everyMember(["BrowserWindow", "WebContents", "WebviewTag"], ["loadURL", "loadFile"], {
      reason:
        "A no-op rejection handler is attached already: " +
        "https://www.electronjs.org/docs/latest/api/browser-window#winloadurlurl-options.",
      result: "floats",
    }),
  },
};

export const vscode: PackageModel = {
  modules: ["vscode"],
  calls: {
    ...everyMember(
      ["window"],
      ["showInformationMessage", "showWarningMessage", "showErrorMessage"],
      {
        reason: "It resolves when the user closes the message, which most code need not know.",
        result: "floats",
        neverRejects: true,
      },
    ),
    ...every(["Webview.postMessage"], {
      reason: "It resolves with false when nobody is there to get the message; it does not reject.",
      result: "settles",
    }),
    "Memento.update": {
      reason:
        "The new value is there at once; writing it down fails only when the editor itself can " +
        "store nothing any more.",
      result: "floats",
      neverRejects: true,
    },
    'commands.executeCommand("setContext")': {
      reason:
        "Sets a key for `when` clauses and has nothing that could fail: " +
        "https://code.visualstudio.com/api/references/when-clause-contexts.",
      result: "floats",
      neverRejects: true,
    },
    ...every(["commands.registerCommand", "commands.registerTextEditorCommand"], {
      reason: "VS Code awaits the command and shows its error.",
      callbacks: { 1: HANDLER },
    }),
    "window.withProgress": {
      reason: "Progress is shown until the promise of the task has settled.",
      callbacks: { 1: AWAITED_AND_RETURNED },
    },
  },
};
