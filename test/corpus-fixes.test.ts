import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Analyser } from "../analysis/analyser.ts";
import { Overlay } from "../analysis/overlay.ts";
import { packages } from "../analysis/primitives/index.ts";
import { modelsOf } from "../analysis/primitives/models.ts";
import { verifyFix } from "../analysis/repair.ts";
import { Disk } from "../cli/disk.ts";
import { rules } from "../rules/index.ts";

// Every fix of every finding in the snippets of RULES.md, tried with all rules of the recommended
// profile and the rule of the file: it type-checks no worse, removes its finding and adds none.

const CORPUS = new URL("../../shared/corpus/", import.meta.url);

/** All of it is one project, with the types of Node that this repository has. */
const TSCONFIG = JSON.stringify({
  compilerOptions: {
    strict: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    moduleDetection: "force",
    lib: ["esnext", "dom", "dom.iterable"],
    jsx: "preserve",
    types: ["node"],
    typeRoots: [fileURLToPath(new URL("../node_modules/@types", import.meta.url))],
    noEmit: true,
  },
  include: ["ambient.d.ts", "src"],
});

if (existsSync(CORPUS)) {
  const folder = fileURLToPath(CORPUS);
  const names = readdirSync(`${folder}src`).filter((it) => /\.tsx?$/.test(it));
  const host = new Overlay(new Disk(folder));
  host.put({ path: `${folder}tsconfig.json`, text: TSCONFIG });
  const analyser = new Analyser({
    host,
    rules,
    models: modelsOf(packages),
    settingsFor: (path) => {
      const rule = /([\w-]+)\.(?:bad|good)\.tsx?$/.exec(path)?.[1] ?? "";
      const isKnown = rules.some(({ id }) => id === rule);
      return { profile: "recommended", rules: isKnown ? { [rule]: "warning" } : {} };
    },
    keep: "all",
  });
  const paths = names.map((it) => `${folder}src/${it}`);
  analyser.open([`${folder}ambient.d.ts`, ...paths]);

  let tried = 0;
  describe("every fix holds", () => {
    test.each(names.filter((it) => it.includes(".bad.")))("%s", (name) => {
      const [result] = [...analyser.check([`${folder}src/${name}`])];
      const failed = (result?.findings ?? []).flatMap((report) =>
        report.fixes.flatMap((fix) => {
          tried += 1;
          const outcome = verifyFix(analyser, report, fix);
          return outcome === "ok" ? [] : [`${report.rule} “${fix.title}”: ${outcome}`];
        }),
      );
      expect(failed).toEqual([]);
    });
  });

  test("there are fixes to try", () => {
    expect(tried).toBeGreaterThan(100);
  });
} else {
  console.warn(
    `\n*** ${CORPUS.pathname} IS NOT THERE: the fixes are not tried on the corpus. ***\n`,
  );
  test.skip("the corpus, which is not beside this repository", () => {});
}
