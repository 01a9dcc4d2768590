/**
 * Whether an error only says that something was aborted for this reason: it is the reason, has it as its cause as the
 * errors of Node's own functions do, or bears the name that every platform gives to such an error.
 */
export function isReason(error: unknown, reason: unknown): boolean {
  return error === reason || thrown(error).cause === reason || isAbortError(error);
}

export function isAbortError(error: unknown): boolean {
  return thrown(error).name === "AbortError";
}

/** Whatever can be thrown can be asked for its properties, once it is an object. */
function thrown(error: unknown): { readonly cause?: unknown; readonly name?: unknown } {
  return Object(error);
}
