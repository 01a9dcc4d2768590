/**
 * Whether an error only says that something was aborted for this reason: it is the reason, has it as its cause as the
 * errors of Node's own functions do, or bears the name that every platform gives to such an error.
 */
export function isReason(error: unknown, reason: unknown): boolean {
  if (error === reason) return true;
  if (typeof error !== "object" || error === null) return false;
  return ("cause" in error && error.cause === reason) || isAbortError(error);
}

export function isAbortError(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "name" in error && error.name === "AbortError"
  );
}
