import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  after,
  channel,
  interval,
  isBug,
  onLateError,
  RateLimiter,
  retry,
  select,
  sleep,
  timeout,
  TimeoutError,
} from "../../runtime/index.ts";
import { listeners, rejection, settled, stateOf } from "./steps.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  expect(vi.getTimerCount(), "no timer is left").toBe(0);
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => {});

// These are many lines because the hazards of one subject share its helpers, and the list of builds runs file by file.

describe("H17 the limits of timers", () => {
  test.each([0, -5])("a sleep of %s ms ends at the next turn", async (ms) => {
    const nap = sleep(ms);
    await vi.advanceTimersByTimeAsync(1);
    await nap;
  });

  test("a sleep longer than a timer can be", async () => {
    const days = 60 * 24 * 60 * 60 * 1000;
    const nap = sleep(days);
    await vi.advanceTimersByTimeAsync(days - 1);
    expect(await stateOf(nap)).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    await nap;
  });

  test("a sleep without end waits for its signal", async () => {
    const controller = new AbortController();
    const nap = sleep(Infinity, { signal: controller.signal });
    await vi.advanceTimersByTimeAsync(2 ** 33);
    expect(await stateOf(nap)).toBe("pending");
    controller.abort("woken");
    expect(await rejection(nap)).toBe("woken");
  });

  test("NaN is a mistake everywhere", async () => {
    await expect(sleep(Number.NaN)).rejects.toThrow(RangeError);
    await expect(timeout(Number.NaN, () => 1)).rejects.toThrow(RangeError);
    expect(() => after(Number.NaN)).toThrow(RangeError);
    await expect(interval(Number.NaN).next()).rejects.toThrow(RangeError);
    await expect(interval(0).next()).rejects.toThrow(RangeError);
    const failing = () => Promise.reject(new Error("503"));
    await expect(retry(failing, { base: Number.NaN })).rejects.toThrow(RangeError);
    await expect(retry(failing, { retries: Number.NaN })).rejects.toThrow(RangeError);
    for (const rate of [0, -1, Number.NaN, Infinity]) {
      expect(() => new RateLimiter({ rate, per: 1000 })).toThrow(RangeError);
    }
    expect(() => new RateLimiter({ rate: 1, per: 1, burst: 0 })).toThrow(RangeError);
  });
});

describe("H15 nothing is left behind", () => {
  test("a sleep that is aborted clears its timer and its listener", async () => {
    const controller = new AbortController();
    const nap = sleep(1000, { signal: controller.signal });
    controller.abort("left");
    expect(await rejection(nap)).toBe("left");
    expect(listeners(controller.signal)).toBe(0);
    expect(await rejection(sleep(1, { signal: controller.signal }))).toBe("left");
  });

  test("a time limit is cleared when the work ends or its signal aborts", async () => {
    expect(await timeout(1000, () => 1)).toBe(1);
    await expect(timeout(1000, () => Promise.reject(new Error("boom")))).rejects.toThrow("boom");
    const controller = new AbortController();
    const run = timeout(1000, never, { signal: controller.signal });
    controller.abort("left");
    expect(await rejection(run)).toBe("left");
    expect(await rejection(timeout(1000, never, { signal: controller.signal }))).toBe("left");
    expect(listeners(controller.signal)).toBe(0);
  });

  test("a branch that waits for time is taken off when another wins", async () => {
    const { tx, rx } = channel<number>(1);
    const wait = select({ rx, late: after(1000) });
    tx.trySend(1);
    expect((await wait).key).toBe("rx");
  });
});

describe("H16 a time limit tells the truth about what runs", () => {
  test("work that was told is waited for", async () => {
    let stopped = false;
    const run = timeout(10, async (signal) => {
      await sleep(1000, { signal }).catch(() => {});
      await sleep(50);
      stopped = true;
    });
    void run.catch(() => {});
    await vi.advanceTimersByTimeAsync(20);
    expect(await stateOf(run)).toBe("pending");
    await vi.advanceTimersByTimeAsync(50);
    expect(await rejection(run)).toBeInstanceOf(TimeoutError);
    expect(stopped).toBe(true);
  });

  test("work that cannot be told, or is detached, is left behind; its errors are reported", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const failing = async (): Promise<never> => {
      await sleep(50);
      throw new Error("afterwards");
    };
    const runs = [
      timeout(10, failing),
      timeout(10, (signal) => (signal.aborted ? never() : failing()), { detach: true }),
    ];
    const results = Promise.allSettled(runs);
    await vi.advanceTimersByTimeAsync(10);
    for (const result of await results) expect(result.status).toBe("rejected");
    expect(late).toEqual([]);
    await vi.advanceTimersByTimeAsync(50);
    expect(late.map(String)).toEqual(["Error: afterwards", "Error: afterwards"]);
  });

  test("what the work fails with after the time is the cause", async () => {
    const run = timeout(10, (signal) =>
      sleep(1000, { signal }).catch(() => Promise.reject(new Error("rollback failed"))),
    );
    void run.catch(() => {});
    await vi.advanceTimersByTimeAsync(10);
    expect(await rejection(run)).toHaveProperty("cause.message", "rollback failed");
    const plain = timeout(10, (signal) => sleep(1000, { signal }), { message: "too slow" });
    void plain.catch(() => {});
    await vi.advanceTimersByTimeAsync(10);
    const error = await rejection(plain);
    expect(error).toHaveProperty("message", "too slow");
    expect(error).not.toHaveProperty("cause");
  });

  test("without limit there is no timer", async () => {
    const run = timeout(Infinity, never);
    expect(vi.getTimerCount()).toBe(0);
    expect(await stateOf(run)).toBe("pending");
  });
});

describe("interval", () => {
  const ticks = async (missed: "burst" | "delay" | "skip"): Promise<[number, number][]> => {
    const start = performance.now();
    const seen: [number, number][] = [];
    for await (const tick of interval(10, { missed })) {
      seen.push([tick, performance.now() - start]);
      if (seen.length === 2) await sleep(25);
      if (seen.length === 5) break;
    }
    return seen;
  };

  test.each([
    [
      "burst",
      [
        [1, 10],
        [2, 20],
        [3, 45],
        [4, 46],
        [5, 50],
      ],
    ],
    [
      "delay",
      [
        [1, 10],
        [2, 20],
        [3, 55],
        [4, 65],
        [5, 75],
      ],
    ],
    [
      "skip",
      [
        [1, 10],
        [2, 20],
        [4, 45],
        [5, 50],
        [6, 60],
      ],
    ],
  ] as const)("missed ticks: %s", async (missed, expected) => {
    const run = ticks(missed);
    await vi.advanceTimersByTimeAsync(200);
    const seen = await run;
    expect(seen.map(([tick]) => tick)).toEqual(expected.map(([tick]) => tick));
    for (const [index, [, at]] of seen.entries()) {
      expect(Math.abs(at - (expected[index]?.[1] ?? 0))).toBeLessThanOrEqual(1);
    }
  });

  test("an abort ends the loop with the reason", async () => {
    const controller = new AbortController();
    const next = interval(10, { signal: controller.signal }).next();
    controller.abort("stop");
    expect(await rejection(next)).toBe("stop");
  });
});

describe("H18 retry", () => {
  const failing = (times: number) => {
    let calls = 0;
    const work = () => {
      if (++calls <= times) throw new Error(`failure ${calls}`);
      return calls;
    };
    return { work, calls: () => calls };
  };

  test("waits longer each time, and rejects with the last error", async () => {
    const delays: number[] = [];
    const { work, calls } = failing(9);
    const run = retry(work, {
      retries: 4,
      base: 100,
      max: 300,
      jitter: "none",
      onRetry: (_, __, delay) => delays.push(delay),
    });
    void run.catch(() => {});
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(run).rejects.toThrow("failure 5");
    expect([calls(), delays]).toEqual([5, [100, 200, 300, 300]]);
  });

  test("jitter stays within its bounds", async () => {
    for (const [jitter, least, most] of [
      ["full", 0, 100],
      ["equal", 50, 100],
      [() => 0.25, 25, 25],
    ] as const) {
      for (let index = 0; index < 50; index++) {
        const run = retry(failing(1).work, {
          jitter,
          onRetry: (_, __, delay) => {
            expect(delay).toBeGreaterThanOrEqual(least);
            expect(delay).toBeLessThanOrEqual(most);
          },
        });
        await vi.advanceTimersByTimeAsync(100);
        expect(await run).toBe(2);
      }
    }
  });

  test("an abort before, between and during attempts ends it with the reason", async () => {
    const signal = AbortSignal.abort("gone");
    const { work, calls } = failing(1);
    expect(await rejection(retry(work, { signal }))).toBe("gone");
    expect(calls()).toBe(0);
    const between = new AbortController();
    const waiting = retry(failing(9).work, { signal: between.signal, base: 1e6, jitter: "none" });
    await settled();
    between.abort("between");
    expect(await rejection(waiting)).toBe("between");
    const during = new AbortController();
    let attempts = 0;
    const running = retry(
      ({ signal: own }) => {
        attempts++;
        return sleep(1e6, { signal: own });
      },
      { signal: during.signal },
    );
    during.abort("during");
    expect(await rejection(running)).toBe("during");
    expect([attempts, listeners(during.signal)]).toEqual([1, 0]);
  });

  test("a cancellation is not retried, nor what `when` refuses", async () => {
    let calls = 0;
    const cancelled = () => {
      calls++;
      return Promise.reject(new DOMException("aborted", "AbortError"));
    };
    await expect(retry(cancelled)).rejects.toHaveProperty("name", "AbortError");
    expect(calls).toBe(1);
    const bug = () => Promise.reject(new TypeError("x is not a function"));
    await expect(retry(bug, { when: (error) => !isBug(error) })).rejects.toThrow("x is not");
    const other = retry(failing(1).work, { when: (error) => !isBug(error) });
    await vi.advanceTimersByTimeAsync(100);
    expect(await other).toBe(2);
  });

  test("`when` may say how long to wait, up to `max`", async () => {
    const delays: number[] = [];
    const run = retry(failing(2).work, {
      max: 500,
      when: (_, attempt) => (attempt === 1 ? 120 : 9999),
      onRetry: (_, __, delay) => delays.push(delay),
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await run).toBe(3);
    expect(delays).toEqual([120, 500]);
  });

  test("an attempt that takes too long fails, whether it listens or not", async () => {
    let attempt = 0;
    const run = retry(
      (context) => {
        attempt++;
        if (attempt === 1) return sleep(1e6, { signal: context.signal }).then(() => "slept");
        return attempt === 2 ? never() : "third";
      },
      { attemptTimeout: 10, base: 0 },
    );
    await vi.advanceTimersByTimeAsync(20);
    expect(await run).toBe("third");
  });

  test("`maxElapsed` ends it before a wait that would be too long", async () => {
    const { work, calls } = failing(9);
    const run = retry(work, { base: 100, jitter: "none", maxElapsed: 250 });
    void run.catch(() => {});
    await vi.advanceTimersByTimeAsync(1000);
    await expect(run).rejects.toThrow("failure 2");
    expect(calls()).toBe(2);
  });

  test("an attempt without a signal of the caller has one that never aborts", async () => {
    const signals = await retry(({ signal }) => [signal, signal]);
    expect(signals[0]).toBe(signals[1]);
    expect(signals[0]?.aborted).toBe(false);
  });
});

describe("H19 rate limiter", () => {
  test("lets no more through than the rate, in the order of coming", async () => {
    const limiter = new RateLimiter({ rate: 10, per: 1000, burst: 2 });
    const start = performance.now();
    const passed: [number, number][] = [];
    const waits = Array.from({ length: 12 }, async (_, index) => {
      await limiter.acquire();
      passed.push([index, performance.now() - start]);
    });
    await vi.advanceTimersByTimeAsync(5000);
    await Promise.all(waits);
    expect(passed.map(([index]) => index)).toEqual(Array.from({ length: 12 }, (_, index) => index));
    for (const [index, at] of passed) {
      expect(at).toBeGreaterThanOrEqual(Math.max(0, index - 1) * 100 - 0.01);
      expect(at).toBeLessThanOrEqual(Math.max(0, index - 1) * 100 + 12);
    }
  });

  test("over a long time, with requests of all sizes, the rate holds", async () => {
    const limiter = new RateLimiter({ rate: 7, per: 100, burst: 5 });
    const start = performance.now();
    let passed = 0;
    for (let index = 0; index < 400; index++) {
      const count = 1 + (index % 5);
      const wait = limiter.acquire(count);
      while ((await stateOf(wait)) === "pending") await vi.advanceTimersByTimeAsync(1);
      passed += count;
      expect(passed).toBeLessThanOrEqual(5 + (performance.now() - start) * 0.07 + 1e-3);
    }
    expect(passed).toBeGreaterThan((performance.now() - start) * 0.07 * 0.95);
  }, 60_000);

  test("a wait that is cancelled takes no token, and a large one is not overtaken", async () => {
    const limiter = new RateLimiter({ rate: 1, per: 100, burst: 3 });
    expect(limiter.tryAcquire(3)).toBe(true);
    const controller = new AbortController();
    const large = limiter.acquire(3, { signal: controller.signal });
    const small = limiter.acquire();
    expect(limiter.tryAcquire()).toBe(false);
    await vi.advanceTimersByTimeAsync(150);
    expect(await stateOf(small)).toBe("pending");
    controller.abort("left");
    expect(await rejection(large)).toBe("left");
    await small;
    expect(limiter.waiting).toBe(0);
    const signal = AbortSignal.abort("gone");
    expect(await rejection(limiter.acquire(1, { signal }))).toBe("gone");
    await expect(limiter.acquire(4)).rejects.toThrow(RangeError);
    expect(() => limiter.tryAcquire(0)).toThrow(RangeError);
  });

  test("a clock that jumps back gives nothing and takes nothing", async () => {
    const limiter = new RateLimiter({ rate: 1, per: 10, burst: 1 });
    await limiter.acquire();
    const clock = vi.spyOn(performance, "now").mockReturnValue(-1e9);
    expect(limiter.tryAcquire()).toBe(false);
    clock.mockRestore();
    expect(limiter.tryAcquire()).toBe(true);
  });

  test("`run` keeps its place until the work has ended", async () => {
    const limiter = new RateLimiter({ rate: 100, per: 1, concurrency: 1 });
    let running = 0;
    const runs = Array.from({ length: 3 }, () =>
      limiter.run(async () => {
        expect(++running).toBe(1);
        await sleep(10);
        running--;
      }),
    );
    await vi.advanceTimersByTimeAsync(50);
    await Promise.all(runs);
    const failing = limiter.run(() => Promise.reject(new Error("boom")));
    await expect(failing).rejects.toThrow("boom");
    expect(await limiter.run(() => 1)).toBe(1);
  });
});

test("`after` is a deadline for a whole loop when it is made before it", async () => {
  const { tx, rx } = channel<number>(8);
  const deadline = after(100);
  const rounds = (async () => {
    for (let count = 0; ; count++) {
      const { key } = await select({ rx, deadline });
      if (key === "deadline") return count;
    }
  })();
  for (let index = 0; index < 3; index++) {
    await vi.advanceTimersByTimeAsync(30);
    tx.trySend(index);
  }
  await vi.advanceTimersByTimeAsync(10);
  expect(await rounds).toBe(3);
  expect((await select({ deadline })).key).toBe("deadline");
});

test("bugs are told from failures of the network", () => {
  for (const message of ["fetch failed", "Failed to fetch", "Load failed", "network error"]) {
    expect(isBug(new TypeError(message))).toBe(false);
  }
  expect(isBug(new TypeError("x.map is not a function"))).toBe(true);
  expect(isBug(new SyntaxError("Unexpected token"))).toBe(true);
  expect([isBug(new Error("503")), isBug("text")]).toEqual([false, false]);
});
