import type { ErrorEventModel, PackageModel } from "./primitive.ts";

// Emitters that tell of their failure by an `error` event. Node throws the error where nobody
// listens: https://nodejs.org/api/events.html#error-events. Servers are left out, since a server that
// cannot listen is a program that had better end.

const STREAM: ErrorEventModel = {
  reason: "The file may be missing, forbidden, or vanish; the stream finds out when it opens it.",
  gives: "stream",
};
const CORRUPT: ErrorEventModel = {
  reason: "Input that is no such archive is an `error` event and nothing else.",
  gives: "stream",
};
const CONNECTION: ErrorEventModel = {
  reason: "The other side may be down or hang up at any time.",
  gives: "connection",
};
const REQUEST: ErrorEventModel = {
  reason: "The other side may be down or hang up at any time.",
  gives: "request",
};
const PROCESS: ErrorEventModel = {
  reason: "A command that is not there, or may not be run, is an `error` event.",
  gives: "child process",
  runs: "process",
};

function each(names: readonly string[], model: ErrorEventModel) {
  return Object.fromEntries(names.map((name) => [name, model]));
}

export const errorEvents: readonly PackageModel[] = [
  {
    modules: ["node:fs"],
    errorEvents: each(
      ["createReadStream", "createWriteStream", "ReadStream", "WriteStream"],
      STREAM,
    ),
  },
  {
    modules: ["node:net", "node:tls"],
    errorEvents: each(["connect", "createConnection", "Socket", "TLSSocket"], CONNECTION),
  },
  { modules: ["node:http", "node:https"], errorEvents: each(["get", "request"], REQUEST) },
  { modules: ["node:http2"], errorEvents: each(["connect"], CONNECTION) },
  {
    modules: ["node:zlib"],
    errorEvents: each(
      [
        "createGunzip",
        "createUnzip",
        "createInflate",
        "createInflateRaw",
        "createBrotliDecompress",
      ],
      CORRUPT,
    ),
  },
  { modules: ["node:child_process"], errorEvents: each(["spawn", "fork"], PROCESS) },
  {
    modules: ["node:worker_threads"],
    errorEvents: {
      Worker: {
        reason: "What the thread throws and nobody catches there is an `error` event here.",
        gives: "worker",
        runs: "thread",
      },
    },
  },
  { modules: ["ws"], errorEvents: each(["WebSocket"], CONNECTION) },
];
