/** Code in which every kind of node occurs that `analysis/shapes.ts` describes, with every child. */
export const EVERY_KIND: Readonly<Record<string, string>> = {
  "/everything.ts": `
import type { Wallet } from "./wallet.ts";
import checkout, * as shop from "./shop.ts";
import { pay as settle, refund } from "./pay.ts";
export * from "./pay.ts";
export { refund } from "./pay.ts";
export { settle as paid };
export default checkout;

@sealed class Cart<T> extends Base<T> implements Wallet, Disposable {
  static #count = 0;
  private readonly items?: readonly string[] = [];
  @logged declare total: number;
  static { Cart.#count = 1; }
  constructor(public owner: string, private size = 1, ...rest: number[]) { super(); }
  get first(): string { return this.items[0]; }
  set first(value: string) { this.items[0] = value; }
  async add<K>(this: Cart<T>, item: K, amount?: number): Promise<void> {}
  async *[Symbol.asyncIterator]() { yield* this.items; yield; yield 1; }
}

declare global { interface Window { cart: Cart<string>; pay(amount: number): void } }
namespace deep.er { export const depth = 1; }
declare module "wallet" { export function open(): void; }
abstract class Plain { abstract open(): void; }
interface Account extends Wallet<string> { readonly id: string; note?: string; pay<T>(to: T, much?: number): Promise<T>; }
type Handler<T> = <U>(event: T, then: U) => void | Promise<void>;
export type Ids = string[] | Map<string, number>;
type Mode = "on" | 1 | null;
const Anonymous = class<T> extends Cart<T> {}, Named = class Inner implements Wallet {};

export async function main<T>(wallet: T, { id: key = 1, ...others }: Options, [first, , ...tail] = list): Promise<T> {
  var old = 1; let { a, b: { c } } = wallet; const [x = 1, [y]] = tail; using held = open(); await using own = open();
  if (old) { return; } else throw new Error(\`no \${old} money \${first} left\`);
  do { continue; } while (old); while (old) break;
  outer: for (let i = 0; i < 3; i++) { if (i) continue outer; else break outer; }
  for (;;) {} for (const name in wallet) {} for (const it of list) {} for await (const it of list) {}
  switch (old) { case 1: { break; } case 2: default: save(); }
  try { await save(); } catch { } finally { old++; }
  try { save?.(); } catch (error) { throw error; }
  const object = { key, a: 1, "b": 2, 3: 4, [name]: 5, ...others, async *run() {}, get p() { return 1; }, set p(v) {} };
  const called = [1, ...tail, fn<string>(1, ...tail), new Map, new Map<string, number>([]), object?.a?.[key]?.(1), object["a"], this.#p];
  (save as any)!, save satisfies Handler<T>, <any>save, !old, -old, ++old, old--, typeof old, void save(), delete object.a, old as const;
  old ? a : b; a ??= b; a || b && c; tag\`plain\`; tag<string>\`head \${1} tail\`; \`plain\`; 10n; /x/g; 0x10; import("./pay.ts"); import.meta; new.target;
  (function named<T>(n: T): number { return 1; }), (function* () {}), (async <T,>(n: T): Promise<T> => n), (n => { debugger; }), (async n => await n);
  return;
}
function* numbers(): Generator<number> { const got: number = yield 1; }
export declare const unique: unique symbol, fixed: Ids;
enum Coin { Euro = 1, Dollar }
`,
  "/everything.tsx": `
export const page = (
  <Cart<string> key="a" onPay={async () => {}} {...others} plain>
    <Item.Row /> some &amp; text {value} {/* nothing */} {...list}
    <Row<number> id={1} /> <></> <a:b c:d="e" />
  </Cart>
);
`,
};
