import { expect, test } from "vitest";
import { giveUp } from "../../analysis/program.ts";
import { defineRule } from "../../analysis/rule.ts";
import { rules } from "../../rules/index.ts";
import type { Core } from "../../server/front.ts";
import type { Status } from "../../server/protocol.ts";
import { start } from "./harness.ts";

const DISK = "export declare function save(): Promise<void>;\n";
const CART = 'import { save } from "./disk";\nexport function pay() {\n  save();\n}\n';
const files = { "tsconfig.json": "{}", "disk.ts": DISK, "cart.ts": CART, "shop.ts": CART };

/** One of ours, with a bug in it. */
const broken = {
  id: "broken",
  summary: "",
  severity: "error",
  equivalents: [],
  on: { kinds: ["CallExpression"] },
} as const;

async function coreWith(rule: (typeof rules)[number]): Promise<Core> {
  const core = await import("../../server/core.ts");
  class Session extends core.Session {
    constructor(...[connection, params, version]: ConstructorParameters<typeof core.Session>) {
      super(connection, params, version, [rule, ...rules]);
    }
  }
  return { ...core, Session };
}

test("a rule that throws is reported once, and all others go on", async () => {
  const rule = defineRule({
    ...broken,
    profile: "recommended",
    check() {
      throw new Error("The rule has a bug.");
    },
  });
  const client = await start({ files, load: () => coreWith(rule) });
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  await client.open("shop.ts");
  expect(await client.rulesIn("shop.ts")).toEqual(["floating-promise"]);

  expect(client.log.filter((it) => it.includes("The rule has a bug."))).toHaveLength(1);
  const status = await client.connection.sendRequest<Status>("mooring/status", {});
  expect(status).toMatchObject({
    state: "failed",
    problems: [{ kind: "rule", message: "The rule broken failed and was skipped." }],
  });
});

test("what is too large to be followed is in the log, once, and no failure", async () => {
  const rule = defineRule({
    ...broken,
    profile: "recommended",
    *check(call, program) {
      giveUp(call, "`pay` is too large to be followed.", program);
    },
  });
  const client = await start({ files, load: () => coreWith(rule) });
  await client.open("cart.ts");
  await client.rulesIn("cart.ts");
  await client.edit("cart.ts", "save();", "save(); ");
  await client.rulesIn("cart.ts");
  expect(client.log.filter((it) => it.includes("is too large to be followed"))).toHaveLength(1);
  const status = await client.connection.sendRequest<Status>("mooring/status", {});
  expect(status).toMatchObject({ problems: [] });
});

test("a project that throws is reported, and what can be checked is", async () => {
  let times = 0;
  const rule = defineRule({
    ...broken,
    get profile() {
      times += 1;
      // Not where rules are guarded: all of the first file is lost.
      if (times === 1) throw new Error("The project has a bug.");
      return "recommended" as const;
    },
    *check() {},
  });
  const client = await start({ files, load: () => coreWith(rule) });
  const { items } = await client.workspaceReport();
  expect(items).toHaveLength(1);
  expect(client.log.filter((it) => it.includes("The project has a bug."))).toHaveLength(1);
  const status = await client.connection.sendRequest<Status>("mooring/status", {});
  expect(status.problems).toMatchObject([{ kind: "project" }]);
});

test("`initialize` is answered before the analysis is loaded, and without documents it is not", async () => {
  let isLoaded = false;
  const client = await start({
    files,
    load: async () => {
      isLoaded = true;
      return import("../../server/core.ts");
    },
  });
  expect(client.result?.capabilities.diagnosticProvider).toMatchObject({
    interFileDependencies: true,
    workspaceDiagnostics: true,
  });
  expect(isLoaded).toBe(false);
  await client.open("cart.ts");
  expect(await client.rulesIn("cart.ts")).toEqual(["floating-promise"]);
  expect(isLoaded).toBe(true);
});
