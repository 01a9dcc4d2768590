import { describe, expect, test } from "vitest";
import { applyEdits } from "../analysis/edit.ts";
import { openMorph } from "../analysis/engine/morph.ts";
import { modelsOf } from "../analysis/primitives/models.ts";
import { defineRule } from "../analysis/rule.ts";
import { checkFile } from "../analysis/run.ts";
import type { Settings } from "../analysis/settings.ts";
import { is } from "../analysis/syntax.ts";
import { memoryHost } from "./harness/memory-host.ts";

/** Stands in for a real rule: reports every call of the function with this name. */
function ruleAbout(id: string, callee: string) {
  return defineRule({
    id,
    summary: `Somebody calls ${callee}.`,
    severity: "error",
    profile: "recommended",
    equivalents: [],
    on: { kinds: ["CallExpression"] },
    *check(call) {
      if (!is.Identifier(call.expression) || call.expression.text !== callee) return;
      yield { at: call, message: `Calls ${callee}.`, why: "" };
    },
  });
}

const rules = [ruleAbout("floating-promise", "save"), ruleAbout("lost-update", "add")];

function check(text: string, settings: Partial<Settings> = {}, file = "/shop.ts") {
  const host = memoryHost({ [file]: text });
  const engine = openMorph({
    host,
    files: [file],
    compilerOptions: { noLib: true, allowJs: true },
  });
  const types = engine.snapshot();
  const source = types.file(file);
  if (source === undefined) throw new Error("The file is not in the program.");
  const program = { types, models: modelsOf([]) };
  const effective: Settings = { profile: "recommended", rules: {}, ...settings };
  return checkFile(program, source, rules, effective).findings;
}

/** Each finding as `line rule`, the line counted from 1. */
function found(text: string, settings: Partial<Settings> = {}, file?: string) {
  return check(text, settings, file).map(
    (it) => `${text.slice(0, it.start).split("\n").length} ${it.rule}`,
  );
}

function repaired(text: string, file?: string) {
  const edits = check(text, {}, file).flatMap((it) => it.fixes[0]?.edits ?? []);
  return applyEdits(text, edits);
}

describe("a comment allows the finding", () => {
  test("on the next line", () => {
    expect(found("// mooring-allow floating-promise: fire and forget\nsave();")).toEqual([]);
  });

  test("on its own line", () => {
    expect(found("save(); // mooring-allow floating-promise: fire and forget")).toEqual([]);
    expect(found("save(); /* mooring-allow floating-promise: fire and forget */")).toEqual([]);
    expect(found("/* mooring-allow floating-promise: fire and forget */ save();")).toEqual([]);
  });

  test("behind other comments and empty lines", () => {
    const text = [
      "// mooring-allow floating-promise: the queue writes it down",
      "// mooring-allow lost-update: one writer",
      "",
      "// another tool's comment",
      "save(add());",
    ];
    expect(found(text.join("\n"))).toEqual([]);
  });

  test("of several rules", () => {
    const text = "// mooring-allow floating-promise, lost-update: one writer\nsave(add());";
    expect(found(text)).toEqual([]);
  });

  test("between elements of JSX", () => {
    const text = [
      "const page = <ul>",
      "  {/* mooring-allow floating-promise: the list reloads itself */}",
      "  <li onClick={save()} />",
      "</ul>;",
    ].join("\n");
    expect(found(text, {}, "/page.tsx")).toEqual([]);
  });

  test("in the whole file, where it stands before the first statement", () => {
    const text = [
      "#!/usr/bin/env node",
      "/* mooring-allow-file floating-promise: a script that ends by itself */",
      '"use strict";',
      "save();",
      "save();",
    ];
    expect(found(text.join("\n"))).toEqual([]);
    expect(found("save();\n/* mooring-allow-file floating-promise: too late */\nsave();")).toEqual([
      "1 floating-promise",
      "2 unused-allow",
      "3 floating-promise",
    ]);
  });
});

test("a comment allows nothing but what it names, where it stands", () => {
  const text = "// mooring-allow floating-promise: fire and forget\nsave();\nsave();\nadd();";
  expect(found(text)).toEqual(["3 floating-promise", "4 lost-update"]);
});

test("a finding that starts on an earlier line stays", () => {
  expect(found("save(\n1); // mooring-allow floating-promise: too late")).toEqual([
    "1 floating-promise",
    "2 unused-allow",
  ]);
});

describe("what looks like a comment", () => {
  test.each([
    ["a string", 'const help = "// mooring-allow floating-promise: no"; save();'],
    ["a template", "const help = `${1} // mooring-allow floating-promise: no`; save();"],
    ["a regular expression", "const help = /[/* mooring-allow floating-promise: no]/; save();"],
    ["prose", "// Write mooring-allow floating-promise: like this\nsave();"],
    ["another word", "// mooring-allowed floating-promise: no\nsave();"],
  ])("in %s is none", (_, text) => {
    expect(found(text)).toEqual([`${text.split("\n").length} floating-promise`]);
  });

  test("in the text of JSX is none", () => {
    const text = "const page = <p>\n// mooring-allow floating-promise: no\n{save()}</p>;";
    expect(found(text, {}, "/page.tsx")).toEqual(["3 floating-promise"]);
  });

  test("behind a division is one", () => {
    const text = "const half = 1 / 2; // mooring-allow floating-promise: no /\nsave();";
    expect(found(text)).toEqual(["1 unused-allow", "2 floating-promise"]);
  });
});

describe("a reason", () => {
  test.each([
    "// mooring-allow floating-promise\nsave();",
    "// mooring-allow floating-promise:\nsave();",
    "/* mooring-allow floating-promise: */\nsave();",
    "// mooring-allow floating-promise - fire and forget\nsave();",
  ])("is required: %s", (text) => {
    expect(found(text)).toEqual(["1 allow-without-reason", "2 floating-promise"]);
  });
});

describe("a comment that allows nothing", () => {
  test("is reported, and removed with its line", () => {
    const text = "add;\n  // mooring-allow floating-promise: fire and forget\nrest();\n";
    expect(found(text)).toEqual(["2 unused-allow"]);
    expect(repaired(text)).toBe("add;\nrest();\n");
  });

  test("is removed with the space before it", () => {
    const text = "rest(); // mooring-allow floating-promise: fire and forget\n";
    expect(repaired(text)).toBe("rest();\n");
  });

  test("is removed with the braces that JSX needs", () => {
    const text = "const page = <ul>\n  {/* mooring-allow lost-update: one writer */}\n</ul>;";
    expect(repaired(text, "/page.tsx")).toBe("const page = <ul>\n</ul>;");
  });

  test("keeps the names that are used", () => {
    const text = "// mooring-allow floating-promise, lost-update: one writer\nadd();";
    expect(found(text)).toEqual(["1 unused-allow"]);
    expect(repaired(text)).toBe("// mooring-allow lost-update: one writer\nadd();");
  });

  test("is left alone where its rule did not run", () => {
    const text = "// mooring-allow floating-promise: fire and forget\nrest();";
    expect(found(text, { rules: { "floating-promise": "off" } })).toEqual([]);
  });

  test("is reported at the level that the user sets", () => {
    const text = "// mooring-allow floating-promise: fire and forget\nrest();";
    expect(found(text, { rules: { "unused-allow": "off" } })).toEqual([]);
    expect(check(text, { rules: { "unused-allow": "error" } })[0]?.severity).toBe("error");
  });
});

describe("an unknown rule", () => {
  test("gets a suggestion", () => {
    const text = "// mooring-allow floating-promises: fire and forget\nsave();";
    expect(found(text)).toEqual(["1 unknown-allow", "2 floating-promise"]);
    expect(check(text)[0]?.message).toBe(
      "There is no rule `floating-promises`; did you mean `floating-promise`?",
    );
    expect(repaired(text)).toContain("// mooring-allow floating-promise: fire");
  });

  test("is also none at all", () => {
    expect(found("// mooring-allow\nsave();")).toEqual(["1 unknown-allow", "2 floating-promise"]);
  });
});

test("broken code is read as far as it goes", () => {
  const text = "save( // mooring-allow floating-promise: half typed\nconst help = `";
  expect(found(text)).toEqual([]);
});
