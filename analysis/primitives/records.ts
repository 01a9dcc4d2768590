// How object mappers and stores are asked for a record, and given it back. Dozens of packages do it
// with the same few words, and projects wrap them in repositories of their own that use those words
// again, so names are looked at and no packages.

export interface RecordWord {
  /** Names of methods. */
  readonly names: RegExp;
  readonly reason: string;
}

/** Gives a record that is in memory from then on. */
export const LOADS: RecordWord = {
  names:
    /^(?:find\w*|get\w*|load\w*|fetch\w*|first\w*|one|select\w*|retrieve\w*|read\w*|query\w*)$/,
  reason: "TypeORM, Sequelize, Mongoose, Prisma, MikroORM, Knex, key-value stores.",
};

/** Writes a record, or some of its fields, as they are in memory. */
export const SAVES: RecordWord = {
  names:
    /^(?:save\w*|update(?!Query)\w*|upsert\w*|put\w*|set|setItem|replace\w*|persist\w*|flush|store|write\w*|merge)$/,
  reason: "The same, and `flush` of a unit of work, which writes what has changed in it.",
};

/** Runs a callback in a transaction; or the value that stands for one. */
export const TRANSACTS: RecordWord = {
  names: /(?:transaction|transacting|inTx|withTx|unitOfWork|atomically|^atomic$)/i,
  reason: "What is read in a transaction is read again, or locked, by the database.",
};

/** What a transaction is called where a function is given one. */
export const TRANSACTION_NAMES: RegExp =
  /^(?:tx|trx|t|txn|transaction|session|qr|queryRunner|uow|manager|em|entityManager)$/i;

/** Options and methods by which a record is locked, or its version compared, when it is loaded or saved. */
export const LOCKS_RECORD: RegExp =
  /^(?:lock\w*|setLock|forUpdate|for_update|pessimistic\w*|optimistic\w*|rowLock|version\w*|etag|ifMatch|revision|rev|_rev|cas|transaction|transacting|session)$/i;

/** Fields that count the versions of a record: a stale one is refused. */
export const VERSIONS: readonly string[] = [
  "version",
  "_version",
  "__version",
  "rowVersion",
  "lockVersion",
  "etag",
  "_rev",
  "revision",
];
