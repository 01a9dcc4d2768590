import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { hashOf } from "../cli/hash.ts";
import { runCommand } from "../cli/program.ts";
import { primitives, runtimeVersion, vendoredFile } from "../rules/fixes/vendored.ts";
import { rules } from "../rules/index.ts";

// `mooring runtime …` in a project of somebody else.

const scratch = mkdtempSync(join(tmpdir(), "mooring-runtime-command-"));
let folder = "";
let projects = 0;

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

beforeEach(() => {
  folder = join(scratch, String(++projects));
  mkdirSync(join(folder, "src"), { recursive: true });
});

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function mooring(command: string): Promise<Result> {
  let [out, err] = ["", ""];
  const code = await runCommand(
    command.split(" "),
    {
      folder,
      environment: {},
      out: { write: (text) => (out += text) },
      err: { write: (text) => (err += text) },
      input: () => Promise.resolve(new Uint8Array()),
      now: () => 0,
    },
    rules,
  );
  return { code, out, err };
}

function read(path: string): string {
  return readFileSync(join(folder, path), "utf8");
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const mutex = vendoredFile("mutex")?.text ?? "";

/** As a version before this one would have written it: other code, and a first line that agrees with it. */
function older(text = mutex): string {
  const body = text.replace("First come, first served.", "In the order of asking.");
  return body
    .replace(`mooring-runtime ${runtimeVersion} `, "mooring-runtime 0.0.9 ")
    .replace(/\([\da-f]{16}\)/, `(${hashOf(body)})`);
}

describe("add", () => {
  test("writes a file for each primitive, by either of its names", async () => {
    expect(await mooring("runtime add mutex unbounded RwLock")).toEqual({
      code: 0,
      out: [
        "wrote src/mooring/mutex.ts with Mutex\n",
        "wrote src/mooring/channel.ts with channel, unbounded\n",
        "wrote src/mooring/rw-lock.ts with RwLock\n",
      ].join(""),
      err: "",
    });
    expect(read("src/mooring/mutex.ts")).toBe(mutex);
  });

  test("a primitive that is named twice is written once", async () => {
    expect((await mooring("runtime add mutex Mutex")).out).toBe(
      "wrote src/mooring/mutex.ts with Mutex\n",
    );
  });

  test("goes to where --to says, beside what is there, or to the top where there is no src", async () => {
    await mooring("runtime add mutex --to lib/locks");
    expect(read("lib/locks/mutex.ts")).toBe(mutex);
    expect((await mooring("runtime add once")).out).toBe("wrote lib/locks/once.ts with once\n");
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    expect((await mooring("runtime add once")).out).toBe("wrote mooring/once.ts with once\n");
  });

  test("--dry-run writes nothing", async () => {
    expect((await mooring("runtime add mutex --dry-run")).out).toBe(
      "would write src/mooring/mutex.ts with Mutex\n",
    );
    expect(existsSync(join(folder, "src/mooring"))).toBe(false);
  });

  test("what is there and the same stays, what is older is updated", async () => {
    await mooring("runtime add mutex");
    expect((await mooring("runtime add mutex")).out).toBe("unchanged src/mooring/mutex.ts\n");
    write("src/mooring/mutex.ts", older());
    expect((await mooring("runtime add mutex")).out).toBe(
      "updated src/mooring/mutex.ts with Mutex\n",
    );
    expect(read("src/mooring/mutex.ts")).toBe(mutex);
  });

  test("nothing is overwritten that somebody may miss, and nothing else is written then", async () => {
    write("src/mooring/mutex.ts", mutex.replace("this.size--;", "this.size -= 1;"));
    const edited = read("src/mooring/mutex.ts");
    expect(await mooring("runtime add once mutex")).toEqual({
      code: 2,
      out: "",
      err: "error  src/mooring/mutex.ts is edited by hand.\n       It stays as it is; --force overwrites it.\n",
    });
    expect(read("src/mooring/mutex.ts")).toBe(edited);
    expect(existsSync(join(folder, "src/mooring/once.ts"))).toBe(false);
    write("src/mooring/mutex.ts", "export class Mutex {}\n");
    const { code, err } = await mooring("runtime add mutex");
    expect([code, err]).toEqual([
      2,
      "error  src/mooring/mutex.ts exists and is not the vendored file of mutex.\n       --to names another folder; --force overwrites the file.\n",
    ]);
    expect((await mooring("runtime add mutex --force")).code).toBe(0);
    expect(read("src/mooring/mutex.ts")).toBe(mutex);
  });

  test.each([
    ["mutx", "There is no primitive `mutx`.", "Did you mean `mutex`?"],
    ["rwlock", "There is no primitive `rwlock`.", "Did you mean `rw-lock`?"],
    ["KeydMutex", "There is no primitive `KeydMutex`.", "Did you mean `keyed-mutex`?"],
    ["banana", "There is no primitive `banana`.", "`mooring runtime list` lists all."],
    [
      "trace",
      "There is no primitive `trace`.",
      "It is in the npm package mooring-runtime only: it has to see all primitives.",
    ],
  ])("%s is no primitive", async (name, message, remedy) => {
    expect(await mooring(`runtime add mutex ${name}`)).toEqual({
      code: 2,
      out: "",
      err: `error  ${message}\n       ${remedy}\n`,
    });
    expect(existsSync(join(folder, "src/mooring"))).toBe(false);
  });

  test("a folder that cannot be one", async () => {
    write("src/taken", "");
    expect((await mooring("runtime add mutex --to src/taken")).err).toBe(
      "error  src/taken is a file, so nothing can be put into it.\n       --to names a folder; it need not exist.\n",
    );
    const { code, err } = await mooring("runtime add mutex --to src/taken/below");
    expect(code).toBe(2);
    expect(err).toMatch(/could not be written \(ENOTDIR.*\n.*Check who may write it/);
  });

  test("without a name it says what is missing", async () => {
    expect(await mooring("runtime add")).toMatchObject({ code: 2, out: "" });
  });
});

test("Mooring finds nothing in what it writes", async () => {
  write(
    "tsconfig.json",
    '{ "compilerOptions": { "strict": true, "lib": ["es2022", "dom"], "types": [] } }',
  );
  await mooring(`runtime add ${primitives.map((it) => it.name).join(" ")}`);
  const { code, out } = await mooring("check --no-progress src/mooring");
  expect(out).toMatch(/^✔ No findings\. \d+ files checked/);
  expect(code).toBe(0);
});

describe("status", () => {
  test("without vendored files there is nothing to compare", async () => {
    write("src/mutex.ts", "export class Mutex {}\n");
    expect(await mooring("runtime status")).toMatchObject({ code: 0, err: "" });
  });

  test("tells what is what, wherever it is and whatever it is called", async () => {
    await mooring("runtime add once channel");
    write("src/mooring/mutex.ts", older());
    write("packages/a/lock.ts", mutex.replace("this.size--;", "this.size -= 1;"));
    write("packages/b/mutex.ts", older().replace("this.size--;", "this.size -= 1;"));
    write("packages/c/mutex.ts", older().replace(" 0.0.9 ", " 99.0.0 "));
    write("packages/d/gone.ts", older().replace("// mutex, ", "// gone, "));
    write("src/mooring/channel.ts", read("src/mooring/channel.ts").replaceAll("\n", "\r\n"));
    write("node_modules/other/mutex.ts", older());
    const { code, out, err } = await mooring("runtime status");
    expect([code, err]).toEqual([1, ""]);
    expect(out).toBe(
      [
        "▲ packages/a/lock.ts is edited by hand",
        "▲ packages/b/mutex.ts is edited by hand and from another version (0.0.9)",
        "▲ packages/c/mutex.ts is from a newer version than this one (99.0.0)",
        "▲ packages/d/gone.ts is of a primitive that this version does not have (0.0.9)",
        "✔ src/mooring/channel.ts is up to date",
        "▲ src/mooring/mutex.ts is from another version (0.0.9)",
        "✔ src/mooring/once.ts is up to date",
        "`mooring runtime update` brings them to this version.",
        "`mooring runtime update --diff --force` shows what your edits are; without --force they stay.",
        "",
      ].join("\n"),
    );
  });

  test("--json is for programs", async () => {
    await mooring("runtime add mutex");
    const { code, out } = await mooring("runtime status --json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      version: runtimeVersion,
      files: [
        { file: "src/mooring/mutex.ts", name: "mutex", version: runtimeVersion, state: "current" },
      ],
    });
  });
});

describe("update", () => {
  test("brings what is as it was written to this version, with the line ends of the file", async () => {
    write("src/mooring/mutex.ts", older().replaceAll("\n", "\r\n"));
    expect(await mooring("runtime update")).toEqual({
      code: 0,
      out: `updated src/mooring/mutex.ts from 0.0.9 to ${runtimeVersion}\n`,
      err: "",
    });
    expect(read("src/mooring/mutex.ts")).toBe(mutex.replaceAll("\n", "\r\n"));
    expect(await mooring("runtime update")).toMatchObject({ code: 0 });
  });

  test("leaves edits alone, unless told", async () => {
    const edited = older().replace("this.size--;", "this.size -= 1;");
    write("src/mooring/mutex.ts", edited);
    const { code, out } = await mooring("runtime update");
    expect(code).toBe(1);
    expect(out).toContain("▲ src/mooring/mutex.ts is edited by hand and from another version");
    expect(read("src/mooring/mutex.ts")).toBe(edited);
    const diff = await mooring("runtime update --diff --force");
    expect(diff.code).toBe(1);
    expect(diff.out).toMatch(
      /^--- a\/src\/mooring\/mutex\.ts\n\+\+\+ b\/src\/mooring\/mutex\.ts\n/,
    );
    expect(diff.out).toMatch(/-\s+this\.size -= 1;\n\+\s+this\.size--;\n/);
    expect(read("src/mooring/mutex.ts")).toBe(edited);
    expect((await mooring("runtime update --force")).code).toBe(0);
    expect(read("src/mooring/mutex.ts")).toBe(mutex);
  });

  test("only what is named, and a dry run that writes nothing", async () => {
    write("src/mooring/mutex.ts", older());
    await mooring("runtime add once");
    expect(await mooring("runtime update once")).toMatchObject({ code: 0 });
    expect(await mooring("runtime update --dry-run")).toEqual({
      code: 1,
      out: `would update src/mooring/mutex.ts from 0.0.9 to ${runtimeVersion}\n`,
      err: "",
    });
    expect(read("src/mooring/mutex.ts")).toBe(older());
    expect((await mooring("runtime update semaphore")).err).toBe(
      "error  There is no vendored file of semaphore below this folder.\n       `mooring runtime add semaphore` writes one.\n",
    );
  });

  test.skipIf(process.getuid?.() === 0)("says what cannot be written", async () => {
    write("src/mooring/mutex.ts", older());
    chmodSync(join(folder, "src/mooring"), 0o500);
    const { code, err } = await mooring("runtime update");
    chmodSync(join(folder, "src/mooring"), 0o700);
    expect(code).toBe(2);
    expect(err).toContain("could not be written");
    expect(read("src/mooring/mutex.ts")).toBe(older());
  });
});

describe("list", () => {
  test("says in a line what each is", async () => {
    const { code, out } = await mooring("runtime list");
    expect(code).toBe(0);
    expect(out).toMatch(/^mutex +Lets one holder in at a time\.$/m);
    expect(out.trimEnd().split("\n")).toHaveLength(primitives.length);
    const { primitives: rows } = JSON.parse((await mooring("runtime list --json")).out);
    expect(rows).toHaveLength(primitives.length);
  });
});
