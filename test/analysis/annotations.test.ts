import { expect, test } from "vitest";
import { packages } from "../../analysis/primitives/index.ts";
import { type Annotations, modelsOf } from "../../analysis/primitives/models.ts";
import { checkFile } from "../../analysis/run.ts";
import { rules } from "../../rules/index.ts";
import { programOver } from "../harness/fact-page.ts";

// What a configuration says of own declarations counts like a comment in front of them.

const CODE = `
declare class Mutex { runExclusive<T>(work: () => T | Promise<T>): Promise<T> }
declare function count(key: string): Promise<number>;
export class ImportService {
  private rows = 0;
  async add(key: string) { this.rows += await count(key); }
}
export class Totals {
  private sum = 0;
  private readonly mutex = new Mutex();
  add(key: string) {
    return this.mutex.runExclusive(async () => { const found = await count(key); this.sum += found; });
  }
  reset() { this.sum = 0; }
}
let all = 0;
export async function addToAll(key: string) { all += await count(key); }
`;

const reason = "Somebody knows.";

test("an owner, an overlap and a guard are believed", () => {
  expect(found({})).toEqual(["lost-update this.rows", "lost-update all"]);
  const singleOwner = { ImportService: { reason, singleOwner: true } };
  expect(found(singleOwner)).toEqual(["lost-update all"]);
  expect(found({ ...singleOwner, addToAll: { reason, reentrant: true } })).toEqual([]);
  expect(found({ "ImportService.add": { reason, reentrant: true } })).toEqual(["lost-update all"]);
  expect(found({ "Totals.sum": { reason, guardedBy: "mutex" } })).toEqual([
    "lost-update this.rows",
    "inconsistent-lock this.sum",
    "lost-update all",
  ]);
});

test("what is not so is said where the class is", () => {
  expect(found({ "Totals.sums": { reason, guardedBy: "mutex" } })).toContain(
    "wrong-annotation Totals.sums",
  );
  expect(found({ "Totals.sum": { reason, guardedBy: "mutes" } })).toContain(
    "wrong-annotation mutes",
  );
});

/** Rule and first name in the message. */
function found(annotations: Annotations): readonly string[] {
  const inner = programOver({ "/a.ts": CODE });
  const program = { ...inner, models: modelsOf(packages, annotations) };
  const file = program.types.file("/a.ts");
  if (file === undefined) throw new Error("the file is not in the program");
  const { findings } = checkFile(program, file, rules, { profile: "recommended", rules: {} });
  return findings.map(({ rule, message }) => {
    const names = [...message.matchAll(/`([^`]+)`/g)].map((it) => it[1] ?? "");
    return `${rule} ${names.find((it) => !/^(?:add|reset|addToAll)$/.test(it)) ?? ""}`;
  });
}
