import { every, everyMember } from "./every.ts";
import type { CallModel, PackageModel } from "./primitive.ts";

// What uses the world outside, of which there is only so much at a time: connections, open files,
// processes. Node's own files are in node.ts; query builders in lazy-queries.ts.

const NETWORK: CallModel = {
  reason: "Each request takes a connection, and whoever answers may answer only so many at a time.",
  uses: "network",
};
/** What is sent is a question, unless the options name another method. */
const REQUEST: CallModel = { ...NETWORK, asks: true };
const DATABASE: CallModel = {
  reason: "Each query takes a connection of a pool, and waits when there is none left.",
  uses: "database",
};
const PROCESS: CallModel = {
  reason: "Each call starts a process of its own.",
  uses: "processes",
};
const VERBS = ["get", "post", "put", "patch", "delete", "head", "options", "request"];

export const resources: readonly PackageModel[] = [
  { modules: ["lib", "undici", "undici-types", "cross-fetch"], calls: { fetch: REQUEST } },
  { modules: ["node-fetch"], calls: { fetch: REQUEST, default: REQUEST } },
  { modules: ["undici"], calls: { request: NETWORK } },
  {
    modules: ["axios"],
    calls: {
      ...everyMember(["Axios", "AxiosInstance", "AxiosStatic"], VERBS, NETWORK),
      ...every(["AxiosInstance", "AxiosStatic"], NETWORK),
      // What `require` gives has no types where the package is written for `import`.
      ...every(VERBS, NETWORK),
    },
  },
  {
    modules: ["got"],
    calls: {
      ...everyMember(["Got", "GotRequestFunction"], VERBS, NETWORK),
      ...every(["Got", "GotRequestFunction"], NETWORK),
    },
  },
  {
    modules: ["ky"],
    calls: { ...everyMember(["KyInstance"], VERBS, NETWORK), KyInstance: NETWORK },
  },
  {
    modules: ["pg", "pg-pool"],
    calls: everyMember(
      ["Pool", "Client", "ClientBase", "PoolClient"],
      ["query", "connect"],
      DATABASE,
    ),
  },
  {
    modules: ["mysql2", "mysql2/promise"],
    calls: everyMember(["Pool", "Connection"], ["query", "execute", "getConnection"], DATABASE),
  },
  {
    modules: ["mongodb"],
    calls: everyMember(
      ["Collection"],
      [
        "aggregate",
        "countDocuments",
        "deleteMany",
        "deleteOne",
        "findOne",
        "findOneAndUpdate",
        "insertMany",
        "insertOne",
        "replaceOne",
        "updateMany",
        "updateOne",
      ],
      DATABASE,
    ),
  },
  {
    modules: ["typeorm"],
    calls: everyMember(
      ["Repository", "EntityManager", "DataSource", "BaseEntity"],
      [
        "count",
        "delete",
        "find",
        "findBy",
        "findOne",
        "findOneBy",
        "findOneOrFail",
        "insert",
        "query",
        "remove",
        "save",
        "transaction",
        "update",
        "upsert",
      ],
      DATABASE,
    ),
  },
  {
    modules: ["sequelize", "sequelize-typescript"],
    calls: {
      ...everyMember(
        ["Model"],
        [
          "bulkCreate",
          "count",
          "create",
          "destroy",
          "findAll",
          "findAndCountAll",
          "findByPk",
          "findOne",
          "findOrCreate",
          "increment",
          "reload",
          "save",
          "update",
        ],
        DATABASE,
      ),
      ...everyMember(["Sequelize"], ["query", "transaction"], DATABASE),
    },
  },
  { modules: ["execa"], calls: every(["execa", "execaCommand", "$"], PROCESS) },
  {
    modules: ["execa"],
    calls: every(["execaSync", "execaCommandSync"], {
      reason: "Waits for the command to end.",
      blocks: { instead: { name: "execa", from: "execa" } },
    }),
  },
  {
    modules: ["bcrypt", "bcryptjs"],
    calls: every(["hashSync", "compareSync"], {
      reason: "It is made to take long, and takes the only thread for it.",
      blocks: {},
    }),
  },
  {
    modules: ["cross-spawn"],
    calls: every(["spawn.sync", "sync"], { reason: "Waits for the command to end.", blocks: {} }),
  },
  {
    modules: ["lib"],
    calls: {
      "Atomics.wait": {
        reason: "The thread sleeps until another one wakes it.",
        blocks: {},
      },
    },
  },
];
