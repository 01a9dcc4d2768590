import { join } from "node:path";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { RUNTIME } from "../../scripts/runtime-entries.mjs";
import { type Build, BUILDS, folderOf, makeBuilds } from "./builds.ts";

// The tests of the runtime once more, against what its users have: the npm package by `import` and by `require`, and the
// vendored files. Part of `npm test`.

await makeBuilds();

/** Not for other builds: what is about the sources, or about how builds are made. */
const ONLY_SOURCES = [
  ...["package", "vendored", "types", "examples", "leaks", "documentation", "size"],
  ...["testing/size", "testing/guide", "testing/examples"],
].map((it) => `test/runtime/${it}.test.ts`);

/** There are no files of them to add to a project. */
const ONLY_IN_PACKAGE = ["test/runtime/testing/*.test.ts", "test/runtime/deadlocks.test.ts"];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: BUILDS.map((build) => ({
      plugins: [instead(build)],
      test: {
        name: build,
        include: ["test/runtime/{*,shared/*,workers/*,explored/*,testing/*}.test.ts"],
        exclude:
          build === "vendored"
            ? [...ONLY_SOURCES.filter((it) => !it.includes("leaks")), ...ONLY_IN_PACKAGE]
            : ONLY_SOURCES,
        env: { MOORING_RUNTIME: folderOf(build) },
        // As Node loads it, and not as the test runner would.
        server: { deps: { external: [/runtime-builds\/package\//] } },
        testTimeout: 60_000,
        hookTimeout: 120_000,
      },
    })),
  },
});

/** What a test imports from the sources comes from the build. */
function instead(build: Build): Plugin {
  return {
    name: `runtime of ${build}`,
    enforce: "pre",
    async resolveId(source, importer, options) {
      if (importer === undefined || !importer.includes("/test/runtime/")) return undefined;
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      if (found?.id.startsWith(`${RUNTIME}/`) !== true) return undefined;
      return join(folderOf(build), found.id.slice(RUNTIME.length + 1));
    },
  };
}
