import { Mutex } from "./mooring/mutex.js";
import { record } from "./office.js";

const crane = new Mutex();
const quay = new Mutex();

/** One crane, one quay: whoever loads needs both. */
export async function load(container: string): Promise<void> {
  await crane.runExclusive(async () => {
    await quay.runExclusive(() => record("loaded", container));
  });
}

export async function unload(container: string): Promise<void> {
  await quay.runExclusive(async () => {
    await crane.runExclusive(() => record("unloaded", container));
  });
}

export async function inspect(container: string): Promise<void> {
  const guard = await crane.lock();
  await record("inspected", container);
  guard.release();
}

export async function pause(): Promise<void> {
  await crane.lock();
  await record("crane pauses", undefined);
}
