import { amountOn, save } from "./bank.js";

export class Wallet {
  balance = 0;

  async deposit(from: string) {
    this.balance += await amountOn(from);
  }

  close() {
    save("closed");
  }
}

export async function all(accounts: string[]) {
  for (const account of accounts) {
    await save(account);
  }
}
