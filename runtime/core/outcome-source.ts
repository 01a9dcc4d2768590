import { type Outcome, unwrap } from "../outcome.ts";
import type { Latch } from "./latch.ts";
import type { Source } from "./selectable.ts";

/** Lets `select` wait for an outcome. It can be had any number of times, so nothing is taken from anybody. */
export function outcomeSource<T>(latch: Latch<Outcome<T>>): Source<T> {
  return {
    poll: () => latch.opened && { value: unwrap(latch.opened.value) },
    subscribe: (take, fail) =>
      latch.listen((outcome) => {
        if (outcome.status === "ok") take(outcome.value);
        else fail(outcome.status === "error" ? outcome.error : outcome.reason);
      }, fail),
  };
}
