import type { DataSource } from "typeorm";
import type { NeededColumn } from "./needed-schema";

/** A column as the database has it. */
export interface FoundColumn {
  name: string;
  /** As declared, in lower case, such as `varchar(40)` or `int unsigned`; for messages. */
  declared: string;
  nullable: boolean;
  /** Whether an insert that does not name the column fails. */
  needsValue: boolean;
  /** Whether an insert that does not name the column leaves it null. */
  isNullByDefault: boolean;
  /** How text is compared; null for numbers, and on SQLite, where indexes tell it. */
  collation: string | null;
}

/** An index as the database has it. */
export interface FoundIndex {
  name: string;
  columns: string[];
  unique: boolean;
  isPrimaryKey: boolean;
  /** It leaves rows out, or keeps only the beginning of a column. */
  partial: boolean;
  /** SQLite: the collations of its columns; empty elsewhere. */
  collations: string[];
}

/** A trigger as the database has it. */
export interface FoundTrigger {
  name: string;
  table: string;
  /** Its timing and event, such as `BEFORE UPDATE`. */
  firesOn: string;
  /** What it does; undefined where this user may not see that. */
  body: string | undefined;
}

/** A table as the database has it. */
export interface FoundTable {
  columns: Map<string, FoundColumn>;
  indexes: FoundIndex[];
  /** MySQL and MariaDB: the storage engine. */
  engine?: string | null;
}

/** What a database has. */
export interface FoundSchema {
  tables: Map<string, FoundTable>;
  /** Undefined where this user may not see triggers. */
  triggers: FoundTrigger[] | undefined;
}

/** How to look at the schema of one kind of database. */
export interface SchemaReader {
  read(source: DataSource): Promise<FoundSchema>;
  /** Whether every value that the needed column holds fits into the found one, and comes back as it was. */
  holds(needed: NeededColumn, found: FoundColumn): boolean;
  /** What text must be compared by. */
  collation: string;
  /** What the tables must be stored by, where there is a choice. */
  engine?: string;
}

/** One column of an index, as both databases list them: in the order of the index. */
export interface IndexPart extends Omit<FoundIndex, "columns" | "collations"> {
  table: string;
  column: string;
  collation?: string;
}

/** Puts the listed columns of indexes together; a part of a table that is not given is left out. */
export function addIndexes(tables: Map<string, FoundTable>, parts: readonly IndexPart[]): void {
  for (const { table, column, collation, ...index } of parts) {
    const indexes = tables.get(table)?.indexes ?? [];
    const known = indexes.find(({ name }) => name === index.name) ?? {
      ...index,
      columns: [],
      collations: [],
    };
    if (known.columns.length === 0) indexes.push(known);
    known.columns.push(column);
    known.partial ||= index.partial;
    if (collation) known.collations.push(collation);
  }
}
