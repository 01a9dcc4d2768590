import { type Probe, probe } from "./probe.ts";

const probes: Probe[] = [];

/** Tells the probe of everything until what is returned is called. */
export function listen(own: Probe): () => void {
  probes.push(own);
  probe.current = probes.reduce(both);
  return () => {
    probes.splice(probes.indexOf(own), 1);
    probe.current = probes.length === 0 ? undefined : probes.reduce(both);
  };
}

function both(one: Probe, other: Probe): Probe {
  return {
    task: (id, name, body) => one.task(id, name, () => other.task(id, name, body)),
    ended(id) {
      one.ended(id);
      other.ended(id);
    },
    waits(on, promise) {
      one.waits(on, promise);
      other.waits(on, promise);
    },
    acquires(lock, on, grant) {
      one.acquires(lock, on, grant);
      other.acquires(lock, on, grant);
    },
    holds: (lock, on, held, body) =>
      one.holds(lock, on, held, () => other.holds(lock, on, held, body)),
  };
}
