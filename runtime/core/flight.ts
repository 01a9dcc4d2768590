import { type Outcome, unwrap } from "../outcome.ts";
import { ChildController } from "./child.ts";
import { isReason } from "./is-reason.ts";
import { reportLate } from "./late.ts";
import { Latch } from "./latch.ts";
import type { Cancellable, Work } from "./types.ts";

/**
 * One run of work that several callers wait for. A caller that is cancelled leaves the others alone; when the last one
 * has left, the work is told to stop.
 */
export class Flight<T> {
  private readonly controller = new ChildController();
  private readonly latch: Latch<Outcome<T>> = new Latch<Outcome<T>>();

  constructor() {
    this.latch.left = () => {
      if (this.latch.size === 0 && this.latch.opened === undefined) this.controller.abort();
    };
  }

  /** Whether everybody has left, so that who comes now needs a run of their own. */
  get abandoned(): boolean {
    return this.controller.aborted;
  }

  start(work: Work<T>, onEnd: (outcome: Outcome<T>) => void): void {
    const end = (outcome: Outcome<T>): void => {
      onEnd(outcome);
      this.latch.open(outcome);
    };
    this.controller.start(
      work,
      (value) => {
        end({ status: "ok", value });
      },
      (error) => {
        if (this.abandoned && !isReason(error, this.controller.reason)) reportLate(error);
        end({ status: "error", error });
      },
    );
  }

  async join(options: Cancellable | undefined): Promise<T> {
    return unwrap(await this.latch.get(options));
  }
}
