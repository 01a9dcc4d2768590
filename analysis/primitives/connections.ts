import { everyMember } from "./every.ts";
import type { PackageModel, PairModel } from "./primitive.ts";

// What is taken out of a pool, or opened on a server, and has to be given back by whoever has it.
// Transactions count: until they are committed or rolled back they keep their connection, and their
// locks in the database.

const TAKEN: PairModel = {
  reason: "Taken out of a pool, which has so many and then makes everybody wait.",
  begins: "connection",
  endedBy: ["it.release()", "it.destroy()"],
  lends: true,
};
const TRANSACTION: PairModel = {
  reason: "Keeps a connection, and locks in the database, until it is committed or rolled back.",
  begins: "transaction",
  endedBy: ["it.commit()", "it.rollback()"],
  lends: true,
};
const SESSION: PairModel = {
  reason: "The server and the driver keep it until it is ended.",
  begins: "session",
  endedBy: ["it.endSession()"],
};
const BROWSER: PairModel = {
  reason: "A process of its own, with all its pages, until it is closed.",
  begins: "browser",
  endedBy: ["it.close()", "it.disconnect()"],
};

export const connections: readonly PackageModel[] = [
  { modules: ["pg", "pg-pool"], pairs: everyMember(["Pool"], ["connect"], TAKEN) },
  {
    modules: ["mysql2", "mysql2/promise"],
    pairs: everyMember(["Pool", "PoolCluster", "PoolNamespace"], ["getConnection"], TAKEN),
  },
  { modules: ["mariadb"], pairs: everyMember(["Pool"], ["getConnection"], TAKEN) },
  { modules: ["oracledb"], pairs: { "Pool.getConnection": { ...TAKEN, endedBy: ["it.close()"] } } },
  {
    modules: ["mongodb", "mongoose"],
    pairs: everyMember(["MongoClient", "Connection", "Mongoose"], ["startSession"], SESSION),
  },
  { modules: ["sequelize"], pairs: { "Sequelize.transaction": TRANSACTION } },
  { modules: ["knex"], pairs: { "Knex.transaction": TRANSACTION } },
  {
    modules: ["puppeteer", "puppeteer-core"],
    pairs: everyMember(["PuppeteerNode", "Puppeteer"], ["launch"], BROWSER),
  },
  {
    modules: ["playwright", "playwright-core", "playwright-chromium"],
    pairs: everyMember(["BrowserType"], ["launch"], BROWSER),
  },
];
