import { describe, expect, test } from "vitest";
import { rules } from "../rules/index.ts";
import { checkPages } from "./harness/check-page.ts";
import { readPage } from "./harness/page.ts";

for (const rule of rules) {
  const page = new URL(`../rules/${rule.id}/${rule.id}.md`, import.meta.url);
  const cases = new URL(`../rules/${rule.id}/${rule.id}.cases.md`, import.meta.url);

  describe(rule.id, () => {
    test("the page says what the rule says", () => {
      expect(readPage(page)).toMatchObject({ title: rule.id, summary: rule.summary });
    });

    test("the page shows code that is left alone", () => {
      const all = [...readPage(page).cases, ...readPage(cases).cases];
      expect(all.some(({ text }) => !text.includes("^"))).toBe(true);
    });

    checkPages([page, cases], rule);
  });
}
