import { globSync } from "tinyglobby";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { rules } from "../../rules/index.ts";
import { pages } from "../../scripts/patterns/outputs.ts";
import { wrapsSelection } from "../../snippets/adapt.ts";
import type { Language } from "../../snippets/pattern.ts";
import { type Part, parseSnippet } from "../../snippets/snippet-text.ts";

/** The rows of the table of patterns, and the languages that the documents show them in. */
const ROWS: readonly (readonly [from: number, to: number, language: Language])[] = [
  [1, 53, "typescript"],
  [1, 53, "javascript"],
  [1, 23, "rust"],
  [34, 34, "rust"],
  [40, 53, "rust"],
  [24, 27, "python"],
  [31, 31, "python"],
  [33, 34, "python"],
  [29, 30, "go"],
];

/** Rules that pages name, and that are still to come. */
const PLANNED: ReadonlySet<string> = new Set([
  "blocking-call-in-async",
  "condition-without-loop",
  "ignored-backpressure",
  "inconsistent-lock",
  "lost-update",
  "missing-timeout",
  "nonatomic-shared-memory",
  "racy-cache-fill",
  "racy-lazy-init",
  "serial-independent-awaits",
  "signal-not-forwarded",
  "stale-guard",
  "swallowed-abort",
  "unbounded-fan-out",
  "uncancellable-loop",
  "uncleared-race-timer",
  "unclosed-channel",
  "unhandled-worker-error",
  "unreleased-lock",
  "unreleased-resource",
]);

/** Patterns that share a prefix, as the documents have them: the list of suggestions shows both. */
const TWINS: ReadonlySet<string> = new Set(["moor-try-join", "moor-thread-pool"]);

test.each(ROWS)("rows %i to %i are there in %s", (from, to, language) => {
  const rows = new Set(
    pages.flatMap(({ code, rows }) => (code.some((it) => it.language === language) ? rows : [])),
  );
  const missing = Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(
    (row) => !rows.has(row),
  );
  expect(missing).toEqual([]);
});

test("a prefix stands for one pattern, and so does a title", () => {
  const prefixes = pages.map((it) => it.prefix).filter((it) => !TWINS.has(it));
  expect(duplicatesOf(prefixes)).toEqual([]);
  expect(duplicatesOf(pages.map((it) => it.title))).toEqual([]);
});

const exported = globSync("runtime/**/*.ts")
  .map((it) => readFileSync(it, "utf8"))
  .join("\n");

describe.each(pages)("$id", ({ prefix, code, primitives, surround, rules: named }) => {
  test("is found by a prefix of ours, and by words that are long enough", () => {
    expect(prefix).toMatch(/^moor-[a-z]+(-[a-z]+)*$/);
    for (const { also } of code) for (const it of also) expect(it).toMatch(/^[A-Za-z_]{5,}$/);
  });

  test("has a form with the runtime wherever it names a primitive, and one without", () => {
    const forms = code.filter((it) => it.language === "typescript").map((it) => it.form);
    expect(forms.toSorted()).toEqual(primitives.length === 0 ? ["plain"] : ["plain", "runtime"]);
  });

  test("names primitives and rules that there are", () => {
    for (const it of primitives) {
      expect(exported).toMatch(new RegExp(`export .*\\b${it}\\b`));
    }
    const known = new Set(rules.map((it) => it.id));
    expect(named.filter((it) => !known.has(it) && !PLANNED.has(it))).toEqual([]);
  });

  test("can be put around a selection if it says what that gives", () => {
    const forms = code.filter((it) => ["typescript", "javascript"].includes(it.language));
    expect(forms.some(wrapsSelection)).toBe(surround !== undefined);
    expect(code.filter((it) => !forms.includes(it)).some(wrapsSelection)).toBe(false);
  });

  test("has its stops in order", () => {
    for (const { body } of code) {
      const order = stopsIn(parseSnippet(body));
      expect(order, body).toEqual(order.map((_, index) => index + 1));
    }
  });
});

/** The numbers, in the order in which they first come. */
function stopsIn(parts: readonly Part[]): readonly number[] {
  const found = new Set<number>();
  const visit = (all: readonly Part[]) => {
    for (const part of all) {
      if (typeof part === "string") continue;
      if ("stop" in part) found.add(part.stop);
      visit(part.content);
    }
  };
  visit(parts);
  return [...found];
}

function duplicatesOf(texts: readonly string[]): readonly string[] {
  return texts.filter((it, index) => texts.indexOf(it) !== index);
}
