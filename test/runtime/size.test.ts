import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { ownSizes } from "../../bench/runtime/sizes.mjs";

interface Size {
  readonly name: string;
  readonly gzip: number;
  readonly limit: number;
}

test("what users bundle does not grow unseen", { timeout: 120_000 }, async () => {
  const sizes: readonly Size[] = await ownSizes();
  expect(sizes.length).toBeGreaterThan(20);
  const over = sizes.filter(({ gzip, limit }) => limit < gzip);
  expect(over.map(({ name, gzip, limit }) => `${name}: ${gzip}, more than ${limit}`)).toEqual([]);
});
