import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Reads } from "../database/reads";
import type { SqlValue } from "../database/sql";

/** The first line of a dump. */
export interface DumpHeader {
  /** What the file is. */
  partnergraph: "dump";
  /** The form of the lines that follow; raised when an older program could not read them. */
  format: typeof DUMP_FORMAT;
  /** The version of the program that wrote it. */
  version: string;
  /** When it was begun, RFC 3339 in UTC. */
  at: string;
  /** The names of the migrations that the database has had, in their order. */
  migrations: string[];
}

/** A line that says of which table the rows after it are. */
export interface DumpTable {
  table: string;
  columns: string[];
}

/** The last line: without it the file is not whole. */
export interface DumpEnd {
  end: true;
  /** How many rows there are of each table. */
  rows: Record<string, number>;
}

/** The values of one row, in the order of its table's columns. */
export type DumpRow = SqlValue[];

/** The form of a dump that this program writes and reads. */
export const DUMP_FORMAT = 1;

/** Rows that are read at a time. */
const BATCH = 500;

/** What a restore makes by itself. */
const NOT_DUMPED = new Set(["schema_migration", "migration_lease"]);

/** A table as the database describes it. */
interface FoundTable extends DumpTable {
  /** Columns of the primary key, in its order. */
  key: string[];
}

/**
 * Writes every row of a MySQL or MariaDB database into a compressed file of JSON lines: a header, then for each table a line
 * with its columns and a line for each row, then an end.
 * @param reads reads of one instant
 * @param header what the header says besides the migrations
 * @param file the path of the file, which is there and empty
 */
export async function writeDump(
  reads: Reads,
  header: Pick<DumpHeader, "version" | "at">,
  { file, onProgress }: { file: string; onProgress: (message: string) => void },
): Promise<void> {
  const lines = Readable.from(linesOf(reads, header, onProgress));
  await pipeline(lines, createGzip(), createWriteStream(file, { flags: "r+" }));
}

async function* linesOf(
  reads: Reads,
  { version, at }: Pick<DumpHeader, "version" | "at">,
  onProgress: (message: string) => void,
): AsyncGenerator<string, void> {
  const migrations = await reads.rows<{ name: string }>("SELECT name FROM schema_migration ORDER BY id");
  const header: DumpHeader = {
    partnergraph: "dump",
    format: DUMP_FORMAT,
    version,
    at,
    migrations: migrations.map(({ name }) => name),
  };
  yield `${JSON.stringify(header)}\n`;
  const rows: Record<string, number> = {};
  for (const found of await tablesOf(reads)) {
    const { table, columns } = found;
    rows[table] = 0;
    yield `${JSON.stringify({ table, columns } satisfies DumpTable)}\n`;
    for await (const batch of rowsOf(reads, found)) {
      rows[table] += batch.length;
      yield batch.map((row) => `${JSON.stringify(row)}\n`).join("");
    }
    onProgress(`${table}: ${rows[table]} rows`);
  }
  yield `${JSON.stringify({ end: true, rows } satisfies DumpEnd)}\n`;
}

async function tablesOf(reads: Reads): Promise<FoundTable[]> {
  const columns = await reads.rows<{ tableName: string; columnName: string; place: number | null }>(
    `SELECT c.TABLE_NAME AS tableName, c.COLUMN_NAME AS columnName, k.ORDINAL_POSITION AS place
       FROM information_schema.COLUMNS c
       JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
       LEFT JOIN information_schema.KEY_COLUMN_USAGE k ON k.TABLE_SCHEMA = c.TABLE_SCHEMA
        AND k.TABLE_NAME = c.TABLE_NAME AND k.COLUMN_NAME = c.COLUMN_NAME AND k.CONSTRAINT_NAME = 'PRIMARY'
      WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'
      ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`,
  );
  const tables = new Map<string, FoundTable & { places: Map<string, number> }>();
  for (const { tableName: table, columnName, place } of columns) {
    if (NOT_DUMPED.has(table)) continue;
    const found = tables.get(table) ?? { table, columns: [], key: [], places: new Map<string, number>() };
    found.columns.push(columnName);
    if (place !== null) found.places.set(columnName, Number(place));
    tables.set(table, found);
  }
  return [...tables.values()].map(({ places, ...found }) => ({
    ...found,
    key: [...places.keys()].sort((one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0)),
  }));
}

/** In the order of the primary key, each batch after the last row of the one before it. */
async function* rowsOf(reads: Reads, { table, columns, key }: FoundTable): AsyncGenerator<DumpRow[], void> {
  if (key.length === 0)
    throw new Error(`The table ${table} has no primary key, so it cannot be read in parts.`);
  const select = `SELECT ${columns.map(quoted).join(", ")} FROM ${quoted(table)}`;
  const order = `ORDER BY ${key.map(quoted).join(", ")} LIMIT ${BATCH}`;
  let last: Record<string, SqlValue> | undefined;
  for (;;) {
    const { condition, values } = last ? after(key, last) : { condition: "1 = 1", values: [] };
    const batch = await reads.rows<Record<string, SqlValue>>(`${select} WHERE ${condition} ${order}`, values);
    yield batch.map((row) => columns.map((column) => row[column]));
    if (batch.length < BATCH) return;
    last = batch[batch.length - 1];
  }
}

/** `a > ? OR (a = ? AND b > ?)`: of `(a, b) > (?, ?)` MySQL makes no range of an index. */
function after(key: string[], last: Record<string, SqlValue>): { condition: string; values: SqlValue[] } {
  const [column, ...others] = key;
  const beyond = `${quoted(column)} > ?`;
  if (others.length === 0) return { condition: beyond, values: [last[column]] };
  const inner = after(others, last);
  return {
    condition: `(${beyond} OR (${quoted(column)} = ? AND ${inner.condition}))`,
    values: [last[column], last[column], ...inner.values],
  };
}

/** A name as MySQL quotes it. */
export function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
