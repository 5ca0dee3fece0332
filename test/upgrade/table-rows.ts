import type { DataSource } from "typeorm";

/** The rows of each table, as texts in an order of their own, with the columns that were read. */
export type TableRows = Record<string, { columns: string[]; rows: string[] }>;

const BOOKKEEPING = ["migration_lease", "schema_migration"];

/** Reads all rows of all entities' tables; of the columns that were read another time, where that is given. */
export async function tableRows(source: DataSource, like: TableRows = {}): Promise<TableRows> {
  const found: TableRows = {};
  const tables = Object.keys(like).length > 0 ? Object.keys(like) : await tablesOf(source);
  for (const table of tables.filter((name) => !BOOKKEEPING.includes(name))) {
    const columns = like[table]?.columns.join(", ") ?? "*";
    const rows = await source.query<Record<string, unknown>[]>(`SELECT ${columns} FROM ${table}`);
    found[table] = {
      columns: Object.keys(rows[0] ?? {}),
      rows: rows.map((row) => JSON.stringify(row)).sort(),
    };
  }
  return found;
}

/** The tables of entities that are there: before an upgrade those of newer versions are not. */
async function tablesOf(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner();
  try {
    const found: string[] = [];
    for (const { tableName } of source.entityMetadatas)
      if (await runner.hasTable(tableName)) found.push(tableName);
    return found;
  } finally {
    await runner.release();
  }
}
