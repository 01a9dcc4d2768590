import { connect, type Connection } from "./connect";

export class Pool {
  private connection?: Connection;

  async connectionFor(tenant: string): Promise<Connection> {
    this.connection ??= await connect(`postgres://${tenant}.example.com:5432`, { retries: 3 });
    return this.connection;
  }
}

export const pool = new Pool();
