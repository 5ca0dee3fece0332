import type { Connection } from "../../src/database/connection";
import type { SqlValue } from "../../src/database/sql";

/** A row as it is stored: lists are JSON text already. */
export type StoredRow = Record<string, SqlValue>;

const ROWS_A_STATEMENT = 200;

/** Inserts rows, many with one statement; all have the columns of the first. */
export async function insertRows(connection: Connection, table: string, rows: StoredRow[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const places = `(${columns.map(() => "?").join(", ")})`;
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const some = rows.slice(from, from + ROWS_A_STATEMENT);
    await connection.change(
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES ${some.map(() => places).join(", ")}`,
      some.flatMap((row) => columns.map((column) => row[column] ?? null)),
    );
  }
}
