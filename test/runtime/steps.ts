import { getEventListeners } from "node:events";

/** Lets everything run that is ready to, without any time passing: each round is one turn of the event loop. */
export async function settled(rounds = 3): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await new Promise((resolve) => {
      realImmediate(resolve);
    });
  }
}

// Taken before a test fakes timers.
const realImmediate = setImmediate;

export function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}

/** What a promise is at this moment. */
export async function stateOf(promise: PromiseLike<unknown>): Promise<"pending" | "ok" | "error"> {
  let state: "pending" | "ok" | "error" = "pending";
  promise.then(
    () => (state = "ok"),
    () => (state = "error"),
  );
  await settled(1);
  return state;
}

/** Why a promise was rejected. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("was not rejected");
}

/** A promise with its handles outside. */
export function deferred<T = void>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  const handles: { resolve?: (value: T) => void; reject?: (error: unknown) => void } = {};
  const promise = new Promise<T>((resolve, reject) => {
    Object.assign(handles, { resolve, reject });
  });
  const { resolve = () => {}, reject = () => {} } = handles;
  return { promise, resolve, reject };
}
