import type { ChildController } from "./child.ts";
import { isReason } from "./is-reason.ts";
import { reportLate } from "./late.ts";
import type { Work } from "./types.ts";

/**
 * The result of the work; once the controller aborts, its reason instead. A rejection that is only the abort coming back
 * is expected; another one is late, since the caller hears of the abort or, with `heard`, has heard of it.
 *
 * The reason comes when the work has settled. Work that has not seen the signal cannot be told to stop, so it is left
 * behind, and the reason comes at once; `leave` says otherwise.
 */
export function race<T>(
  controller: ChildController,
  work: Work<T>,
  leave?: boolean,
  onLate: (error: unknown, heard: boolean) => void = reportLate,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const end = (settle: () => void): void => {
      controller.detach();
      if (controller.aborted) reject(controller.reason);
      else settle();
    };
    if (controller.aborted) {
      reject(controller.reason);
      return;
    }
    let heard = false;
    controller.onAborted = (reason) => {
      heard = leave ?? !controller.told;
      if (heard) reject(reason);
    };
    controller.start(
      work,
      (value) => {
        end(() => {
          resolve(value);
        });
      },
      (error) => {
        if (controller.aborted && !isReason(error, controller.reason)) onLate(error, heard);
        end(() => {
          reject(error);
        });
      },
    );
  });
}
