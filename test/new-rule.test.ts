import { expect, test } from "vitest";
import { objectionTo, ruleFiles } from "../scripts/new-rule.ts";

test("a new rule has a module and two pages, which agree on its name", () => {
  const files = ruleFiles("lost-parcel");
  expect([...files.keys()]).toEqual([
    "rules/lost-parcel/lost-parcel.ts",
    "rules/lost-parcel/lost-parcel.md",
    "rules/lost-parcel/lost-parcel.cases.md",
  ]);
  const [module = "", page = "", cases = ""] = files.values();
  const summary = /summary: "(?<text>.+)"/.exec(module)?.groups?.["text"];
  expect(module).toContain("export const lostParcel = defineRule({");
  expect(page.split("\n").slice(0, 3)).toEqual(["# lost-parcel", "", summary]);
  expect(cases.startsWith("# lost-parcel: cases\n")).toBe(true);
});

test.each([
  [undefined, "Say what the rule is called"],
  ["LostParcel", "kebab-case"],
  ["no-lost-parcel", "names a cure"],
  ["floating-promise", "is there already"],
])("%s is no name for a new rule", (id, objection) => {
  expect(objectionTo(id)).toContain(objection);
});

test("a defect that nobody has described yet is one", () => {
  expect(objectionTo("lost-parcel")).toBeUndefined();
});
