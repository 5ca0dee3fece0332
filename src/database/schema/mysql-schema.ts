import type { DataSource } from "typeorm";
import {
  addIndexes,
  type FoundColumn,
  type FoundSchema,
  type FoundTable,
  type FoundTrigger,
  type SchemaReader,
} from "./found-schema";
import type { NeededColumn } from "./needed-schema";

interface ColumnRow {
  tableName: string;
  name: string;
  declared: string;
  isNullable: "YES" | "NO";
  defaultValue: string | null;
  extra: string;
  collation: string | null;
}

interface IndexRow {
  tableName: string;
  indexName: string;
  columnName: string | null;
  isNotUnique: number;
  prefix: number | null;
}

const TABLES =
  "SELECT table_name AS tableName, engine AS engine FROM information_schema.tables WHERE table_schema = DATABASE()";

const COLUMNS = `SELECT table_name AS tableName, column_name AS name, column_type AS declared, is_nullable AS isNullable,
  column_default AS defaultValue, extra AS extra, collation_name AS collation
  FROM information_schema.columns WHERE table_schema = DATABASE()`;

const INDEXES = `SELECT table_name AS tableName, index_name AS indexName, column_name AS columnName,
  non_unique AS isNotUnique, sub_part AS prefix
  FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index`;

const TRIGGERS = `SELECT trigger_name AS name, event_object_table AS tableName, action_timing AS timing,
  event_manipulation AS event, action_statement AS body
  FROM information_schema.triggers WHERE trigger_schema = DATABASE()`;

const INTEGERS = ["tinyint", "smallint", "mediumint", "int", "bigint"];

/** How many bytes a text type holds; of a `varchar` as many characters as it says. */
const TEXT_BYTES: Record<string, number> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 4_294_967_295,
};

const BYTES_OF_A_CHARACTER = 4;

/** Looks at the schema of a MySQL or MariaDB database, with four statements; with one more where no trigger is to be seen. */
export const mysqlSchema: SchemaReader = { collation: "utf8mb4_bin", engine: "InnoDB", read, holds };

async function read(source: DataSource): Promise<FoundSchema> {
  const tables = new Map<string, FoundTable>();
  for (const { tableName, engine } of await source.query<{ tableName: string; engine: string | null }[]>(
    TABLES,
  ))
    tables.set(tableName, { columns: new Map(), indexes: [], engine });
  for (const row of await source.query<ColumnRow[]>(COLUMNS))
    tables.get(row.tableName)?.columns.set(row.name, foundColumn(row));
  const parts = await source.query<IndexRow[]>(INDEXES);
  addIndexes(
    tables,
    parts.map((row) => ({
      table: row.tableName,
      name: row.indexName,
      column: row.columnName ?? "an expression",
      unique: Number(row.isNotUnique) === 0,
      partial: row.prefix !== null,
      isPrimaryKey: row.indexName === "PRIMARY",
    })),
  );
  return { tables, triggers: await readTriggers(source) };
}

function foundColumn({ name, declared, isNullable, defaultValue, extra, collation }: ColumnRow): FoundColumn {
  const nullable = isNullable === "YES";
  const isFilled = /auto_increment|generated|virtual|stored|persistent/i.test(extra);
  return {
    name,
    declared: declared.toLowerCase(),
    nullable,
    needsValue: !nullable && defaultValue === null && !isFilled,
    // MariaDB writes a default of null as a word.
    isNullByDefault: nullable && (defaultValue === null || defaultValue === "NULL") && !isFilled,
    collation,
  };
}

/**
 * To a user who may not make triggers MySQL shows none and MariaDB none of their bodies: none to be seen may mean that
 * there are some.
 */
async function readTriggers(source: DataSource): Promise<FoundTrigger[] | undefined> {
  const rows =
    await source.query<
      { name: string; tableName: string; timing: string; event: string; body: string | null }[]
    >(TRIGGERS);
  if (rows.length === 0 && !(await maySeeTriggers(source))) return undefined;
  return rows.map(({ name, tableName, timing, event, body }) => ({
    name,
    table: tableName,
    firesOn: `${timing} ${event}`,
    body: body ?? undefined,
  }));
}

async function maySeeTriggers(source: DataSource): Promise<boolean> {
  const grants = await source.query<Record<string, string>[]>("SHOW GRANTS");
  return grants.some((grant) => /\b(TRIGGER|ALL PRIVILEGES)\b/.test(Object.values(grant)[0] ?? ""));
}

function holds(needed: NeededColumn, { declared }: FoundColumn): boolean {
  const [, type = "", size = ""] = /^(\w+)(?:\((\d+)\))?/.exec(declared) ?? [];
  if (INTEGERS.includes(needed.type)) {
    return INTEGERS.indexOf(type) >= INTEGERS.indexOf(needed.type) && !/unsigned|zerofill/.test(declared);
  }
  const bytes = type === "varchar" ? Number(size) * BYTES_OF_A_CHARACTER : (TEXT_BYTES[type] ?? 0);
  if (needed.type === "varchar") return bytes >= (needed.length ?? 0) * BYTES_OF_A_CHARACTER;
  if (needed.type in TEXT_BYTES) return bytes >= TEXT_BYTES[needed.type];
  return declared === needed.type || declared.startsWith(`${needed.type}(`);
}
