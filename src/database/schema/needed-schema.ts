import type { DataSource } from "typeorm";
import type { EntityMetadata } from "typeorm/metadata/EntityMetadata.js";

/** A column that the program reads and writes. */
export interface NeededColumn {
  name: string;
  /** The type in the database's own words, without a length: `varchar`, `int`, `bigint`. */
  type: string;
  /** Of text with a limit: how many characters it must hold. */
  length?: number;
  nullable: boolean;
}

/** An index that the program relies on: statements name indexes, and unique ones decide races. */
export interface NeededIndex {
  name: string;
  columns: string[];
  unique: boolean;
}

/** A trigger that refuses a change of rows that are written once. */
export interface NeededTrigger {
  name: string;
  event: "UPDATE" | "DELETE";
  /** Words that its body has: an emptied trigger refuses nothing. */
  says: string;
}

/** A table that the program works with. */
export interface NeededTable {
  name: string;
  columns: NeededColumn[];
  /** The columns of the primary key, in order. */
  primaryKey: string[];
  indexes: NeededIndex[];
  triggers: NeededTrigger[];
}

/** Tables whose rows are never changed or deleted. Migrations make a trigger for each of the two, named as below. */
const APPEND_ONLY_TABLES: readonly string[] = ["activity_record"];

/** What the triggers say when they refuse. */
const APPEND_ONLY = "append-only";

/**
 * The tables, columns, indexes and triggers that this program needs, in the words of the source's database. They are
 * derived from the entities; a test proves that the migrations make exactly these.
 */
export function neededSchema(source: DataSource): NeededTable[] {
  return source.entityMetadatas.map((entity) => ({
    name: entity.tableName,
    columns: entity.columns.map((column) => {
      const length = Number(source.driver.getColumnLength(column));
      return {
        name: column.databaseName,
        type: source.driver.normalizeType(column),
        length: length > 0 ? length : undefined,
        nullable: column.isNullable,
      };
    }),
    primaryKey: entity.primaryColumns.map(({ databaseName }) => databaseName),
    indexes: indexesOf(entity),
    triggers: triggersOf(entity.tableName),
  }));
}

function indexesOf({ indices, uniques }: EntityMetadata): NeededIndex[] {
  const columnsOf = (columns: { databaseName: string }[]) => columns.map(({ databaseName }) => databaseName);
  return [
    ...indices.map(({ name, columns, isUnique }) => ({
      name,
      columns: columnsOf(columns),
      unique: isUnique,
    })),
    ...uniques.map(({ name, columns }) => ({ name, columns: columnsOf(columns), unique: true })),
  ];
}

function triggersOf(table: string): NeededTrigger[] {
  if (!APPEND_ONLY_TABLES.includes(table)) return [];
  return (["UPDATE", "DELETE"] as const).map((event) => ({
    name: `${table}_refuses_${event.toLowerCase()}`,
    event,
    says: APPEND_ONLY,
  }));
}
