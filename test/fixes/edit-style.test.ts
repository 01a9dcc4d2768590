import { expect, test } from "vitest";
import { applyEdits } from "../../analysis/edit.ts";
import { inStyleOf } from "../../analysis/edit-style.ts";
import { linesIn, unitOf } from "../../rules/fixes/indents.ts";
import { programOver } from "../harness/fact-page.ts";

// The text of a fix in a file that is written in another way than the fix.

const PATH = "/file.ts";

function fileOf(text: string) {
  const file = programOver({ [PATH]: text }).types.file(PATH);
  if (file === undefined) throw new Error("the file is not in the program");
  return file;
}

/** The file with this put in place of the line that says `here`. */
function changed(text: string, put: string): string {
  const start = text.indexOf("here");
  const edit = { file: PATH, start, end: start + "here".length, text: put };
  return applyEdits(text, inStyleOf(fileOf(text), [edit]));
}

test("no semicolons where the file has none", () => {
  const text = "const a = 1\nconst b = 2\nhere\n";
  expect(changed(text, "for (;;) {\n  work();\n}\nwork();")).toBe(
    "const a = 1\nconst b = 2\nfor (;;) {\n  work()\n}\nwork()\n",
  );
});

test("semicolons stay where the next line would join", () => {
  const text = "const a = 1\nconst b = 2\nhere\n;[a].map(String)\n";
  expect(changed(text, "work();\n[b].map(String);")).toContain("work();\n[b].map(String)\n;[a]");
  expect(changed("const a = 1\nhere a\n", "work();")).toContain("work(); a");
});

test("a comment below joins nothing", () => {
  const text = "const a = 1\nconst b = 2\nhere\n\n// The end.\nconst c = 3\n";
  expect(changed(text, "work();")).toContain("work()\n\n// The end.");
});

test("quotes and line ends of the file", () => {
  const text = "const a = 'one';\r\nhere\r\n";
  expect(changed(text, 'work("b", "it\'s");\nwork(`"`);')).toBe(
    "const a = 'one';\r\nwork('b', \"it's\");\r\nwork(`\"`);\r\n",
  );
});

test("what the fix has taken over stays as it is", () => {
  const text = "const a = 'one'\nconst b = 'two'\nlog(\"a\");\nhere\n";
  expect(changed(text, 'try {\nlog("a");\n} finally {\nend("b");\n}')).toContain(
    "try {\nlog(\"a\");\n} finally {\nend('b')\n}",
  );
});

test.each([
  ["function f() {\n\treturn 1;\n}\n", "\t"],
  ["function f() {\n    if (a) {\n        b();\n    }\n}\n", "    "],
  ["const a = {\n  b: [\n    1,\n  ],\n};\n", "  "],
  ["/**\n * A comment.\n */\nconst a = 1;\n", "  "],
])("the unit of indentation in %j", (text, unit) => {
  const file = fileOf(text);
  expect(unitOf(file)).toBe(unit);
  expect(linesIn(file, unit, ["if (a) {", "  b();", "    // c", "}"])).toBe(
    ["if (a) {", `${unit}${unit}b();`, `${unit}${unit}${unit}// c`, `${unit}}`].join("\n"),
  );
});
