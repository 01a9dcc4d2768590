// Some engines have no `Symbol.dispose` yet. TypeScript's, esbuild's and Babel's helpers for `using` then look in the
// symbol registry, and so does this module; nothing global is patched.

/** The key that `using` calls. */
// The cast is sound: where the engine lacks the symbol, the registered one is what compiled `using` looks up.
export const dispose: typeof Symbol.dispose = (Symbol.dispose ??
  Symbol.for("Symbol.dispose")) as typeof Symbol.dispose;

/** The key that `await using` calls. */
// Sound for the same reason.
export const asyncDispose: typeof Symbol.asyncDispose = (Symbol.asyncDispose ??
  Symbol.for("Symbol.asyncDispose")) as typeof Symbol.asyncDispose;
