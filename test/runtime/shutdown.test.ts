import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { onLateError, shutdown, sleep } from "../../runtime/index.ts";
import { subject } from "./subject.ts";

const entry = fileURLToPath(new URL("index.ts", subject));
const tsx = fileURLToPath(new URL("../../node_modules/tsx/dist/loader.mjs", import.meta.url));

/** Runs a program of its own, and says how it ended and what it printed. */
function program(body: string) {
  const text = `import * as runtime from ${JSON.stringify(entry)};
    const { shutdown, sleep, timeout, retry, Mutex, RateLimiter, channel } = runtime;
    ${body}`;
  const started = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", tsx, "--input-type=module", "-e", text],
    { encoding: "utf8", timeout: 30_000 },
  );
  return { status, signal, out: stdout.trim(), stderr, ms: performance.now() - started };
}

describe("H30 shutdown", () => {
  test("hooks run last in, first out; a failure and a slow hook hold up nobody", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const log: string[] = [];
    const stop = shutdown({ exit: false });
    stop.defer(() => {
      log.push("database");
    });
    stop.defer(() => new Promise(() => {}), { name: "cache", timeoutMs: 5 });
    stop.defer(() => Promise.reject(new Error("queue is gone")));
    const removed = stop.defer(() => {
      log.push("never");
    });
    removed[Symbol.dispose]();
    stop.defer((reason) => {
      log.push(`server: ${String(reason)}`);
    });
    expect(stop.signal.aborted).toBe(false);
    stop.trigger("deploy");
    stop.trigger("again");
    expect(stop.signal.reason).toBe("deploy");
    await stop.done;
    expect(log).toEqual(["server: deploy", "database"]);
    expect(late.map(String)).toEqual([
      "Error: queue is gone",
      "TimeoutError: The shutdown hook cache took longer than 5 ms.",
    ]);
  });

  test("disposing takes the handlers off and runs no hook", async () => {
    const before = process.listenerCount("SIGTERM");
    const log: string[] = [];
    {
      await using stop = shutdown();
      stop.defer(() => {
        log.push("ran");
      });
      expect(process.listenerCount("SIGTERM")).toBe(before + 1);
    }
    expect([process.listenerCount("SIGTERM"), log]).toEqual([before, []]);
    const stopped = shutdown({ exit: false, signals: [] });
    stopped.trigger();
    await stopped[Symbol.asyncDispose]();
    await sleep(0);
  });

  test("a signal ends the process with its code, after the hooks", () => {
    const { status, out } = program(`
      const stop = shutdown();
      stop.defer(async () => { await sleep(5); console.log("closed"); });
      setInterval(() => {}, 1000);
      process.kill(process.pid, "SIGTERM");
    `);
    expect([status, out]).toEqual([143, "closed"]);
  });

  test("a second signal does not wait, and a failed hook is told by the code", () => {
    const twice = program(`
      const stop = shutdown();
      stop.defer(() => new Promise(() => {}));
      setInterval(() => {}, 1000);
      process.kill(process.pid, "SIGINT");
      setTimeout(() => process.kill(process.pid, "SIGINT"), 20);
    `);
    expect(twice.status).toBe(130);
    const failed = program(`
      const stop = shutdown({ signals: [] });
      stop.defer(() => { throw new Error("disk full"); });
      stop.trigger();
    `);
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("disk full");
  });
});

const abortedRetry = `
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 5);
  const { signal } = controller;
  await retry(() => { throw new Error("no"); }, { base: 20_000, jitter: "none", signal }).catch(() => {});`;

describe("H15 what keeps a process alive", () => {
  test.each([
    ["a time limit whose work has ended", "await timeout(20_000, () => 1)", 0],
    ["a retry that was aborted between attempts", abortedRetry, 0],
    ["a sleep that does not hold", "void sleep(20_000, { ref: false })", 0],
    [
      "a rate limiter that nobody waits for",
      "await new RateLimiter({ rate: 1, per: 9e5 }).acquire()",
      0,
    ],
    ["waiting for a signal", "shutdown()", 0],
    ["a receiver that nobody sends to", "void channel(1).rx.recv()", 0],
  ])("not %s", (_, body, status) => {
    const result = program(body);
    expect([result.status, result.stderr]).toEqual([status, ""]);
    expect(result.ms).toBeLessThan(15_000);
  });

  test("a sleep, a time limit and a retry that wait do", () => {
    const { out } = program(`
      void sleep(20).then(() => console.log("slept"));
      void timeout(20, () => new Promise(() => {})).catch((error) => console.log(error.name));
      let tries = 0;
      void retry(() => { if (++tries < 2) throw new Error("again"); }, { base: 20, jitter: "none" })
        .then(() => console.log("retried"));
    `);
    expect(out.split("\n").toSorted()).toEqual(["TimeoutError", "retried", "slept"]);
  });
});

test("an error that comes too late is a warning of the process, and does not end it", () => {
  const { status, out, stderr } = program(`
    runtime.spawn(() => Promise.reject(new Error("mail server down"))).detach();
    setTimeout(() => console.log("still here"), 5);
    process.on("warning", (warning) => console.error(warning.name, warning.detail));
  `);
  expect([status, out]).toEqual([0, "still here"]);
  expect(stderr).toContain("LateErrorWarning Error: mail server down");
});
