import { createRequire } from "node:module";
import type * as ast from "typescript/unstable/ast";
import type { FileSystem } from "typescript/unstable/fs";
import type * as sync from "typescript/unstable/sync";

/** TypeScript 7 as it was found in a project or beside us: its server's client and its kinds. */
export interface NativeApi {
  readonly version: string;
  readonly sync: typeof sync;
  readonly ast: typeof ast;
}

/** A symbol of the server's checker, which is not what JavaScript calls one. */
export type RemoteSymbol = sync.Symbol;

/** There is no TypeScript whose server this engine was tested with; ts-morph has to do. */
export class NativeUnavailable extends Error {
  override readonly name = "NativeUnavailable";
  /** The version that was found; undefined where there is no TypeScript at all. */
  readonly found: string | undefined;

  constructor(from: string, found: string | undefined, cause: unknown) {
    const reason =
      found === undefined
        ? "no `typescript` package can be found from there"
        : found.startsWith(`${TESTED}.`)
          ? `the server of TypeScript ${found} does not start`
          : `TypeScript ${found} is not the ${TESTED} that this engine was tested with`;
    super(`The native engine cannot be opened for ${from}: ${reason}.`, { cause });
    this.found = found;
  }
}

/** The interface is named unstable, so only what was tested is taken. */
const TESTED = "7.0";

/**
 * Loads TypeScript 7 as a file at `from` would. Nothing else in the product needs it at run time,
 * so it is looked for when somebody asks, and its absence is an answer and not a crash.
 */
export function loadNative(from: string): NativeApi {
  const load = createRequire(from);
  const version = attempt(() => versionIn(load("typescript/package.json")));
  if (typeof version !== "string") throw new NativeUnavailable(from, undefined, version);
  const wanted = version.startsWith(`${TESTED}.`);
  const modules = attempt(() => {
    if (!wanted) return undefined;
    // Sound for the versions that were tested: these are the modules that the types describe.
    const client = load("typescript/unstable/sync") as typeof sync;
    return { sync: client, ast: load("typescript/unstable/ast") as typeof ast };
  });
  if (modules === undefined || modules instanceof Error) {
    throw new NativeUnavailable(from, version, modules);
  }
  return { version, ...modules };
}

/** Starts the server; its executable is a package of its own for each platform. */
export function startNative(api: NativeApi, from: string, fs: FileSystem, cwd: string): sync.API {
  const client = attempt(() => new api.sync.API({ cwd, fs }));
  if (client instanceof Error) throw new NativeUnavailable(from, api.version, client);
  return client;
}

function versionIn(manifest: unknown): string | undefined {
  if (typeof manifest !== "object" || manifest === null) return undefined;
  const version: unknown = Reflect.get(manifest, "version");
  return typeof version === "string" ? version : undefined;
}

/** Loading says that something is not there by throwing; here it is an answer like another. */
function attempt<T>(load: () => T): T | Error {
  try {
    return load();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
