import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Two cores: more workers would only parse the library files more often.
    maxWorkers: 2,
    // On machines that others share, a test of processes or timers can lose once; twice is a defect.
    retry: process.env["CI"] === "true" ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
