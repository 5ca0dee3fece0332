import { escape } from "mysql2";
import type { Connection } from "mysql2/promise";
import type { SqlValue } from "../../src/database/sql";
import type { StoredRow } from "../requests/insert-rows";

/** SQL by the marker that stands for it in a row's texts, such as `{name}`. */
export type Markers = Record<string, string>;

/** What many rows of one table are made from. */
export interface Pattern {
  table: string;
  /** One row as the program would store it, with markers in its texts where the others differ. */
  row: StoredRow;
  markers: Markers;
  /** The SQL of columns that no marker can tell. */
  columns?: Record<string, string>;
  /** A table expression of which each row makes one; markers and columns speak of its columns. */
  from: string;
}

/** Makes rows inside MariaDB: with checks off, the first statement into an empty table loads it and its indexes in bulk. */
export async function insertPattern(
  connection: Connection,
  { table, row, markers, columns = {}, from }: Pattern,
): Promise<void> {
  const names = Object.keys(row);
  const values = names.map((name) => columns[name] ?? sqlOf(row[name] ?? null, markers));
  await connection.query(
    `INSERT INTO ${table} (${names.join(", ")}) SELECT ${values.join(", ")} FROM ${from}`,
  );
}

/** A stored value as SQL; a text with markers is put together. */
export function sqlOf(value: SqlValue, markers: Markers): string {
  if (typeof value !== "string") return escape(value);
  const parts = value.split(/(\{\w+\})/).filter((part) => part !== "");
  const pieces = parts.map((part) => markers[part] ?? escape(part));
  return pieces.length > 1 ? `CONCAT(${pieces.join(", ")})` : (pieces[0] ?? "''");
}

/**
 * Does without the secondary indexes of an empty table while some work fills it, and sorts them afterwards: MariaDB does not
 * load long texts in bulk. Not for tables with foreign keys.
 */
export async function withoutIndexes(
  connection: Connection,
  table: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const [found] = await connection.query(
    `SELECT index_name AS name, non_unique AS repeats, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS columns
     FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = ? AND index_name <> 'PRIMARY' GROUP BY index_name, non_unique`,
    [table],
  );
  const indexes = found as { name: string; repeats: number; columns: string }[];
  await connection.query(
    `ALTER TABLE ${table} ${indexes.map(({ name }) => `DROP INDEX ${name}`).join(", ")}`,
  );
  await work();
  const added = indexes.map(
    ({ name, repeats, columns }) => `ADD ${Number(repeats) ? "" : "UNIQUE "}INDEX ${name} (${columns})`,
  );
  await connection.query(`ALTER TABLE ${table} ${added.join(", ")}`);
}
