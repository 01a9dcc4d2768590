import { systemClock, type Clock } from "./clock.js";
import { isTransient } from "./errors.js";

export interface RetryOptions {
  readonly attempts: number;
  readonly delay: number;
  readonly clock?: Clock;
  readonly retryWhen?: (error: unknown) => boolean;
}

export async function retry<Value>(
  task: (attempt: number) => Promise<Value>,
  options: RetryOptions,
): Promise<Value> {
  const { clock = systemClock, retryWhen = isTransient } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await task(attempt);
    } catch (error) {
      if (options.attempts <= attempt || !retryWhen(error)) throw error;
      await clock.sleep(options.delay * 2 ** (attempt - 1));
    }
  }
}

export async function withDeadline<Value>(
  task: Promise<Value>,
  milliseconds: number,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([task, late]);
  } finally {
    clearTimeout(timer);
  }
}
