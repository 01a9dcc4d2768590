import { EventEmitter } from "node:events";
import { record, request } from "./office.js";

export interface Call {
  readonly from: string;
  readonly text: string;
}

/** Listens to the radio until somebody switches it off. */
export class Radio extends EventEmitter {
  constructor() {
    super();
    setInterval(() => this.emit("tick"), 1000);
    process.on("SIGHUP", () => this.emit("again"));
  }

  listen(): void {
    setInterval(async () => {
      const calls = await request<readonly Call[]>("/calls");
      for (const call of calls) this.emit("call", call);
      await record("calls heard", calls.length);
    }, 500);
  }

  close(): void {
    this.removeAllListeners();
  }
}

export async function answer(call: Call, signal: AbortSignal): Promise<string> {
  const response = await fetch(`/answers/${call.from}`);
  return response.text();
}

export async function answerInTime(call: Call, signal: AbortSignal): Promise<string> {
  return Promise.race([
    answer(call, signal),
    new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error("nobody answers")), 30_000);
    }),
  ]);
}

export function switchedOff(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });
}

export async function roundCall(ships: readonly string[]): Promise<readonly string[]> {
  try {
    const first = "harbour";
    return await Promise.all([
      await request<string>(`/name/${first}`),
      request<string>("/name/all"),
    ]);
  } finally {
    if (ships.length === 0) return [];
  }
}
