import { checkedDelay } from "./checked.ts";
import { ChildController } from "./child.ts";
import { TimeoutError } from "./errors.ts";
import { reportLate } from "./late.ts";
import { race } from "./race.ts";
import { startTimer } from "./timer.ts";
import type { Cancellable, Work } from "./types.ts";

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
}

/** The result of the work within the limit. An error that comes too late goes into the TimeoutError, if that is on its way. */
export function within<T>(limit: TimeLimit, work: Work<T>, leave?: boolean): Promise<T> {
  return race(limit, work, leave, (error, heard) => {
    const { reason } = limit;
    if (!heard && reason instanceof TimeoutError) reason.cause = error;
    else reportLate(error);
  });
}
