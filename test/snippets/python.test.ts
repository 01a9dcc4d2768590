import { beforeAll, describe, expect, test } from "vitest";
import { fixturesIn, workFolder } from "./fixtures.ts";
import { hasToolchain, run } from "./run.ts";

const fixtures = fixturesIn("python");
/** The first version with TaskGroup, timeout and ExceptionGroup. */
const RECENT = `python3 -c "import sys; sys.exit(sys.version_info < (3, 11))"`;

describe.skipIf(!hasToolchain("Python 3.11", [RECENT]))("Python", () => {
  let folder = "";

  beforeAll(() => {
    folder = workFolder(
      "python",
      Object.fromEntries(fixtures.map((it) => [`pattern_${it.name}.py`, it.text])),
    );
  });

  test("compiles", async () => {
    const files = fixtures.map((it) => `pattern_${it.name}.py`);
    const { status, output } = await run(
      "python3",
      ["-W", "error", "-m", "py_compile", ...files],
      folder,
    );
    expect(status, output).toBe(0);
  });

  // Development mode reports what was never awaited or closed, and errors that nobody looked at.
  test.each(fixtures.filter((it) => !it.endless))(
    "$name runs, and complains of nothing",
    async ({ name }) => {
      const env = { PYTHONASYNCIODEBUG: "1" };
      const { status, output } = await run(
        "python3",
        ["-X", "dev", "-W", "error", `pattern_${name}.py`],
        folder,
        env,
      );
      // How long a step took says more about the machine than about the snippet.
      expect(output.replace(/^Executing <.* took .* seconds\n/gm, "")).toBe("");
      expect(status).toBe(0);
    },
  );
});
