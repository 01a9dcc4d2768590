// H23: what compilers make of `using` for engines that do not know it, each with helpers of its own.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

const source = (more) => `
import { Mutex, TaskGroup, defer } from "mooring-runtime";
const log = [];
const mutex = new Mutex();
async function hold() { using guard = await mutex.lock(); log.push(mutex.locked); }
async function group() {
  await using tasks = new TaskGroup();
  tasks.spawn(async (signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    log.push("ended");
  });
}
async function fail() { using guard = await mutex.lock(); throw new Error("body"); }
await hold();
await group();
try { await fail(); } catch (error) { log.push(error.message); }
log.push(mutex.locked);
${more}
console.log(JSON.stringify(log));
`;

const TWO_ERRORS = `
try {
  using later = defer(() => { throw new Error("disposal"); });
  throw new Error("body");
} catch (error) {
  log.push(error.name, error.error.message, error.suppressed.message);
}`;

/** A compiler, and what its program prints. */
export const COMPILERS = {
  swc: {
    // Of two errors it makes a third, by mistake: its helper calls its own class by a name that it has not
    // (`_SuppressedError` for `_SuppressedError1`, in 1.16.22).
    expected: [true, "ended", "body", false],
    async compile() {
      const { transform } = require("@swc/core");
      const parser = { syntax: "ecmascript", explicitResourceManagement: true };
      const options = { jsc: { parser, target: "es2022" }, isModule: true };
      return (await transform(source(""), options)).code;
    },
  },
  Babel: {
    expected: [true, "ended", "body", false, "SuppressedError", "disposal", "body"],
    async compile() {
      const { transformAsync } = require("@babel/core");
      const plugins = ["@babel/plugin-transform-explicit-resource-management"];
      const cwd = fileURLToPath(new URL(".", import.meta.url));
      const options = { plugins, cwd, configFile: false, babelrc: false };
      return (await transformAsync(source(TWO_ERRORS), options)).code;
    },
  },
};
