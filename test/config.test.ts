import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { scopeOf } from "../analysis/config/scope.ts";
import { parseConfig } from "../analysis/config/parse.ts";
import { ALLOW_RULES } from "../analysis/suppressions.ts";
import { configSchemaFile } from "../scripts/schema.ts";

const rules = [
  { id: "floating-promise", summary: "Nobody waits." },
  { id: "lost-update", summary: "An update is lost." },
];

function parse(text: string, key?: string) {
  return parseConfig({ file: "/mooring.config.json", text, key }, rules);
}

/** Each problem as `line:column message remedy`, with the text it points at. */
function problems(text: string, key?: string) {
  return parse(text, key).problems.map(({ start, end, message, remedy }) => {
    const before = text.slice(0, start).split("\n");
    const place = `${before.length}:${(before.at(-1) ?? "").length + 1}`;
    return `${place} ${text.slice(start, end)} | ${message} ${remedy}`;
  });
}

test("everything that may be said", () => {
  const text = `{
    // Comments and trailing commas are fine.
    "$schema": "./node_modules/mooring/schema/mooring.config.schema.json",
    "profile": "strict",
    "rules": { "floating-promise": "warning" },
    "overrides": [
      {
        "files": ["test/**"],
        "ignores": ["test/live/**"],
        "profile": "recommended",
        "rules": { "lost-update": "off" },
      },
    ],
    "ignores": ["generated/", "*.min.js"],
    "models": [
      {
        "modules": ["our-queue"],
        "calls": {
          "Queue.push": {
            "reason": "Writes it down and retries.",
            "result": "floats",
            "callbacks": { "0": { "runs": "later", "result": "dropped" }, "rest": { "runs": "now", "result": "awaited" } },
          },
        },
        "types": { "Query": { "reason": "Starts when awaited.", "promise": "lazy", "startedBy": ["exec"] } },
      },
    ],
  }`;
  expect(problems(text)).toEqual([]);
  expect(parse(text).config.models?.[0]?.modules).toEqual(["our-queue"]);
});

describe("what is wrong is said where it stands", () => {
  test.each([
    [
      "an unknown setting",
      '{ "ruls": {} }',
      '1:3 "ruls" | `ruls` is not a setting. Did you mean `rules`?',
    ],
    [
      "a setting that is like no other",
      '{ "plugins": [] }',
      '1:3 "plugins" | `plugins` is not a setting. Known here: $schema, profile, rules, overrides, ignores, runtimeFolder, models, annotations.',
    ],
    [
      "an unknown rule",
      '{\n  "rules": { "floating-promises": "off" }\n}',
      '2:14 "floating-promises" | `rules.floating-promises` is not a rule. Did you mean `floating-promise`?',
    ],
    [
      "a rule that is like no other",
      '{ "rules": { "no-unused-vars": "off" } }',
      '1:14 "no-unused-vars" | `rules.no-unused-vars` is not a rule. `mooring rules` lists all rules.',
    ],
    [
      "an unknown level",
      '{ "rules": { "lost-update": "warn" } }',
      '1:14 "lost-update" | `rules.lost-update` cannot be `warn`. Choose one of off, hint, warning, error.',
    ],
    [
      "a mistyped level",
      '{ "rules": { "lost-update": "eror" } }',
      '1:14 "lost-update" | `rules.lost-update` cannot be `eror`. Did you mean `error`?',
    ],
    [
      "a level as a number, as ESLint has it",
      '{ "rules": { "lost-update": 2 } }',
      '1:14 "lost-update" | `rules.lost-update` cannot be 2. Choose one of off, hint, warning, error.',
    ],
    [
      "a wrong type",
      '{ "ignores": "dist" }',
      '1:3 "ignores" | `ignores` has to be a list of patterns such as `generated/`, but is "dist". Correct it.',
    ],
    [
      "a list in place of an object",
      '{ "rules": ["lost-update"] }',
      '1:3 "rules" | `rules` has to be an object, but is a list. Correct it.',
    ],
    [
      "a setting that is missing",
      '{ "overrides": [{ "rules": {} }] }',
      "1:17 { | `overrides[0].files` is missing. Add it.",
    ],
    [
      "a model without a reason",
      '{ "models": [{ "modules": ["q"], "calls": { "push": {} } }] }',
      '1:45 "push" | `models[0].calls.push.reason` is missing. Add it.',
    ],
    [
      "no object at all",
      "[]",
      "1:1 [] | The configuration has to be an object, but is a list. Correct it.",
    ],
    ["an empty file", "", "1:1  | The configuration is empty. Write at least {}."],
    [
      "a property that is set twice",
      '{ "profile": "strict", "profile": "recommended" }',
      '1:24 "profile" | `profile` is set twice. Keep one of the two.',
    ],
    [
      "broken JSON",
      '{ "profile": "strict"\n  "rules": {} }',
      '2:3 "rules" | This is not valid JSON: a comma is missing here. Correct it here or just before.',
    ],
  ])("%s", (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test("all of it, in the order of the text", () => {
    const text = '{ "one": 1, "rules": { "a": "off", "b": "off" }, "profile": "loud" }';
    expect(problems(text).map((it) => it.slice(0, it.indexOf(" |")))).toEqual([
      '1:3 "one"',
      '1:24 "a"',
      '1:36 "b"',
      '1:50 "profile"',
    ]);
  });

  test("in package.json, under its key", () => {
    expect(problems('{ "name": "shop", "mooring": { "rule": {} } }', "mooring")).toEqual([
      '1:32 "rule" | `rule` is not a setting. Did you mean `rules`?',
    ]);
    expect(problems('{ "name": "shop" }', "mooring")).toEqual([]);
  });
});

test("what is right is kept", () => {
  const text =
    '{ "profile": "strict", "rules": { "lost-update": "off", "x": "off" }, "ignores": 1 }';
  expect(parse(text).config).toEqual({ profile: "strict", rules: { "lost-update": "off" } });
});

describe("the documentation", () => {
  const page = readFileSync(new URL("../docs/configuration.md", import.meta.url), "utf8");
  const schema = configSchemaFile([]);

  test.each([...page.matchAll(/^```json\n([^]*?)^```/gm)].map((it) => it[1] ?? ""))(
    "shows what works: %#",
    (text) => {
      const known = [...rules, ...ALLOW_RULES];
      expect(parseConfig({ file: "/mooring.config.json", text }, known).problems).toEqual([]);
    },
  );

  test("names every setting", () => {
    const settings = [...schema.matchAll(/"([$\w]+)": \{\s+"(?:type|enum)"/g)].map((it) => it[1]);
    const missing = new Set(settings.filter((it) => !page.includes(`| \`${it}\` |`)));
    // Parts of rows, described there.
    for (const it of [
      "items",
      "additionalProperties",
      "propertyNames",
      "files",
      "modules",
      "calls",
      "types",
    ]) {
      missing.delete(it);
    }
    expect([...missing]).toEqual([]);
  });

  test("describes every setting in the schema as well", () => {
    const bare = schema.match(/"[$\w]+": \{\s+(?!"description")[^{}]*?\}/g) ?? [];
    expect(bare.filter((it) => !/"description"|"(items|propertyNames)"/.test(it))).toEqual([]);
  });
});

describe("settings for a file", () => {
  const { config } = parse(`{
    "profile": "strict",
    "rules": { "floating-promise": "warning" },
    "overrides": [
      { "files": ["*.test.ts", "test/**"], "profile": "recommended", "rules": { "lost-update": "off" } },
      { "files": ["test/live/**/*.{ts,tsx}"], "ignores": ["**/setup.ts"], "rules": { "lost-update": "error" } }
    ],
    "ignores": ["generated/", "/build.ts", "!generated/kept.ts"]
  }`);
  const scope = scopeOf(config);

  test.each([
    ["src/cart.ts", "strict", { "floating-promise": "warning" }],
    ["src/cart.test.ts", "recommended", { "floating-promise": "warning", "lost-update": "off" }],
    ["test/live/a.tsx", "recommended", { "floating-promise": "warning", "lost-update": "error" }],
    ["test/live/setup.ts", "recommended", { "floating-promise": "warning", "lost-update": "off" }],
  ])("%s", (path, profile, levels) => {
    expect(scope.settingsFor(path)).toEqual({ profile, rules: levels });
  });

  test("are the same object for files with the same settings", () => {
    expect(scope.settingsFor("src/a.ts")).toBe(scope.settingsFor("b.ts"));
  });

  test.each([
    ["generated", true, true],
    ["src/generated", true, true],
    ["generated", false, false],
    ["build.ts", false, true],
    ["src/build.ts", false, false],
    ["../generated", true, false],
  ])("whether %s (folder: %s) is ignored: %s", (path, isFolder, expected) => {
    expect(scope.ignores(path, isFolder)).toBe(expected);
  });
});
