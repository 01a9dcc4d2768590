/* oxlint-disable no-await-in-loop -- What other threads do is waited for, one thing after another. */
/** What `tasks.mjs` exports. Node 20 runs no TypeScript, and the tests run in Node 20. */
export interface Tasks {
  double(x: number): number;
  later<T>(value: T, ms: number): Promise<T>;
  block(word: Int32Array): string;
  count(word: Int32Array): number;
  spin(): never;
  exit(code: number): never;
  exitAfter(word: Int32Array, code: number): Promise<never>;
  exhaust(): never;
  stray(): Promise<never>;
  fail(kind: string): never;
  uncloneableResult(): unknown;
  size(buffer: ArrayBuffer): number;
  untilAborted(word: Int32Array, signal: AbortSignal): Promise<void>;
  stubborn(word: Int32Array, signal: AbortSignal): Promise<never>;
  parameters(...all: readonly unknown[]): unknown[];
  readonly notAFunction: 1;
}

export const tasks = new URL("./tasks.mjs", import.meta.url);

/** Three words: whether to go on, how many have begun, and a count. */
export function fresh(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(12));
}

/** Waits until so many tasks have said that they have begun. */
export async function begun(word: Int32Array, count = 1): Promise<void> {
  while (Atomics.load(word, 1) < count) await new Promise((resolve) => setTimeout(resolve, 1));
}

export function unblock(word: Int32Array): void {
  Atomics.store(word, 0, 1);
  Atomics.notify(word, 0);
}

/** The types of Node 20 do not know that an abort has a reason. */
export function newController(): { readonly signal: AbortSignal; abort(reason?: unknown): void } {
  return new AbortController();
}
