import { checkedDelay } from "./checked.ts";
import { ChildController } from "./child.ts";
import { TimeoutError } from "./errors.ts";
import { startTimer } from "./timer.ts";
import type { Cancellable } from "./types.ts";

/** Aborts by itself after so many milliseconds, with a TimeoutError. */
export class TimeLimit extends ChildController {
  private cancelTimer: (() => void) | undefined = undefined;

  constructor(what: string, limit: number, { signal }: Cancellable, message?: string) {
    const ms = checkedDelay(what, limit);
    super(signal);
    if (this.aborted || ms === Infinity) return;
    this.cancelTimer = startTimer(ms, () => {
      this.abort(new TimeoutError(message ?? `The work took longer than ${ms} ms.`));
    });
  }

  /** Called at each end: result, failure or abort. */
  override detach(): void {
    super.detach();
    this.cancelTimer?.();
  }

  /** Goes into the TimeoutError if that is still on its way to the caller. */
  protected override late(error: unknown, heard: boolean): void {
    const { reason } = this;
    if (!heard && reason instanceof TimeoutError) reason.cause = error;
    else super.late(error, heard);
  }
}
