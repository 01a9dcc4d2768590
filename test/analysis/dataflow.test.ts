import { describe, expect, test } from "vitest";
import { dominates, solve } from "../../analysis/facts/dataflow.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import { segmentOf } from "../../analysis/facts/segments.ts";
import type { Program } from "../../analysis/program.ts";
import { is, type Node, nameOf, textOf, walk } from "../../analysis/syntax.ts";
import { programOver } from "../harness/fact-page.ts";

describe("solve", () => {
  test("what holds on every path holds after them", () => {
    expect(heldAt(`lock(); if (fast) use(); else other(); here();`)).toBe(true);
    expect(heldAt(`if (fast) lock(); here();`)).toBe(false);
    expect(heldAt(`for (;;) { lock(); if (fast) break; unlock(); } here();`)).toBe(true);
    expect(heldAt(`while (fast) { here(); lock(); }`)).toBe(false);
  });

  test("a handler is entered from before and after what was interrupted", () => {
    expect(heldAt(`try { lock(); use(); } catch { here(); }`)).toBe(false);
    expect(heldAt(`lock(); try { use(); } catch { here(); }`)).toBe(true);
    expect(heldAt(`lock(); try { use(); } finally { unlock(); } here();`)).toBe(false);
  });

  test("conditions can be assumed", () => {
    expect(heldAt(`if (locked) here();`)).toBe(true);
    expect(heldAt(`if (!locked) return; here();`)).toBe(true);
    expect(heldAt(`if (!locked) here();`)).toBe(false);
    expect(heldAt(`if (locked || fast) here();`)).toBe(false);
  });

  test("what cannot be reached has no state", () => {
    expect(heldAt(`return; here();`)).toBe(undefined);
  });
});

describe("dominates", () => {
  test("every path passes it", () => {
    expect(isDominated(`use(); here();`)).toBe(true);
    expect(isDominated(`if (fast) use(); here();`)).toBe(false);
    expect(isDominated(`if (!fast) return; use(); here();`)).toBe(true);
    expect(isDominated(`do use(); while (fast); here();`)).toBe(true);
    expect(isDominated(`try { use(); } finally { here(); }`)).toBe(false);
    expect(isDominated(`try { other(); } finally { use(); } here();`)).toBe(true);
  });
});

describe("segmentOf", () => {
  test("it lasts from one suspension to the next", () => {
    const { program, call } = functionOf(`use(); await 1; here(); other(); await 2; lock();`);
    const segment = segmentOf(call("here"), program);
    expect(segment?.startsAtEntry).toBe(false);
    expect(segment?.startsAfter.map(textOf)).toEqual(["await 1"]);
    expect(segment?.endsIn.map(textOf)).toEqual(["await 2"]);
    expect(segment?.has(call("other"))).toBe(true);
    expect(segment?.has(call("use"))).toBe(false);
    expect(segment?.has(call("lock"))).toBe(false);
  });

  test("a branch without a suspension joins it to the start", () => {
    const { program, call } = functionOf(`if (fast) await 1; here();`);
    const segment = segmentOf(call("here"), program);
    expect(segment?.startsAtEntry).toBe(true);
    expect(segment?.startsAfter.map(textOf)).toEqual(["await 1"]);
  });
});

/** Whether `lock()` without `unlock()` came before `here()` on every path. */
function heldAt(body: string): boolean | undefined {
  const { program, call } = functionOf(body);
  const here = call("here");
  const owner = flowOwner(here);
  if (owner === undefined) throw new Error("here() is in no function");
  const locks = solve<boolean>(
    owner,
    {
      initial: false,
      join: (a, b) => a && b,
      equal: (a, b) => a === b,
      transfer(held, { node }) {
        const name = is.CallExpression(node) ? nameOf(node.expression) : undefined;
        return name === "lock" || (held && name !== "unlock");
      },
      assume: (held, condition, truth) => held || (nameOf(condition) === "locked" && truth),
    },
    program,
  );
  return locks.before(here);
}

function isDominated(body: string): boolean {
  const { program, call } = functionOf(body);
  return dominates(call("use"), call("here"), program);
}

function functionOf(body: string): { program: Program; call: (name: string) => Node } {
  const program = programOver({ "/a.ts": `${GLOBALS} async function f() { ${body} } export {};` });
  const file = program.types.file("/a.ts");
  if (file === undefined) throw new Error("a.ts is not in the program");
  const calls = new Map<string, Node>();
  walk(file, (node) => {
    if (is.CallExpression(node)) calls.set(nameOf(node.expression) ?? "", node);
    return undefined;
  });
  return {
    program,
    call(name) {
      const node = calls.get(name);
      if (node === undefined) throw new Error(`there is no call of ${name}`);
      return node;
    },
  };
}

const GLOBALS = ["lock", "unlock", "use", "other", "here"]
  .map((name) => `declare function ${name}(): void;`)
  .concat("declare const fast: boolean, locked: boolean;")
  .join(" ");
