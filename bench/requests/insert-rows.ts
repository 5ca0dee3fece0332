import type { SqlValue } from "../../src/database/sql";

/** A row as it is stored: lists are JSON text already. */
export type StoredRow = Record<string, SqlValue>;

/** Whatever runs a statement with `?` placeholders: TypeORM's manager, or a driver's connection. */
export interface Runner {
  query(sql: string, parameters: SqlValue[]): Promise<unknown>;
}

const ROWS_A_STATEMENT = 200;

/** Inserts rows, many with one statement; all have the columns of the first. */
export async function insertRows(runner: Runner, table: string, rows: StoredRow[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const places = `(${columns.map(() => "?").join(", ")})`;
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const some = rows.slice(from, from + ROWS_A_STATEMENT);
    await runner.query(
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES ${some.map(() => places).join(", ")}`,
      some.flatMap((row) => columns.map((column) => bound(row[column] ?? null))),
    );
  }
}

/** libsql ends the whole process when a boolean is bound. */
function bound(value: SqlValue): SqlValue {
  return typeof value === "boolean" ? Number(value) : value;
}
