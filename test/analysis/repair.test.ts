import { describe, expect, test } from "vitest";
import { replace } from "../../analysis/edit.ts";
import { repair, verifyFix } from "../../analysis/repair.ts";
import { defineRule } from "../../analysis/rule.ts";
import { is, nameOf } from "../../analysis/syntax.ts";
import { droppedPromise, smallAnalyser, TSCONFIG } from "../harness/small-project.ts";

/** Finds `standIn("…")` and repairs it to the text in the string, so that a test writes its fixes. */
const standIn = defineRule({
  id: "stand-in",
  summary: "Something else is meant to stand here.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression"] },
  *check(call) {
    const [text, kind] = call.arguments;
    if (nameOf(call.expression) !== "standIn" || !is.StringLiteral(text)) return;
    yield {
      at: call,
      message: "Something stands in here.",
      why: "It was never written.",
      fixes: [
        {
          title: "Write it",
          safety: kind === undefined ? "safe" : "suggestion",
          edits: [replace(call, text.text)],
        },
      ],
    };
  },
});

/** A rule that does not survive the name `crash`. */
const fragile = defineRule({
  id: "fragile",
  summary: "Nothing is ever found.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["Identifier"] },
  check({ text }) {
    if (text === "crash") throw new Error("A bug of ours.");
    return [];
  },
});

const GLOBALS = "declare function standIn(text: string, kind?: unknown): any;\n";
const SAVE = "export declare function save(): Promise<void>;\n";

function opened(files: Readonly<Record<string, string>>) {
  const texts = {
    "/tsconfig.json": TSCONFIG,
    "/globals.d.ts": GLOBALS,
    "/save.ts": SAVE,
    ...files,
  };
  const analyser = smallAnalyser(texts, { rules: [droppedPromise, standIn, fragile] });
  const paths = Object.keys(texts).filter((it) => it.endsWith(".ts"));
  analyser.open(paths);
  return { analyser, paths };
}

function repaired(files: Readonly<Record<string, string>>, safety: "safe" | "suggestion" = "safe") {
  const { analyser, paths } = opened(files);
  const { files: changed, refused } = repair(analyser, paths, { safety });
  return {
    texts: Object.fromEntries(changed.map((it) => [it.file, it.text])),
    refused: refused.map(({ file, reason }) => `${file}: ${reason}`),
  };
}

describe("fixes are applied", () => {
  test("all that leave each other alone, in every file", () => {
    const { analyser, paths } = opened({
      "/cart.ts":
        'import { save } from "./save";\nsave();\nexport const items = standIn("[1, 2]");\n',
      "/order.ts": 'import { save } from "./save";\nsave();\nsave();\n',
    });
    const { files, refused } = repair(analyser, paths, { safety: "safe" });
    expect(refused).toEqual([]);
    expect(files).toMatchObject([
      {
        file: "/cart.ts",
        original: expect.stringContaining("standIn"),
        text: 'import { save } from "./save";\nawait save();\nexport const items = [1, 2];\n',
        applied: [
          { rule: "dropped-promise", title: "Await the call" },
          { rule: "stand-in", title: "Write it" },
        ],
      },
      { file: "/order.ts", text: 'import { save } from "./save";\nawait save();\nawait save();\n' },
    ]);
    // What is left in the analyser is the repaired state.
    expect([...analyser.check()].flatMap((it) => it.findings)).toEqual([]);
  });

  test("those that overlap one after the other, as far as they are still needed", () => {
    const files = { "/cart.ts": 'export const it = standIn("1", standIn("2"));\n' };
    expect(repaired(files)).toEqual({
      texts: { "/cart.ts": 'export const it = standIn("1", 2);\n' },
      refused: [],
    });
    expect(repaired(files, "suggestion").texts).toEqual({ "/cart.ts": "export const it = 1;\n" });
  });

  test("in code that was broken before, as long as it gets no worse", () => {
    expect(repaired({ "/cart.ts": 'export const it: string = 1;\nstandIn("it");\n' })).toEqual({
      texts: { "/cart.ts": "export const it: string = 1;\nit;\n" },
      refused: [],
    });
  });

  test("suggestions only where they are asked for", () => {
    const files = { "/cart.ts": 'export const it = standIn("1", "perhaps");\n' };
    expect(repaired(files).texts).toEqual({});
    expect(repaired(files, "suggestion").texts).toEqual({ "/cart.ts": "export const it = 1;\n" });
  });

  test("only to the findings that are wanted", () => {
    const { analyser, paths } = opened({
      "/cart.ts": 'standIn("1");\nstandIn("2");\nexport {};\n',
    });
    const { files } = repair(analyser, paths, { safety: "safe", wanted: (it) => it.start > 0 });
    expect(files.map((it) => it.text)).toEqual(['standIn("1");\n2;\nexport {};\n']);
  });

  test("only to the files that are wanted", () => {
    const { analyser } = opened({ "/a.ts": 'standIn("1");', "/b.ts": 'standIn("2");' });
    const { files } = repair(analyser, ["/b.ts"], { safety: "safe" });
    expect(files.map((it) => it.file)).toEqual(["/b.ts"]);
  });
});

describe("a fix is refused, and the others are applied, when it", () => {
  test.each([
    ["breaks the syntax", "1 +", "It breaks the syntax: Expression expected."],
    ["breaks the types", "rate.upper", "It does not type-check: Property 'upper' does not exist"],
    ["leaves the finding", "standIn('1')", "It leaves the finding where it is."],
    ["adds a finding", "save()", "It adds a finding of dropped-promise: Nothing waits for this"],
    ["makes a rule fail", "const crash = 1;", "A rule fails on what it makes."],
  ])("%s", (_, text, reason) => {
    const before = 'import { save } from "./save";\nexport const rate = 1;\n';
    const after = "export const from = save;\n";
    const { texts, refused } = repaired({
      "/cart.ts": `${before}standIn("2");\nstandIn("${text}");\nstandIn("3");\n${after}`,
      "/order.ts": 'export const it = standIn("4");\n',
    });
    expect(refused).toEqual([expect.stringContaining(`/cart.ts: ${reason}`)]);
    expect(texts).toEqual({
      "/cart.ts": `${before}2;\nstandIn("${text}");\n3;\n${after}`,
      "/order.ts": "export const it = 4;\n",
    });
  });

  test("breaks the types of a file that imports it", () => {
    const { texts, refused } = repaired({
      "/rate.ts": "export const rate = standIn(\"'high'\");\n",
      "/cart.ts": 'import { rate } from "./rate";\nexport const shown = rate.toFixed(2);\n',
    });
    expect(texts).toEqual({});
    expect(refused).toEqual([expect.stringMatching(/^\/rate.ts: .* in \/cart.ts: .*'toFixed'/)]);
  });

  test("waits where nobody can wait", () => {
    const { texts, refused } = repaired({
      "/cart.ts": 'import { save } from "./save";\nexport function add(): void {\n  save();\n}\n',
    });
    expect(texts).toEqual({});
    expect(refused).toHaveLength(1);
  });
});

test("a fix can be tried, and nothing of it stays", () => {
  const text = 'standIn("1");\nstandIn("1 +");\nexport {};\n';
  const { analyser } = opened({ "/cart.ts": text });
  const [good, bad] = [...analyser.check(["/cart.ts"])].flatMap((it) => it.findings);
  const judged = [good, bad].map((it) => {
    const [fix] = it?.fixes ?? [];
    return it && fix && verifyFix(analyser, it, fix);
  });
  expect(judged).toEqual(["ok", "It breaks the syntax: Expression expected."]);
  expect(analyser.textOf("/cart.ts")).toBe(text);
  expect(analyser.isChanged("/cart.ts")).toBe(false);
  expect([...analyser.check(["/cart.ts"])].flatMap((it) => it.findings)).toEqual([good, bad]);
});
