import type { TestContext } from "./test-context";

/** What the copies of a row have: SQL over the columns of the row and `n`, which counts from 1. */
export type CopiedValues = Record<string, string>;

/** The SQL of a column's value whose last six characters are the copy's number: another id for each copy. */
export function numbered({ database }: Pick<TestContext, "database">, column: string): string {
  return database.family === "sqlite"
    ? `(substr(${column}, 1, length(${column}) - 6) || substr('000000' || n, -6))`
    : `CONCAT(LEFT(${column}, CHAR_LENGTH(${column}) - 6), LPAD(n, 6, '0'))`;
}

/** The SQL of a text that is made of these pieces of SQL. */
export function joined({ database }: Pick<TestContext, "database">, ...pieces: string[]): string {
  return database.family === "sqlite" ? `(${pieces.join(" || ")})` : `CONCAT(${pieces.join(", ")})`;
}

/**
 * How many rows and index entries MariaDB reads for some work, by the counters of its session: the test context must have a pool of
 * one connection. SQLite has no such counters: nothing is told of it.
 */
export async function rowsRead(
  { database }: Pick<TestContext, "database">,
  work: () => Promise<unknown>,
): Promise<number | undefined> {
  if (database.family === "sqlite") {
    await work();
    return undefined;
  }
  await database.read((reads) => reads.rows("FLUSH STATUS"));
  await work();
  const counters = await database.read((reads) =>
    reads.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Handler_read%'"),
  );
  return counters.reduce((sum, { Value }) => sum + Number(Value), 0);
}

/**
 * Copies one row of a table so many times, with one statement: each copy has another id, and whatever else `values` says. What
 * is kept beside a table, as the counts of whole lists, does not follow.
 */
export async function copyRow(
  testContext: Pick<TestContext, "database" | "system">,
  table: string,
  where: string,
  count: number,
  values: CopiedValues = {},
): Promise<void> {
  const isSqlite = testContext.database.family === "sqlite";
  const columns = await testContext.database.read((reads) =>
    reads.rows<{ name: string }>(
      isSqlite
        ? `SELECT name FROM pragma_table_info('${table}')`
        : `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '${table}'`,
    ),
  );
  const numbers = isSqlite
    ? `(WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${count}) SELECT n FROM counted)`
    : `(SELECT seq AS n FROM seq_1_to_${count})`;
  const names = columns.map(({ name }) => name);
  const copied: CopiedValues = {
    ...(names.includes("id") && { id: numbered(testContext, "id") }),
    ...values,
  };
  await testContext.system.transaction((tx) =>
    tx.execute(
      `INSERT INTO ${table} (${names.join(", ")})
       SELECT ${names.map((name) => copied[name] ?? name).join(", ")}
       FROM (SELECT * FROM ${table} WHERE ${where} LIMIT 1) original, ${numbers} numbers`,
    ),
  );
}
