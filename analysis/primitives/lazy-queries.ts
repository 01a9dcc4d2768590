import { every, everyMember } from "./every.ts";
import type { CallModel, PackageModel, TypeModel } from "./primitive.ts";

// Builders that are thenables: the query is sent when somebody awaits it, and not before. What is
// dropped is not lost track of; it never runs. Kysely's builders are no thenables.

const THEN = ["then", "catch", "finally"];

const LAZY: TypeModel = {
  reason: "The query is sent by `then`, so one that nobody awaits never runs.",
  promise: "lazy",
  startedBy: THEN,
};
const LAZY_CALL: CallModel = {
  reason: "The query is sent by `then`, so one that nobody awaits never runs.",
  result: "lazy",
};

function types(names: readonly string[], model: TypeModel): Record<string, TypeModel> {
  return Object.fromEntries(names.map((name) => [name, model]));
}

const DIALECTS = ["Pg", "MySql", "SQLite", "SingleStore", "Gel"];
const STATEMENTS = ["Select", "Insert", "Update", "Delete"];
const RUNS = ["run", "all", "get", "values", "execute"];

/** What goes on building behind each of Drizzle's statements; their results hide behind `Omit`. */
const CONTINUED = [
  "where",
  "returning",
  "set",
  "orderBy",
  "limit",
  "offset",
  "onConflictDoNothing",
  "onConflictDoUpdate",
  "onDuplicateKeyUpdate",
  "groupBy",
  "having",
  "leftJoin",
  "innerJoin",
  "rightJoin",
  "fullJoin",
  "from",
  "$returningId",
];

export const lazyQueries: readonly PackageModel[] = [
  {
    modules: ["knex"],
    types: types(["Knex.QueryBuilder", "Knex.Raw", "Knex.SchemaBuilder", "Knex.RefBuilder"], {
      ...LAZY,
      startedBy: [...THEN, "asCallback", "stream", "pipe"],
    }),
  },
  {
    modules: ["objection"],
    types: types(
      ["QueryBuilder", "SingleQueryBuilder", "MaybeSingleQueryBuilder"].flatMap((name) => [
        name,
        `Objection.${name}`,
      ]),
      { ...LAZY, startedBy: [...THEN, "execute"] },
    ),
  },
  {
    modules: ["mongoose"],
    types: types(["Query", "Aggregate"], { ...LAZY, startedBy: [...THEN, "exec", "cursor"] }),
  },
  {
    modules: ["drizzle-orm"],
    types: types(
      [
        "QueryPromise",
        ...DIALECTS.flatMap((dialect) => [
          ...STATEMENTS.map((statement) => `${dialect}${statement}Base`),
          `${dialect}RelationalQuery`,
          `${dialect}Raw`,
          `${dialect}CountBuilder`,
        ]),
      ],
      { ...LAZY, startedBy: [...THEN, ...RUNS] },
    ),
    calls: everyMember(
      DIALECTS.flatMap((dialect) =>
        STATEMENTS.flatMap((statement) => [
          `${dialect}${statement}Base`,
          `${dialect}${statement}Builder`,
          `${dialect}${statement}QueryBuilderBase`,
        ]),
      ),
      CONTINUED,
      LAZY_CALL,
    ),
  },
  {
    modules: ["@prisma/client"],
    types: types(["PrismaPromise"], LAZY),
  },
  {
    // Generated clients: each model has a delegate of its own, so the owner is left open.
    modules: [".prisma"],
    calls: every(
      [
        "findUnique",
        "findUniqueOrThrow",
        "findFirst",
        "findFirstOrThrow",
        "findMany",
        "create",
        "createMany",
        "createManyAndReturn",
        "update",
        "updateMany",
        "updateManyAndReturn",
        "upsert",
        "delete",
        "deleteMany",
        "count",
        "aggregate",
        "groupBy",
        "$executeRaw",
        "$executeRawUnsafe",
        "$queryRaw",
        "$queryRawUnsafe",
      ].map((it) => `*.${it}`),
      LAZY_CALL,
    ),
  },
  {
    modules: ["postgres"],
    types: types(
      ["PendingQuery", "PendingValuesQuery", "PendingRawQuery", "PendingDescribeQuery"].flatMap(
        (name) => [name, `postgres.${name}`],
      ),
      { ...LAZY, startedBy: [...THEN, "execute", "forEach", "cursor", "describe"] },
    ),
  },
  {
    modules: ["@supabase/postgrest-js", "@supabase/supabase-js"],
    types: types(["PostgrestBuilder", "PostgrestTransformBuilder", "PostgrestFilterBuilder"], LAZY),
  },
  {
    modules: ["superagent", "supertest"],
    types: types(["Request", "SARequest", "SuperAgentRequest", "Test", "SuperTestStatic.Test"], {
      ...LAZY,
      reason: "The request is sent by `then` or `end`, so one that nobody awaits is never sent.",
      startedBy: [...THEN, "end", "pipe"],
    }),
  },
];
