import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as runtime from "../../runtime/index.ts";
import { RUNTIME, runtimeFiles } from "../../scripts/runtime-entries.mjs";

// What the documentation of everything that can be called has to say. That the examples run is tested elsewhere.

const pattern = /\/\*\*((?:(?!\*\/)[^])*?)\*\/\nexport (?:async )?(?:function\*?|class) (\w+)/g;

const documented = new Map(
  runtimeFiles()
    .filter((it) => !it.startsWith("testing/"))
    .flatMap((file) => [...readFileSync(join(RUNTIME, file), "utf8").matchAll(pattern)])
    .map(([, text = "", name = ""]) => [name, text.replaceAll(/\s*\n \*\s*/g, " ")] as const),
);

const callable = Object.entries({ ...runtime, ...runtime.stream })
  .filter(([, value]) => typeof value === "function")
  .map(([name]) => name)
  .toSorted();

/** Classes of errors, and a question about an error: nothing waits there, and nothing is counted. */
const words = callable.filter((it) => !/Error$|^isBug$/.test(it) || it === "onLateError");

/** A test of one's own state, and what ends nothing: there is no wait that could be cancelled. */
const waitless =
  /^(AtomicInt|defer|deferAsync|partition|unwrap|onLateError|isCancelled|trace|after)$/;

test.each(callable)("%s has an example", (name) => {
  expect(documented.get(name)).toMatch(/ @example /);
});

test.each(words)("%s says what it is the counterpart of, and what it costs", (name) => {
  expect(documented.get(name)).toMatch(/Counterpart of /);
  expect(documented.get(name)).toMatch(/O\([\w ]+\)/);
});

test.each(words.filter((it) => !waitless.test(it)))(
  "%s says what a cancellation, an abort or the end of others does to it",
  (name) => {
    expect(documented.get(name)).toMatch(/[Cc]ancel|[Aa]bort|signal|as with|like|close|caller/);
  },
);
