// Retries, time limits, tasks.

const calls = 20_000;
const ok = async () => 1;

const repeat = (count, call) => async () => {
  for (let index = 0; index < count; index++) await call();
  return count;
};

export const rows = [
  {
    id: "retry",
    title: "retry, first try succeeds",
    goals: [{ against: "abort-controller-x", must: 1, stretch: 0.85 }],
    cases: {
      ours: async () => {
        const { retry } = await import("mooring-runtime");
        return repeat(calls, () => retry(ok));
      },
      "abort-controller-x": async () => {
        const { retry } = await import("abort-controller-x");
        const { signal } = new AbortController();
        return repeat(calls, () => retry(signal, ok));
      },
      "p-retry": async () => {
        const pRetry = (await import("p-retry")).default;
        return repeat(calls, () => pRetry(ok));
      },
    },
  },
  {
    id: "retry-signal",
    title: "the same with a signal",
    goals: [{ against: "p-retry", must: 1 / 40 }],
    cases: {
      ours: async () => {
        const { retry } = await import("mooring-runtime");
        const options = { signal: new AbortController().signal };
        return repeat(calls, () => retry(ok, options));
      },
      "p-retry": async () => {
        const pRetry = (await import("p-retry")).default;
        const options = { signal: new AbortController().signal };
        return repeat(calls, () => pRetry(ok, options));
      },
    },
  },
  {
    id: "timeout",
    title: "time limit around a fast function",
    goals: [{ against: "p-timeout", must: 0.55, stretch: 0.3 }],
    cases: {
      ours: async () => {
        const { timeout } = await import("mooring-runtime");
        return repeat(calls, () => timeout(10_000, ok));
      },
      "ours, function takes the signal": async () => {
        const { timeout } = await import("mooring-runtime");
        return repeat(calls, () => timeout(10_000, async (signal) => signal.aborted));
      },
      "p-timeout": async () => {
        const pTimeout = (await import("p-timeout")).default;
        return repeat(calls, () => pTimeout(ok(), { milliseconds: 10_000 }));
      },
    },
  },
  {
    id: "spawn",
    title: "spawn and join",
    goals: [{ against: "effect fork", must: 1 }],
    cases: {
      ours: async () => {
        const { spawn } = await import("mooring-runtime");
        return repeat(calls, () => spawn(ok));
      },
      "effect fork": async () => {
        const { Effect, Fiber } = await import("effect");
        const fork = Effect.forkChild ?? Effect.fork;
        const body = Effect.promise(ok);
        return () =>
          Effect.runPromise(
            Effect.gen(function* () {
              for (let index = 0; index < calls; index++) yield* Fiber.join(yield* fork(body));
              return calls;
            }),
          );
      },
    },
  },
  {
    id: "try-join",
    title: "tryJoin of three",
    goals: [{ against: "abort-controller-x all", must: 1 }],
    cases: {
      ours: async () => {
        const { tryJoin } = await import("mooring-runtime");
        const three = [ok, ok, ok];
        return repeat(calls, () => tryJoin(three));
      },
      "abort-controller-x all": async () => {
        const { all } = await import("abort-controller-x");
        const { signal } = new AbortController();
        return repeat(calls, () => all(signal, () => [ok(), ok(), ok()]));
      },
    },
  },
];
