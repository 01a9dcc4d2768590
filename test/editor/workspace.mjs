// The project that the editor opens. Each file has one thing to look at.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const FILES = {
  "tsconfig.json": `${JSON.stringify({
    compilerOptions: { strict: true, target: "es2022", module: "nodenext", noEmit: true },
    include: ["src"],
  })}\n`,
  "src/store.ts": `export interface Cart {
  readonly email: string;
  readonly items: readonly string[];
}

export interface Connection {
  close(): Promise<void>;
}

export declare function connect(url: string): Promise<Connection>;

export async function save(cart: Cart): Promise<void> {
  if (cart.items.length === 0) throw new Error("The cart is empty.");
}

export async function sendReceipt(email: string): Promise<void> {
  if (email === "") throw new Error("Nobody to send it to.");
}
`,
  "src/checkout.ts": `import { type Cart, save, sendReceipt } from "./store.js";

export async function checkout(cart: Cart): Promise<void> {
  save(cart);
  await sendReceipt(cart.email);
}
`,
  "src/refund.ts": `import { type Cart, save } from "./store.js";

export async function refund(cart: Cart): Promise<boolean> {
  try {
    return await check(cart);
  } finally {
    save({ ...cart, items: [] });
  }
}

async function check(cart: Cart): Promise<boolean> {
  return cart.items.length > 0;
}
`,
  "src/reminder.ts": `import { type Cart, sendReceipt } from "./store.js";

export async function remind(carts: readonly Cart[]): Promise<void> {
  for (const cart of carts) {
    sendReceipt(cart.email);
  }
}
`,
  "src/connection.ts": `import { type Connection, connect } from "./store.js";

let connection: Connection | undefined;

export async function connected(url: string): Promise<Connection> {
  if (connection === undefined) {
    connection = await connect(url);
  }
  return connection;
}
`,
};

export const FIXED_CHECKOUT = FILES["src/checkout.ts"].replace(
  "  save(cart);",
  "  await save(cart);",
);

/** Gives the folder below `home` that it wrote them into. */
export function writeWorkspace(home) {
  const workspace = join(home, "harbour");
  for (const [path, text] of Object.entries(FILES)) {
    const file = join(workspace, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return workspace;
}
