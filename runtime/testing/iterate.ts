import type { Points } from "./run.ts";

interface Steps {
  next(value?: unknown): unknown;
  return?(value?: unknown): unknown;
  throw?(error?: unknown): unknown;
}

/**
 * `value` as `for await` and `yield*` see it, with `wait` around every step. In io mode an iterable
 * that is not async is left as it is: wrapping it would take ticks that no engine takes.
 */
export function gatedIterable(
  value: unknown,
  points: Points,
  wait: (step: unknown) => unknown,
): unknown {
  const async = method(value, Symbol.asyncIterator);
  if (async === undefined) {
    const sync = method(value, Symbol.iterator);
    // What is no iterable is left for the loop itself to refuse, in the engine's own words.
    if (sync === undefined || points === "io") return value;
    return { [Symbol.asyncIterator]: () => wrap(settled(stepsOf(sync.call(value))), wait) };
  }
  return { [Symbol.asyncIterator]: () => wrap(stepsOf(async.call(value)), wait) };
}

function wrap(steps: Steps, wait: (step: unknown) => unknown): Steps {
  return {
    next: (value) => wait(steps.next(value)),
    // The loop asks whether the methods are there, so that what is missing must stay missing.
    ...(steps.return && { return: (value) => wait(steps.return?.(value)) }),
    ...(steps.throw && { throw: (error) => wait(steps.throw?.(error)) }),
  };
}

/** What the language does for `for await` over an iterable that is not async: it awaits the values. */
function settled(steps: Steps): Steps {
  return {
    next: () => settledStep(steps.next()),
    ...(steps.return && { return: (value) => settledStep(steps.return?.(value)) }),
    ...(steps.throw && { throw: (error) => settledStep(steps.throw?.(error)) }),
  };
}

function settledStep(result: unknown): unknown {
  const done: unknown = read(result, "done");
  return Promise.resolve(read(result, "value")).then((value) => ({ done, value }));
}

function stepsOf(iterator: unknown): Steps {
  if (typeof iterator !== "object" || iterator === null) {
    throw new TypeError("The result of the iterator method is not an object.");
  }
  // Sound: a missing or wrong `next` throws at the first step, as it does without the wrapper.
  return iterator as Steps;
}

function method(value: unknown, name: symbol): ((this: unknown) => unknown) | undefined {
  const found: unknown = value === null || value === undefined ? undefined : read(value, name);
  // Sound: all that is known of a method, and all that is used, is that it can be called.
  return typeof found === "function" ? (found as (this: unknown) => unknown) : undefined;
}

function read(value: unknown, name: PropertyKey): unknown {
  return typeof value === "object" || typeof value === "function"
    ? value && Reflect.get(value, name)
    : undefined;
}
