import type { Outcome } from "../outcome.ts";
import type { ChildController } from "./child.ts";
import { isReason } from "./is-reason.ts";

/** How work has ended that failed with this error: was it only the abort of its signal that came back? */
export function outcomeOf(
  error: unknown,
  { aborted, reason }: Pick<ChildController, "aborted" | "reason">,
): Outcome<never> {
  return aborted && isReason(error, reason)
    ? { status: "cancelled", reason }
    : { status: "error", error };
}
