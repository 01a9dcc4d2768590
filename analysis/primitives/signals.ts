import type { PackageModel, SignalModel, TypeModel } from "./primitive.ts";

// Values that tell running work that nobody wants it any more.

const ABORT: SignalModel = {
  protocol: "AbortSignal",
  flag: "aborted",
  check: "throwIfAborted",
  carriedAs: ["signal", "abortSignal"],
};

const TOKEN: TypeModel = {
  reason:
    "Asked and listened to while work runs: https://code.visualstudio.com/api/references/vscode-api#CancellationToken.",
  signal: {
    protocol: "CancellationToken",
    flag: "isCancellationRequested",
    carriedAs: ["token", "cancellationToken"],
  },
};

export const signals: readonly PackageModel[] = [
  {
    modules: ["lib", "own", "abort-controller", "node-abort-controller", "node-fetch"],
    types: {
      AbortSignal: {
        reason: "Work listens to it for its end: https://dom.spec.whatwg.org/#abortsignal.",
        signal: ABORT,
      },
    },
  },
  {
    modules: ["@azure/abort-controller", "own"],
    types: {
      AbortSignalLike: {
        reason: "What the packages for Azure take, so that any AbortSignal will do.",
        signal: { protocol: "AbortSignal", flag: "aborted", carriedAs: ["abortSignal"] },
      },
    },
  },
  {
    modules: ["axios"],
    types: {
      GenericAbortSignal: {
        reason: "What requests take, so that any AbortSignal will do.",
        signal: { protocol: "AbortSignal", flag: "aborted", carriedAs: ["signal"] },
      },
    },
  },
  {
    modules: [
      "vscode",
      "vscode-jsonrpc",
      "vscode-languageserver",
      "vscode-languageserver-protocol",
      "monaco-editor",
      "own",
    ],
    types: { CancellationToken: TOKEN },
  },
  {
    modules: ["mooring-runtime"],
    types: {
      CancellationToken: {
        reason: "Carries an AbortSignal, and can be handed on as a whole.",
        signal: {
          protocol: "mooring CancellationToken",
          flag: "cancelled",
          check: "throwIfCancelled",
          carriedAs: ["token"],
        },
      },
    },
  },
];
