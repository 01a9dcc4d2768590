// A project with Jest, whose transformer from `mooring-runtime/testing/jest` works behind babel-jest. Its one test fails
// unless the report of a lost update knows where the wait is, which only a gate can tell.

const COUNTER = `module.exports = class Counter {
  value = 0;

  async add() {
    const seen = this.value;
    await null;
    this.value = seen + 1;
  }
};
`;

const TEST = `const { explore } = require("mooring-runtime/testing");
const Counter = require("./counter.cjs");

test("finds the lost update, and where", async () => {
  const exploring = explore(
    async (sim) => {
      const counter = new Counter();
      await Promise.all([
        sim.spawn("one", () => counter.add()),
        sim.spawn("other", () => counter.add()),
      ]);
      expect(counter.value).toBe(2);
    },
    { points: "await" },
  );
  await expect(exploring).rejects.toThrow(/counter\\.cjs:6:5/);
});
`;

const CONFIG = `module.exports = {
  testMatch: ["**/*.test.cjs"],
  moduleFileExtensions: ["js", "cjs", "json"],
  transform: {
    "\\\\.cjs$": ["mooring-runtime/testing/jest", { transformer: "babel-jest" }],
  },
};
`;

/** The files of the project, by name. */
export const JEST_PROJECT = {
  "counter.cjs": COUNTER,
  "counter.test.cjs": TEST,
  "jest.config.cjs": CONFIG,
};
