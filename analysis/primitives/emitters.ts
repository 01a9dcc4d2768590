import { every, LATER, LISTENER } from "./every.ts";
import type { PackageModel } from "./primitive.ts";

const REPEATED = ["on", "addListener", "prependListener"];
const ONCE = ["once", "prependOnceListener"];

/**
 * Node declares `on` anew for each kind of emitter, so the methods are named without their owner.
 * https://nodejs.org/api/events.html#capture-rejections-of-promises is off unless asked for.
 */
export const emitters: PackageModel = {
  modules: [
    "lib",
    "node:child_process",
    "node:cluster",
    "node:dgram",
    "node:events",
    "node:fs",
    "node:http",
    "node:http2",
    "node:https",
    "node:net",
    "node:process",
    "node:readline",
    "node:stream",
    "node:tls",
    "node:worker_threads",
    "electron",
    "eventemitter3",
    "mitt",
    "next",
    "playwright-core",
    "ws",
  ],
  calls: {
    ...every(
      REPEATED.map((it) => `*.${it}`),
      {
        reason: "Listeners are called one after the other, and what they return is ignored.",
        callbacks: { 1: LISTENER },
      },
    ),
    ...every(
      ONCE.map((it) => `*.${it}`),
      {
        reason: "Listeners are called one after the other, and what they return is ignored.",
        callbacks: { 1: LATER },
      },
    ),
  },
};
