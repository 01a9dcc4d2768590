// What the pools of the tests run.

export function double(x) {
  return x * 2;
}

export async function later(value, ms) {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return value;
}

/** Blocks until the word is set, so that a test decides how long it takes. */
export function block(word) {
  Atomics.add(word, 1, 1);
  Atomics.notify(word, 1);
  Atomics.wait(word, 0, 0);
  return "unblocked";
}

export function count(word) {
  return Atomics.add(word, 2, 1);
}

export function spin() {
  for (;;);
}

export function exit(code) {
  process.exit(code);
}

export async function exitAfter(word, code) {
  Atomics.add(word, 1, 1);
  Atomics.notify(word, 1);
  await Atomics.waitAsync(word, 0, 0).value;
  process.exit(code);
}

export function exhaust() {
  const all = [];
  for (;;) all.push(Array.from({ length: 1e5 }, () => all.length + 0.5));
}

export async function stray() {
  void Promise.reject(new Error("stray"));
  await new Promise(() => setInterval(() => {}, 1e6));
}

export function fail(kind) {
  if (kind === "fields") {
    const cause = new RangeError("inner", { cause: "deepest" });
    const error = Object.assign(new Error("boom", { cause }), { code: "E_MINE", extra: { a: 1 } });
    error.name = "MyError";
    throw error;
  }
  if (kind === "uncloneable") throw Object.assign(new TypeError("nc"), { call: () => 1, n: 1 });
  if (kind === "getter") {
    const error = new Error("getter");
    Object.defineProperty(error, "bad", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    throw error;
  }
  if (kind === "aggregate") throw new AggregateError([new TypeError("one"), 2], "several");
  if (kind === "cycle") {
    const error = new Error("round");
    error.cause = error;
    throw error;
  }
  if (kind === "nothing") throw undefined;
  throw "a string";
}

export function uncloneableResult() {
  return () => 1;
}

export function size(buffer) {
  return buffer.byteLength;
}

export async function untilAborted(word, signal) {
  Atomics.add(word, 1, 1);
  Atomics.notify(word, 1);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  Atomics.add(word, 2, 1);
  throw signal.reason;
}

/** Is told and goes on. */
export async function stubborn(word, signal) {
  Atomics.add(word, 1, 1);
  Atomics.notify(word, 1);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  Atomics.add(word, 2, 1);
  await new Promise(() => setInterval(() => {}, 1e6));
}

export function parameters(...all) {
  return all.map((it) => (it instanceof AbortSignal ? "signal" : it));
}

export const notAFunction = 1;
