/** Files about which both engines are asked everything that can be asked of each place. */
export const BOTH: Readonly<Record<string, string>> = {
  "/node_modules/@types/node/index.d.ts": `
declare module "fs" {
  namespace promises { function readFile(path: string): Promise<string>; }
  function readFile(path: string, done: (error: Error | null) => void): void;
  class Watcher { close(): Promise<void>; }
}
declare module "node:fs" { export * from "fs"; }
declare function setImmediate(run: () => void): void;
`,
  "/node_modules/@types/scoped__pool/index.d.ts": `
export type Pool = { query(text: string): Promise<number>; on: (event: "end", run: () => void) => void };
declare const pool: Pool;
export default pool;
`,
  "/node_modules/slow-query/index.d.ts": `
export interface Builder<T> extends PromiseLike<T[]> { where(text: string): this; run(): Promise<T[]> }
export type Lazy<T> = Builder<T> & { then: Builder<T>["then"] };
export default function from<T>(table: string): Builder<T>;
export declare function lazy(): Lazy<number>;
declare global { interface Promise<T> { timeout(ms: number): Promise<T>; } }
`,
  "/wallet.ts": `
export default async function open(): Promise<Wallet> { return new Wallet(); }
export class Wallet {
  #pending = open();
  static shared: Promise<Wallet> | undefined;
  balance = 1;
  async pay(amount: number): Promise<void> { await this.#pending; }
  onPaid: () => void = () => {};
  get ready() { return this.#pending; }
}
export namespace rates { export async function of(currency: string) { return 1; } }
`,
  "/script.ts": "var shared = 1;",
  "/asks.tsx": `
/// <reference path="./script.ts" />
import "./script.js";
import type { Pool } from "@scoped/pool";
import fs, { promises } from "node:fs";
import from, { lazy } from "slow-query";
import pool from "@scoped/pool";
import openWallet, { rates as exchange, Wallet } from "./wallet.ts";
import * as wallets from "./wallet.ts";

declare const maybe: Promise<string> | undefined;
declare const either: string | Promise<string>;
declare const anything: any;
declare const emitter: {
  run?(): Promise<void>;
  on(event: string, handler: (x: number) => void): void;
  on(event: "later", handler: (x: number) => Promise<void>): void;
  each(test: (x: number) => boolean): void;
  later(job: () => Promise<void>, ...more: (() => void)[]): void;
};
declare function wait(ms: number, options?: { signal?: AbortSignal | null }): Promise<void>;
declare function wait(ms: number, value: string, signal?: AbortSignal): Promise<void>;
declare function read<O extends { signal?: AbortSignal }>(from: string | O, ...more: AbortSignal[]): Promise<O>;
declare const waits: typeof wait | ((ms: number, options: { signal: AbortSignal; run(): void }) => Promise<void>);
declare function times<T>(count: number, make: (index: number) => T): T[];
declare function tag(text: TemplateStringsArray, ...values: unknown[]): Promise<void>;

class Rich extends Wallet implements Disposable {
  override async pay(amount: number) { await super.pay(amount); }
  override onPaid = async () => { await this.pay(1); };
  [Symbol.dispose]() {}
}
interface Poor extends Pool { query(text: string): Promise<number>; }
async function* stream() { yield 1; }
function* numbers() { yield 2; }

export async function main<T, P extends Promise<T>>(it: T, p: P, both: T | Promise<T>, ...rest: Promise<number>[]) {
  openWallet(); exchange.of("EUR"); wallets.rates.of("USD"); new Wallet().pay(1); Wallet.shared?.then((w) => w.pay(2));
  from<string>("a"); from("b").where("x").run(); lazy(); promises.readFile("x"); fs.promises; pool.query("q"); pool.on("end", async () => {});
  maybe?.then(() => {}); maybe ?? 1; either; void either; anything.foo(); anything; JSON.parse("1").then();
  emitter.run?.(); emitter.on("a", async (x) => { x; }); emitter.each(async () => true as never); emitter.later(async () => {}, async () => {});
  new Promise<void>((resolve, reject) => setImmediate(resolve)); Promise.all([openWallet()]).timeout(1); Promise.resolve(1);
  [1].forEach(async (x) => x); const all = [1].map(async (x) => x); await Promise.all(all); all[0]; rest[0]; rest; times(3, async (n) => n); times(3, (n) => n);
  const s = stream(), n = numbers(); for await (const x of s) x; for (const x of n) x; Array.from([1], async (v) => v);
  it; p; await p; both; const held = { openWallet, other: async () => {}, x: 1, async run() {} }; held.openWallet(); (held.other)(); held.x += 1; -held.x;
  let timer: () => void = async () => {}; timer = async () => {}; const done: { cb(): void; on: (() => boolean) | null } = { cb: async () => {}, on: () => true };
  using rich = new Rich(); rich.pay(1); rich.ready; rich.onPaid(); if (rich) {} const { pay, ...others } = rich; openWallet()!; (openWallet() satisfies Promise<Wallet>); ((openWallet()));
  tag\`x\${openWallet()}\`; typeof openWallet; import("./wallet.ts").then((m) => m.default()); done; timer; both as Promise<T>; true ? openWallet() : 1; (1, openWallet());
  wait(1); wait(1, "a"); wait(1, {}); read("a"); read({}, new AbortController().signal); waits(1, { signal: AbortSignal.any([]), run() {} }); wait(...[1]);
  let poor: Poor | undefined; poor?.query("x"); [openWallet(), 1] as const; [timer]; [openWallet]; null; undefined; "a"; 1n;
}
`,
};
