// As much of node:assert/strict as the examples use, for platforms that have none.

class AssertionError extends Error {}

function assert(value, message) {
  if (!value) throw new AssertionError(message ?? "not true");
}

function deepEqual(one, other) {
  const show = (value) =>
    JSON.stringify(value, (_, it) =>
      it === undefined ? "undefined" : it instanceof Map ? [...it] : it,
    );
  assert(show(one) === show(other), `${show(one)} is not ${show(other)}`);
}

function fits(error, expected) {
  if (expected === undefined) return true;
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected === "object") {
    return Object.entries(expected).every(([key, value]) =>
      value instanceof RegExp ? value.test(error[key]) : error[key] === value,
    );
  }
  return expected.prototype === undefined ? expected(error) === true : error instanceof expected;
}

async function rejects(work, expected) {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (thrown) {
    assert(fits(thrown, expected), `rejected with ${thrown}`);
    return;
  }
  throw new AssertionError("did not reject");
}

function throws(work, expected) {
  try {
    work();
  } catch (thrown) {
    assert(fits(thrown, expected), `threw ${thrown}`);
    return;
  }
  throw new AssertionError("did not throw");
}

export default Object.assign(assert, {
  ok: assert,
  deepEqual,
  deepStrictEqual: deepEqual,
  equal: (one, other) => assert(Object.is(one, other), `${one} is not ${other}`),
  notEqual: (one, other) => assert(!Object.is(one, other), `${one} is ${other}`),
  match: (text, pattern) => assert(pattern.test(text), `${text} does not match ${pattern}`),
  fail: (message) => assert(false, message),
  rejects,
  throws,
});
