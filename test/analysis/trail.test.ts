import { describe, expect, test } from "vitest";
import { fact, resolve } from "../../analysis/program.ts";
import { defineRule, type Rule } from "../../analysis/rule.ts";
import { calleeNameOf, is, type Node, sourceFileOf, walk } from "../../analysis/syntax.ts";
import { findingsOf, smallAnalyser, TSCONFIG } from "../harness/small-project.ts";

// How far an edit of a body is felt: as far as an answer is another one.

/** How many `throw` there are in a function and in what it calls, where two are as good as many. */
const throwsIn = fact<Node, number>((declaration, program) => {
  let found = 0;
  walk(declaration, (node) => {
    if (is.ThrowStatement(node)) found += 1;
    if (!is.CallExpression(node)) return undefined;
    for (const it of program.types.symbol(calleeNameOf(node))?.declarations ?? []) {
      const callee = resolve(it, program);
      found += callee === undefined ? 0 : throwsIn(callee, program);
    }
    return undefined;
  });
  return Math.min(found, 2);
}, 0);

/** Says which functions throw, and tells which files were looked at. */
function counting(looked: string[]): Rule {
  return defineRule({
    id: "counted",
    summary: "A function may throw.",
    severity: "warning",
    profile: "recommended",
    equivalents: [],
    on: { kinds: ["FunctionDeclaration"] },
    *check(at, program) {
      looked.push(sourceFileOf(at).fileName);
      const count = throwsIn(at, program);
      if (count > 0) yield { at, message: `It throws at ${String(count)} places.`, why: "" };
    },
  });
}

/** `a` calls `b`, that calls `c`, that calls `d`. */
const CHAIN = {
  "/tsconfig.json": TSCONFIG,
  "/a.ts": 'import { b } from "./b";\nexport function a(): void { b(); }',
  "/b.ts": 'import { c } from "./c";\nexport function b(): void { throw 1; c(); }',
  "/c.ts": 'import { d } from "./d";\nexport function c(): void { d(); }',
  "/d.ts": "export function d(): void {}",
};

function opened(files: Readonly<Record<string, string>> = CHAIN) {
  const looked: string[] = [];
  const rules = [counting(looked)];
  const analyser = smallAnalyser(files, { rules });
  analyser.open(Object.keys(files).filter((it) => !it.endsWith(".json")));
  findingsOf(analyser);
  const texts: Record<string, string> = { ...files };
  const change = (path: string, text: string) => {
    analyser.change([{ path, text }]);
    texts[path] = text;
  };
  return {
    analyser,
    change,
    /** The files that are looked at anew after it; the findings are those of a fresh analyser. */
    after(path: string, text: string): string[] {
      looked.length = 0;
      change(path, text);
      return lookedAt();
    },
    lookedAt,
  };

  function lookedAt(): string[] {
    const findings = findingsOf(analyser);
    const seen = new Set(looked);
    const fresh = smallAnalyser(texts, { rules });
    fresh.open(Object.keys(texts).filter((path) => !path.endsWith(".json")));
    expect(findings).toEqual(findingsOf(fresh));
    return [...seen].toSorted();
  }
}

const D = (body: string) => ["/d.ts", `export function d(): void {${body}}`] as const;

describe("an edit of a body is looked into again", () => {
  test("by those who call the function, where no answer is another one", () => {
    expect(opened().after(...D(" const x = 1; "))).toEqual(["/c.ts", "/d.ts"]);
  });

  test("by nobody else, where nobody asked about that function", () => {
    const more = "export function d(): void {}\nexport function e(): void {";
    const { after } = opened({ ...CHAIN, "/d.ts": `${more}}` });
    expect(after("/d.ts", `${more} throw 1; }`)).toEqual(["/d.ts"]);
  });

  test("by all whose answer is another one", () => {
    expect(opened().after(...D(" throw 1; "))).toEqual(["/a.ts", "/b.ts", "/c.ts", "/d.ts"]);
  });

  test("and no further than an answer that is the same", () => {
    const project = opened();
    project.after(...D(" throw 1; "));
    expect(project.after(...D(" throw 1; throw 2; "))).toEqual(["/b.ts", "/c.ts", "/d.ts"]);
  });

  test("by nobody else when the edit was taken back before anybody looked", () => {
    const { change, after } = opened();
    change(...D(" throw 1; "));
    expect(after(...D(""))).toEqual(["/d.ts"]);
  });

  test("by those who were left out when the others were looked at", () => {
    const { analyser, change, lookedAt } = opened();
    change(...D(" throw 1; "));
    findingsOf(analyser, ["/c.ts", "/d.ts"]);
    change("/d.ts", `// moved\n${D(" throw 1; ")[1]}`);
    expect(findingsOf(analyser, ["/a.ts"])).toHaveLength(1);
    expect(lookedAt()).toEqual(expect.arrayContaining(["/a.ts", "/b.ts"]));
  });

  test("round a circle of files", () => {
    const more = `${D("")[1]}\nimport { a } from "./a";\nexport function e(): void {`;
    const { after } = opened({ ...CHAIN, "/d.ts": `${more} a(); }` });
    const { after: again } = opened({ ...CHAIN, "/d.ts": `${more} a(); }` });
    const text = CHAIN["/b.ts"].replace("throw 1; ", "");
    expect(after("/b.ts", text)).toEqual(["/a.ts", "/b.ts", "/d.ts"]);
    expect(after("/b.ts", CHAIN["/b.ts"])).toEqual(["/a.ts", "/b.ts", "/d.ts"]);
    expect(again("/d.ts", `${more} a(); a(); }`)).toEqual(["/d.ts"]);
  });

  test("by all who see the surface when that is another one, and who have nodes of those", () => {
    const text = "export function d(more?: string): void {}";
    expect(opened().after("/d.ts", text)).toEqual(["/b.ts", "/c.ts", "/d.ts"]);
  });

  test("though the file that is asked was let go of in between", () => {
    const { analyser, after } = opened();
    analyser.forget(["/b.ts"]);
    expect(after(...D(" throw 1; "))).toContain("/c.ts");
  });
});
