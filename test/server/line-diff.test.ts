import fc from "fast-check";
import { expect, test } from "vitest";
import { editsBetween } from "../../server/line-diff.ts";

test("a word that comes in is all that changes", () => {
  const before = "async function f() {\n  save();\n  load();\n}\n";
  expect(editsBetween(before, before.replace("save", "await save"))).toEqual([
    { start: 23, end: 23, text: "await " },
  ]);
});

const line = fc.string({
  unit: fc.constantFrom("a", "b", " ", "\r", "😀", "😁", "ü"),
  maxLength: 5,
});
const text = fc.array(line, { maxLength: 8 }).map((it) => it.join("\n"));

test("the edits make one text of the other, and cut no character and no line break in two", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const edits = editsBetween(before, after);
      const made = edits.reduceRight(
        (left, it) => left.slice(0, it.start) + it.text + left.slice(it.end),
        before,
      );
      expect(made).toBe(after);
      for (const { start, end } of edits) {
        for (const at of [start, end]) {
          expect(before.slice(at - 1, at + 1)).not.toMatch(
            /^(?:\r\n|[\uD800-\uDBFF][\uDC00-\uDFFF])$/,
          );
        }
      }
    }),
    { numRuns: 500 },
  );
});
