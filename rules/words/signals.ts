import type { Signal } from "../../analysis/facts/signals.ts";

/** What becomes of a signal: an AbortSignal is aborted, a token is cancelled. */
export function endedWord({ model }: Pick<Signal, "model">): "aborted" | "cancelled" {
  return model.protocol === "AbortSignal" ? "aborted" : "cancelled";
}
