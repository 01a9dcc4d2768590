import { AWAITED, every, everyMember, LATER, LISTENER } from "./every.ts";
import type { CallModel, PackageModel } from "./primitive.ts";

const FILE_OPERATIONS = [
  "access",
  "appendFile",
  "chmod",
  "chown",
  "close",
  "copyFile",
  "cp",
  "fstat",
  "fsync",
  "ftruncate",
  "link",
  "lstat",
  "mkdir",
  "mkdtemp",
  "open",
  "opendir",
  "readdir",
  "readFile",
  "readlink",
  "realpath",
  "rename",
  "rm",
  "rmdir",
  "stat",
  "symlink",
  "truncate",
  "unlink",
  "utimes",
  "write",
  "writeFile",
];

/** Operations that are over at once wherever the disk is not far away. */
const AT_ONCE: ReadonlySet<string> = new Set([
  "access",
  "chmod",
  "chown",
  "close",
  "fstat",
  "fsync",
  "ftruncate",
  "link",
  "lstat",
  "mkdir",
  "mkdtemp",
  "open",
  "readlink",
  "realpath",
  "rename",
  "rmdir",
  "stat",
  "symlink",
  "truncate",
  "unlink",
  "utimes",
]);

export const node: readonly PackageModel[] = [
  {
    modules: ["node:fs"],
    calls: {
      ...Object.fromEntries(FILE_OPERATIONS.map((it) => [`${it}Sync`, synchronous(it)])),
      existsSync: {
        reason: "It asks the disk and waits for the answer, which most often comes at once.",
        blocks: {},
        brief: true,
      },
      ...every(FILE_OPERATIONS, {
        reason: "The callback is the last argument; what it returns is ignored.",
        callbacks: { rest: LATER },
      }),
      ...every(["watch", "watchFile"], {
        reason: "Watchers call back for each change and ignore what is returned.",
        callbacks: { rest: LISTENER },
      }),
    },
  },
  {
    modules: ["node:fs/promises"],
    calls: {
      ...every(FILE_OPERATIONS, {
        reason: "A process may have only so many files open, and four operations run at a time.",
        uses: "files",
      }),
      ...every(["appendFile", "readFile", "writeFile"], {
        reason: "A file is read or written soon, and a write that is cut off leaves a part of it.",
        uses: "files",
        brief: true,
      }),
    },
  },
  {
    modules: ["node:crypto"],
    calls: every(
      ["pbkdf2Sync", "scryptSync", "generateKeyPairSync", "generatePrimeSync", "checkPrimeSync"],
      {
        reason: "It is made to take long, and takes the only thread for it.",
        blocks: {},
      },
    ),
  },
  {
    modules: ["node:worker_threads"],
    calls: {
      "Worker.terminate": {
        reason: "Resolves with the exit code when the thread has ended, and never rejects.",
        result: "settles",
      },
    },
  },
  {
    modules: ["node:child_process"],
    calls: {
      ...every(["execSync", "execFileSync"], {
        reason: "Waits for the command to end; throws when it exits with another code than 0.",
        throws: true,
        blocks: {},
      }),
      spawnSync: { reason: "Waits for the command to end.", blocks: {} },
      ...every(["exec", "execFile"], {
        reason: "The callback is the last argument; what it returns is ignored.",
        callbacks: { rest: LATER },
      }),
    },
  },
  {
    modules: ["lib"],
    calls: everyMember(["Process"], ["exit", "abort", "reallyExit"], {
      reason: "The process is gone: nothing behind the call runs, and no finally block either.",
      result: "ends",
    }),
  },
  {
    modules: ["node:process"],
    calls: every(["exit", "abort"], {
      reason: "The process is gone: nothing behind the call runs, and no finally block either.",
      result: "ends",
    }),
  },
  {
    modules: ["node:assert"],
    calls: {
      ...assertions("", "assert.", "strict."),
      ...everyMember(["assert"], ["rejects", "doesNotReject"], {
        reason: "Waits for the promise, or for the one that the function returns.",
        callbacks: { 0: AWAITED },
        observes: true,
      }),
    },
  },
  {
    modules: ["node:zlib"],
    calls: {
      ...every(["gunzipSync", "unzipSync", "inflateSync", "brotliDecompressSync"], {
        reason: "Throws on corrupt input, and takes the only thread for as long as it takes.",
        throws: true,
        blocks: {},
      }),
      ...every(["gzipSync", "deflateSync", "brotliCompressSync"], {
        reason: "It takes the only thread for as long as it takes.",
        blocks: {},
      }),
    },
  },
  {
    modules: ["node:stream"],
    calls: {
      "Stream.finished": {
        reason: "The callback is the last argument; what it returns is ignored.",
        callbacks: { rest: LATER },
      },
      "Stream.pipeline": {
        reason: "Functions among the streams may be async and are waited for, as the docs show.",
        callbacks: { rest: AWAITED },
      },
      ...everyMember(
        ["Readable"],
        ["map", "filter", "forEach", "some", "every", "find", "flatMap", "reduce"],
        {
          reason: "Stream helpers await their callbacks: https://nodejs.org/api/stream.html.",
          callbacks: { 0: { ...AWAITED, repeats: true } },
        },
      ),
    },
  },
  {
    modules: ["node:stream/promises"],
    calls: {
      pipeline: {
        reason: "Functions among the streams may be async and are waited for, as the docs show.",
        callbacks: { rest: AWAITED },
      },
    },
  },
  {
    modules: ["node:async_hooks"],
    calls: {
      ...everyMember(["AsyncLocalStorage"], ["run"], {
        reason: "Calls the function at once and returns what it returns.",
        callbacks: { 1: { runs: "now", result: "returned" } },
      }),
      ...every(["AsyncLocalStorage.exit", "AsyncResource.runInAsyncScope"], {
        reason: "Calls the function at once and returns what it returns.",
        callbacks: { 0: { runs: "now", result: "returned" } },
      }),
    },
  },
  {
    modules: ["node:http", "node:https", "node:http2", "node:net", "node:tls"],
    calls: {
      ...every(["createServer", "createSecureServer"], {
        reason: "The function becomes a listener, and emitters ignore what listeners return.",
        callbacks: { rest: LISTENER },
      }),
      ...every(["get", "request", "connect", "createConnection", "*.listen", "*.close"], {
        reason: "The function becomes a listener, and emitters ignore what listeners return.",
        callbacks: { rest: LATER },
      }),
    },
  },
];

function synchronous(name: string): CallModel {
  return {
    reason: "Throws when the file is missing, in use or forbidden, which code cannot rule out.",
    throws: true,
    blocks: { instead: { name, from: "node:fs/promises" } },
    ...(AT_ONCE.has(name) ? { brief: true } : {}),
  };
}

function assertions(...prefixes: readonly string[]) {
  const names = [
    "assert",
    "ok",
    "equal",
    "notEqual",
    "strictEqual",
    "notStrictEqual",
    "deepEqual",
    "notDeepEqual",
    "deepStrictEqual",
    "notDeepStrictEqual",
    "match",
    "doesNotMatch",
    "throws",
    "doesNotThrow",
    "ifError",
    "fail",
  ];
  return every(
    prefixes.flatMap((prefix) => names.map((name) => `${prefix}${name}`)),
    { reason: "Throwing when the assertion does not hold is what it is for.", throws: true },
  );
}
