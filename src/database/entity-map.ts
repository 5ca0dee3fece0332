import type { DataSource, EntityTarget, ObjectLiteral } from "typeorm";
import type { ColumnMetadata } from "typeorm/metadata/ColumnMetadata.js";
import { BoundedCache } from "../context/bounded-cache";
import type { FindTable } from "./find-options";
import { FindStatements } from "./find-statements";
import type { Columns } from "./projections";
import { placesFor, Sql, type SqlValue } from "./sql";

type Convert = (value: never) => unknown;

/** How one column's values are stored; absent where they are stored as they are. */
interface Form {
  read?: Convert;
  write?: Convert;
}

const FORMS: Record<string, Form> = {
  varchar: {},
  text: {},
  mediumtext: {},
  integer: {},
  smallint: {},
  bigint: {},
  boolean: { read: (value: number) => value !== 0 },
  "simple-json": { read: parsed, write: (value: unknown) => JSON.stringify(value) },
};

/** Callers choose what is read, so there is no end of ways to read. */
const MAX_PROJECTIONS = 500;

interface MappedColumn extends Form {
  property: string;
  name: string;
  /** A JSON column is not: its text depends on how a value was written. */
  isComparable: boolean;
}

/** How some columns of an entity are selected, and turned into properties. */
interface Reading {
  select: string;
  converted: readonly MappedColumn[];
}

/** How the rows of one entity are read and written, worked out once from what TypeORM knows of it. */
export class EntityMap<Row extends ObjectLiteral> implements FindTable {
  /** `SELECT` and every column, each with its table's name. */
  readonly select: string;
  private readonly whole: Reading;
  private readonly projections = new BoundedCache<string, Reading>({ maxEntries: MAX_PROJECTIONS });
  private readonly insertOne: string;
  private readonly places: string;
  private readonly prefixed = new Map<string, string[]>();
  private readonly columns: MappedColumn[];
  private readonly byProperty: ReadonlyMap<string, MappedColumn>;

  constructor(
    readonly table: string,
    columns: readonly ColumnMetadata[],
  ) {
    this.columns = columns.map(mapped);
    this.byProperty = new Map(this.columns.map((column) => [column.property, column]));
    this.whole = this.readingOf(this.columns);
    this.select = this.whole.select;
    const names = this.columns.map(({ name }) => name).join(", ");
    this.places = placesFor(this.columns.length);
    this.insertOne = `INSERT INTO ${table} (${names}) VALUES ${this.places}`;
  }

  /** Every column, its name begun with a prefix: for a select of rows of several tables. */
  columnsAs(prefix: string): string {
    return this.columns
      .map(({ name }, at) => `${this.table}.${name} AS ${this.namesWith(prefix)[at]}`)
      .join(", ");
  }

  /** Takes the row out of one that was read with `columnsAs`; null where all of it is. */
  readAs(prefix: string, row: Record<string, unknown>): Row | null {
    const names = this.namesWith(prefix);
    if (names.every((name) => row[name] === null)) return null;
    const own: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at++) own[this.columns[at].name] = row[names[at]];
    return this.read(own);
  }

  private namesWith(prefix: string): string[] {
    const known = this.prefixed.get(prefix);
    if (known) return known;
    const names = this.columns.map(({ name }) => prefix + name);
    this.prefixed.set(prefix, names);
    return names;
  }

  /** How to read these columns; the whole row where none are named, or one that is no column. */
  reading(columns: Columns | undefined): Reading {
    if (!columns) return this.whole;
    return this.projections.getOrMake(columns.key, () => {
      const found = columns.names.map((name) => this.byProperty.get(name));
      return found.every((column) => column !== undefined) ? this.readingOf(found) : this.whole;
    });
  }

  private readingOf(columns: readonly MappedColumn[]): Reading {
    const names = columns.map(({ name }) => `${this.table}.${name}`);
    return { select: `SELECT ${names.join(", ")}`, converted: columns.filter(({ read }) => read) };
  }

  /** The names of the columns that are read, as `reading` does. */
  namesOf(columns: Columns | undefined): string[] {
    const found = columns?.names.map((name) => this.byProperty.get(name)) ?? this.columns;
    return (found.every((column) => column !== undefined) ? found : this.columns).map(({ name }) => name);
  }

  /** A value as a condition compares it with the column of a property. Throws for null, undefined and a column of JSON. */
  comparable(property: string, value: unknown): SqlValue {
    const column = this.requireComparable(property);
    if (value === undefined || value === null)
      throw new Error(
        `${this.table}.${property} is compared with ${String(value)}; to find null use IsNull()`,
      );
    return stored(column, value);
  }

  /** The column of a property that conditions may name; throws for a relation, a column of JSON, and what is no column. */
  requireComparable(property: string): MappedColumn {
    const column = this.byProperty.get(property);
    if (!column?.isComparable) throw new Error(`${this.table} has no column ${property} to compare`);
    return column;
  }

  /** Turns a row as the driver has it into one of the entity, in place. */
  read(row: Record<string, unknown>, { converted } = this.whole): Row {
    for (const { property, read } of converted) {
      const value = row[property];
      if (value !== null) row[property] = (read as (value: unknown) => unknown)(value);
    }
    return row as Row;
  }

  /** One statement that inserts rows whole. What a row does not have is null. */
  insertion(rows: readonly Row[]): Sql {
    const values: SqlValue[] = [];
    for (const row of rows)
      for (const column of this.columns) values.push(stored(column, row[column.property]));
    return new Sql(`${this.insertOne}${`, ${this.places}`.repeat(rows.length - 1)}`, values);
  }

  /** The beginning of an update that sets these properties, up to its WHERE. What is undefined is left alone. */
  update(changes: Partial<Row>): Sql {
    const sets: string[] = [];
    const values: SqlValue[] = [];
    for (const [property, value] of Object.entries(changes)) {
      if (value === undefined) continue;
      const column = this.byProperty.get(property);
      if (!column) throw new Error(`${this.table} has no column for ${property}`);
      sets.push(`${column.name} = ?`);
      values.push(stored(column, value));
    }
    return new Sql(`UPDATE ${this.table} SET ${sets.join(", ")} WHERE `, values);
  }
}

/** The maps of all entities. */
export class EntityMaps {
  private readonly maps = new Map<unknown, EntityMap<ObjectLiteral>>();
  private readonly finds = new Map<unknown, FindStatements<ObjectLiteral>>();

  constructor(source: DataSource) {
    for (const { target, tableName, columns } of source.entityMetadatas) {
      const map = new EntityMap(tableName, columns);
      this.maps.set(target, map);
      this.finds.set(target, new FindStatements(source, target, map));
    }
  }

  /** Makes the statements of find options on one entity; throws for a class that is none. */
  finding<Row extends ObjectLiteral>(entity: EntityTarget<Row>): FindStatements<Row> {
    const statements = this.finds.get(entity);
    if (!statements) throw new Error("no such entity");
    return statements as unknown as FindStatements<Row>;
  }

  /** The map of one entity; throws for a class that is none. */
  of<Row extends ObjectLiteral>(entity: EntityTarget<Row>): EntityMap<Row> {
    const map = this.maps.get(entity);
    if (!map) throw new Error("no such entity");
    return map as EntityMap<Row>;
  }
}

function mapped({ propertyName, databaseName, type, transformer }: ColumnMetadata): MappedColumn {
  const form = FORMS[String(type)];
  if (!form) throw new Error(`no way is known to store a ${String(type)} as of ${databaseName}`);
  if (propertyName !== databaseName) throw new Error(`${databaseName} has another name in its entity`);
  const own = Array.isArray(transformer) ? undefined : transformer;
  if (transformer && !own) throw new Error(`${databaseName} has more than one transformer`);
  const given = own && {
    read: (value: unknown): unknown => own.from(value) as unknown,
    write: (value: unknown): unknown => own.to(value) as unknown,
  };
  const isComparable = type !== "simple-json";
  return { property: propertyName, name: databaseName, isComparable, ...form, ...given };
}

function stored({ write }: MappedColumn, value: unknown): SqlValue {
  if (value === undefined || value === null) return null;
  return (write ? (write as (value: unknown) => unknown)(value) : value) as SqlValue;
}

/** Most lists are empty. */
function parsed(text: string): unknown {
  return text === "[]" ? [] : JSON.parse(text);
}
