import { describe, expect, test } from "vitest";
import {
  CancellationToken,
  CancelledError,
  channel,
  isCancelled,
  linkSignals,
  Mutex,
  Notify,
  onAbort,
  onLateError,
  shield,
  sleep,
} from "../../runtime/index.ts";
import { deferred, listeners, rejection, settled } from "./steps.ts";
import { isVendored } from "./subject.ts";

describe("H4 no listener is left", () => {
  test("after waits that ended well, were aborted, and failed", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const mutex = new Mutex();
    for (let index = 0; index < 1000; index++) {
      await mutex.runExclusive(() => {}, { signal });
      await mutex
        .runExclusive(() => Promise.reject(new Error("failed")), { signal })
        .catch(() => {});
    }
    const guard = await mutex.lock();
    const waits = Array.from({ length: 1000 }, () => mutex.lock({ signal }));
    expect(listeners(signal)).toBe(1);
    controller.abort();
    await Promise.allSettled(waits);
    guard.release();
    expect(listeners(signal)).toBe(0);
  });

  test("while many wait, one listener serves them all", async () => {
    const { signal } = new AbortController();
    const notify = new Notify();
    const waits = Array.from({ length: 100 }, () => notify.notified({ signal }));
    expect(listeners(signal)).toBe(1);
    notify.notifyWaiters();
    await Promise.all(waits);
    expect(listeners(signal)).toBe(0);
  });
});

test("H5 a hundred thousand waits on one signal, without a warning and in linear time", async () => {
  const warnings: string[] = [];
  const warn = (warning: Error) => warnings.push(warning.message);
  process.on("warning", warn);
  const time = async (count: number) => {
    const controller = new AbortController();
    const mutex = new Mutex();
    await mutex.lock();
    const before = process.cpuUsage();
    const waits = Array.from({ length: count }, () =>
      mutex.lock({ signal: controller.signal }).catch(() => {}),
    );
    controller.abort();
    await Promise.all(waits);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  };
  await time(10_000);
  const few = await time(10_000);
  const many = await time(100_000);
  await settled();
  process.off("warning", warn);
  expect(warnings).toEqual([]);
  // Quadratic would be ten times; a busy machine stays far below that.
  expect(many / few).toBeLessThan(5);
}, 60_000);

describe("onAbort", () => {
  test("H26 a callback that throws does not keep the others from running", () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const controller = new AbortController();
    const called: number[] = [];
    onAbort(controller.signal, () => called.push(1));
    onAbort(controller.signal, () => {
      throw new Error("in a callback");
    });
    onAbort(controller.signal, () => called.push(3));
    controller.abort();
    expect(called).toEqual([1, 3]);
    expect(String(late)).toContain("in a callback");
  });

  test("callbacks can be taken off, also by one another while they run", () => {
    const controller = new AbortController();
    const called: number[] = [];
    const others: Disposable[] = [];
    onAbort(controller.signal, () => {
      called.push(1);
      for (const other of others) other[Symbol.dispose]();
    });
    others.push(onAbort(controller.signal, () => called.push(2)));
    others.push(onAbort(controller.signal, () => called.push(3)));
    onAbort(controller.signal, () => called.push(4));
    controller.abort();
    expect(called).toEqual([1, 4]);
    expect(listeners(controller.signal)).toBe(0);
  });

  test("calls at once when it is too late to wait", () => {
    const reasons: unknown[] = [];
    onAbort(AbortSignal.abort("gone"), (reason) => reasons.push(reason));
    expect(reasons).toEqual(["gone"]);
  });
});

describe("CancellationToken", () => {
  test("cancels downwards only, with the first reason", async () => {
    const root = new CancellationToken();
    const child = root.child();
    const grandchild = child.child();
    child.cancel("enough");
    child.cancel("again");
    expect([root.cancelled, child.reason, grandchild.reason]).toEqual([false, "enough", "enough"]);
    expect(grandchild.signal.aborted).toBe(true);
    expect(() => {
      grandchild.throwIfCancelled();
    }).toThrow("enough");
    root.throwIfCancelled();
    await child.whenCancelled();
  });

  test("disposing detaches and does not cancel", () => {
    const controller = new AbortController();
    const token = new CancellationToken(controller.signal);
    token[Symbol.dispose]();
    controller.abort();
    expect(token.cancelled).toBe(false);
    expect(listeners(controller.signal)).toBe(0);
    token.cancel();
    expect(token.reason).toBeInstanceOf(CancelledError);
  });

  test("`whenCancelled` ends with the token, or with the signal of the wait", async () => {
    const token = new CancellationToken();
    const controller = new AbortController();
    const first = token.whenCancelled();
    const second = token.whenCancelled({ signal: controller.signal });
    controller.abort("left");
    expect(await rejection(second)).toBe("left");
    token.cancel();
    await first;
  });

  test("`run` waits for work that was told, and leaves other work behind", async () => {
    const token = new CancellationToken();
    const gate = deferred();
    const told = token.run(async (signal) => {
      await gate.promise;
      signal.throwIfAborted();
    });
    const silent = token.run(() => new Promise(() => {}));
    token.cancel("stop");
    expect(await rejection(silent)).toBe("stop");
    gate.resolve();
    expect(await rejection(told)).toBe("stop");
    expect(await rejection(token.run(() => 1))).toBe("stop");
    expect(await new CancellationToken().run(() => 1)).toBe(1);
  });
});

describe("linkSignals", () => {
  test("aborts with the first, and lets go of the others", () => {
    const [a, b] = [new AbortController(), new AbortController()];
    const linked = linkSignals(a.signal, undefined, b.signal);
    b.abort("b");
    expect(linked.signal.reason).toBe("b");
    expect([listeners(a.signal), listeners(b.signal)]).toEqual([0, 0]);
  });

  test("with one that has aborted, or after disposing", () => {
    const a = new AbortController();
    const linked = linkSignals(a.signal, AbortSignal.abort("gone"));
    expect(linked.signal.reason).toBe("gone");
    expect(listeners(a.signal)).toBe(0);
    const other = linkSignals(a.signal);
    other[Symbol.dispose]();
    a.abort();
    expect(other.signal.aborted).toBe(false);
  });
});

describe("isCancelled", () => {
  test("knows the reason, what has it as cause, and abort errors", () => {
    const reason = new Error("left");
    const signal = AbortSignal.abort(reason);
    expect(isCancelled(reason, signal)).toBe(true);
    expect(isCancelled(new Error("wrapped", { cause: reason }), signal)).toBe(true);
    expect(isCancelled(new DOMException("aborted", "AbortError"), signal)).toBe(true);
    expect(isCancelled(new CancelledError())).toBe(true);
    expect(isCancelled(new Error("bug"), signal)).toBe(false);
    expect(isCancelled(reason, new AbortController().signal)).toBe(false);
    expect([undefined, null, "text", {}].map((it) => isCancelled(it))).toEqual(
      Array.from({ length: 4 }, () => false),
    );
  });
});

describe("shield", () => {
  test("H12 what fails after the wait was left is reported", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const work = deferred<number>();
    const controller = new AbortController();
    const wait = shield(work.promise, { signal: controller.signal });
    controller.abort("left");
    expect(await rejection(wait)).toBe("left");
    work.reject(new Error("disk full"));
    await settled();
    expect(String(late)).toContain("disk full");
    expect(await shield(Promise.resolve(1))).toBe(1);
  });

  test("a signal that has aborted already leaves the work to itself", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const wait = shield(Promise.reject(new Error("lost")), { signal: AbortSignal.abort("gone") });
    expect(await rejection(wait)).toBe("gone");
    await settled();
    expect(String(late)).toContain("lost");
  });
});

describe("H26 signals from elsewhere", () => {
  /** What a polyfill of the first days had: no reason, no `throwIfAborted`, no EventTarget behind it. */
  class OldSignal {
    aborted = false;
    private readonly callbacks = new Set<() => void>();
    addEventListener(_: string, callback: () => void): void {
      this.callbacks.add(callback);
    }
    removeEventListener(_: string, callback: () => void): void {
      this.callbacks.delete(callback);
    }
    get listening(): number {
      return this.callbacks.size;
    }
    abort(): void {
      this.aborted = true;
      for (const callback of this.callbacks) callback();
    }
  }

  test("cancel as well, with a CancelledError for want of a reason", async () => {
    const old = new OldSignal();
    const signal = old as unknown as AbortSignal;
    const { rx } = channel<number>(1);
    const waits = [rx.recv({ signal }), sleep(1e9, { signal })];
    // Each copy of the package has one listener for all of its waits.
    expect(old.listening).toBe(isVendored ? 2 : 1);
    old.abort();
    for (const wait of waits) expect(await rejection(wait)).toBeInstanceOf(CancelledError);
    expect(old.listening).toBe(0);
    expect(await rejection(rx.recv({ signal }))).toBeInstanceOf(CancelledError);
  });

  test("an `onabort` that throws keeps nobody from being told", async () => {
    const controller = new AbortController();
    const raised = new Promise((resolve) => {
      process.once("uncaughtException", resolve);
    });
    const own = process.listeners("uncaughtException").slice(0, -1);
    for (const it of own) process.off("uncaughtException", it);
    controller.signal.addEventListener("abort", () => {
      throw new Error("in onabort");
    });
    const wait = sleep(1e9, { signal: controller.signal });
    controller.abort("gone");
    expect(await rejection(wait)).toBe("gone");
    expect(await raised).toHaveProperty("message", "in onabort");
    for (const it of own) process.on("uncaughtException", it);
  });
});
