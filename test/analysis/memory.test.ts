import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { openMorph } from "../../analysis/engine/morph.ts";
import { memoryHost } from "../harness/memory-host.ts";

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

// The compiler leaves functions on the host that it was given, and through them a host that is used
// again holds every program that was ever made with it: some megabytes for each key pressed.
test("after an edit, nothing holds the program before", async () => {
  const host = memoryHost({ "/cart.ts": "export {};" });
  const engine = openMorph({ host, files: ["/cart.ts"], compilerOptions: { noLib: true } });
  const programs: WeakRef<object>[] = [];
  for (const text of ["export const n = 1;", "export const n = 2;", "export const n = 3;"]) {
    engine.change([{ path: "/cart.ts", text }]);
    const program: unknown = Reflect.get(engine.snapshot(), "program");
    if (typeof program === "object" && program !== null) programs.push(new WeakRef(program));
  }
  // What was dereferenced in this turn is kept until its end.
  await new Promise((resolve) => setImmediate(resolve));
  if (typeof collect === "function") collect();
  expect(programs).toHaveLength(3);
  expect(programs.map((it) => it.deref() !== undefined)).toEqual([false, false, true]);
});
