import type { DataSource } from "typeorm";
import { addIndexes, type FoundSchema, type FoundTable, type SchemaReader } from "./found-schema";
import type { NeededColumn } from "./needed-schema";

interface ColumnRow {
  tableName: string;
  name: string;
  type: string;
  isNotNull: number;
  defaultValue: string | null;
  hidden: number;
}

interface IndexRow {
  tableName: string;
  indexName: string;
  columnName: string | null;
  collation: string;
  isUnique: number;
  isPartial: number;
  origin: string;
}

const COLUMNS = `SELECT t.name AS tableName, c.name AS name, c.type AS type, c."notnull" AS isNotNull,
  c.dflt_value AS defaultValue, c.hidden AS hidden
  FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table'`;

const INDEXES = `SELECT t.name AS tableName, i.name AS indexName, c.name AS columnName, c.coll AS collation,
  i."unique" AS isUnique, i.partial AS isPartial, i.origin AS origin
  FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_xinfo(i.name) c
  WHERE t.type = 'table' AND c.key = 1 ORDER BY t.name, i.name, c.seqno`;

const TRIGGERS = "SELECT name, tbl_name AS tableName, sql FROM sqlite_master WHERE type = 'trigger'";

/** How the text of a trigger begins: when it fires. What it does comes after that. */
const TRIGGER = /^CREATE TRIGGER \S+ (\w+ \w+) ON /i;

/** Looks at the schema of embedded SQLite, with three statements. */
export const sqliteSchema: SchemaReader = {
  collation: "BINARY",
  read,
  holds: (needed: NeededColumn, { declared }) => affinityOf(needed.type) === affinityOf(declared),
};

async function read(source: DataSource): Promise<FoundSchema> {
  const tables = new Map<string, FoundTable>();
  for (const row of await source.query<ColumnRow[]>(COLUMNS)) {
    let table = tables.get(row.tableName);
    if (!table) tables.set(row.tableName, (table = { columns: new Map(), indexes: [] }));
    const isGenerated = row.hidden > 1;
    table.columns.set(row.name, {
      name: row.name,
      declared: row.type.toLowerCase(),
      nullable: row.isNotNull === 0,
      needsValue: row.isNotNull === 1 && row.defaultValue === null && !isGenerated,
      isNullByDefault: row.isNotNull === 0 && !isGenerated && /^(null)?$/i.test(row.defaultValue ?? ""),
      collation: null,
    });
  }
  const parts = await source.query<IndexRow[]>(INDEXES);
  addIndexes(
    tables,
    parts.map((row) => ({
      table: row.tableName,
      name: row.indexName,
      column: row.columnName ?? "an expression",
      collation: row.collation,
      unique: row.isUnique === 1,
      partial: row.isPartial === 1,
      isPrimaryKey: row.origin === "pk",
    })),
  );
  const triggers = await source.query<{ name: string; tableName: string; sql: string }[]>(TRIGGERS);
  return {
    tables,
    triggers: triggers.map(({ name, tableName, sql }) => {
      const [beginning = "", firesOn = ""] = TRIGGER.exec(sql) ?? [];
      const body = beginning === "" ? undefined : sql.slice(beginning.length);
      return { name, table: tableName, firesOn: firesOn.toUpperCase(), body };
    }),
  };
}

/** What SQLite makes of a declared type, by the rules of https://www.sqlite.org/datatype3.html; lengths mean nothing to it. */
function affinityOf(declared: string): string {
  if (/int/i.test(declared)) return "INTEGER";
  if (/char|clob|text/i.test(declared)) return "TEXT";
  if (declared === "" || /blob/i.test(declared)) return "BLOB";
  return /real|floa|doub/i.test(declared) ? "REAL" : "NUMERIC";
}
