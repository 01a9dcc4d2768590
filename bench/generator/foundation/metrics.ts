const counts = new Map<string, number>();

export function count(name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

export async function timed<Value>(name: string, task: () => Promise<Value>): Promise<Value> {
  const started = performance.now();
  try {
    return await task();
  } finally {
    count(`${name}.milliseconds`, performance.now() - started);
    count(`${name}.calls`);
  }
}

export function snapshot(): ReadonlyMap<string, number> {
  return new Map(counts);
}
