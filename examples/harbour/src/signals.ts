import { type ChildProcess, spawn } from "node:child_process";
import { isFree } from "./office.js";

export function waitUntilFree(berth: number): Promise<void> {
  return new Promise(async (resolve) => {
    while (!(await isFree(berth))) await pause(1_000);
    resolve();
  });
}

export function sound(horn: "short" | "long" | "off"): Promise<number> {
  return new Promise((resolve, reject) => {
    if (horn === "off") reject(new Error("The horn is off"));
    resolve(horn === "short" ? 1 : 3);
  });
}

export function acknowledged(answer: string): Promise<void> {
  return new Promise((resolve) => {
    if (answer === "roger") resolve();
  });
}

/** Settles once, whatever happens. */
export function dredge(): Promise<number> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn("dredge", ["--channel"]);
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
