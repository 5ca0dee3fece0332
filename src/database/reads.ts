import type { EntityTarget, ObjectLiteral } from "typeorm";
import type { DatabaseFamily, Statements } from "./connection";
import type { EntityMaps } from "./entity-map";
import type { FindRows, Where } from "./find-options";
import type { FindLock } from "./find-statements";
import type { Columns } from "./projections";
import { name, Sql, sql, type SqlValue } from "./sql";

/** Whatever can read committed rows. */
export interface ReadAccess {
  read<T>(work: (reads: Reads) => Promise<T>): Promise<T>;
}

/**
 * Reading, on one connection. A repository is handed one and never finds a connection by itself, so a read inside a
 * transaction sees that transaction's writes and a read outside sees only committed rows.
 */
export class Reads {
  constructor(
    protected readonly connection: Statements,
    protected readonly maps: EntityMaps,
  ) {}

  /** Which SQL the database speaks. */
  get family(): DatabaseFamily {
    return this.connection.family;
  }

  /** The name of an entity's table. */
  tableOf(entity: EntityTarget<ObjectLiteral>): Sql {
    return name(this.maps.of(entity).table);
  }

  /** The whole rows that find options name. */
  find<Row extends ObjectLiteral>(entity: EntityTarget<Row>, options: FindRows<Row>): Promise<Row[]> {
    return this.found(entity, options);
  }

  /** The first whole row that find options name, or null; without an order, for a condition that one row meets at most. */
  async findOne<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    options: FindRows<Row>,
  ): Promise<Row | null> {
    const [row] = await this.found(entity, options);
    return row ?? null;
  }

  /** The row that a condition names; throws where there must be one and is none. */
  async getOne<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: Where<Row>): Promise<Row> {
    return this.present(entity, await this.findOne(entity, { where }));
  }

  /** How many rows meet a condition. */
  countWhere<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: Where<Row>): Promise<number> {
    return this.count(sql`FROM ${this.tableOf(entity)} WHERE ${this.condition(entity, where)}`);
  }

  /** A condition as SQL, to narrow what begins with `FROM` and the entity's table. */
  condition<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: Where<Row>): Sql {
    return this.maps.finding(entity).condition(where);
  }

  /** Rows that find options name, locked where a lock is given; only `Writes` gives one. */
  protected async found<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    options: FindRows<Row>,
    lock?: FindLock,
  ): Promise<Row[]> {
    const { text, values } = this.maps.finding(entity).select(options, lock);
    const map = this.maps.of(entity);
    const rows = await this.connection.rows<Record<string, unknown>>(text, values);
    for (const row of rows) map.read(row);
    return rows as Row[];
  }

  /** Whole rows of one table: `from` begins with FROM and that table. */
  all<Row extends ObjectLiteral>(entity: EntityTarget<Row>, from: Sql): Promise<Row[]> {
    return this.some(entity, undefined, from) as Promise<Row[]>;
  }

  /** The same, of each row no more than these columns where they are named. */
  async some<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    columns: Columns | undefined,
    from: Sql,
  ): Promise<Partial<Row>[]> {
    const map = this.maps.of(entity);
    const reading = map.reading(columns);
    const rows = await this.connection.rows<Record<string, unknown>>(
      `${reading.select} ${from.text}`,
      from.values,
    );
    for (const row of rows) map.read(row, reading);
    return rows as Partial<Row>[];
  }

  /** The first whole row, or null. */
  async one<Row extends ObjectLiteral>(entity: EntityTarget<Row>, from: Sql): Promise<Row | null> {
    const map = this.maps.of(entity);
    const [row] = await this.connection.rows<Record<string, unknown>>(
      `${map.select} ${from.text}`,
      from.values,
    );
    return row ? map.read(row) : null;
  }

  /** The first whole row; throws where there must be one and is none. */
  async get<Row extends ObjectLiteral>(entity: EntityTarget<Row>, from: Sql): Promise<Row> {
    return this.present(entity, await this.one(entity, from));
  }

  /** A row that must be there; throws for null. */
  protected present<Row extends ObjectLiteral>(entity: EntityTarget<Row>, row: Row | null): Row {
    if (!row) throw new Error(`${this.maps.of(entity).table} lacks a row that must be there`);
    return row;
  }

  /**
   * Whole rows of several tables that `from` joins, each with its own name, with one statement: an entity's row, or null
   * where an outer join found none.
   */
  async joined<Rows extends Record<string, ObjectLiteral>>(
    entities: { [Name in keyof Rows]: EntityTarget<Rows[Name]> },
    from: Sql,
  ): Promise<{ [Name in keyof Rows]: Rows[Name] | null }[]> {
    const maps = Object.entries<EntityTarget<ObjectLiteral>>(entities).map(
      ([name, entity]) => [name, this.maps.of(entity)] as const,
    );
    const columns = maps.map(([name, map]) => map.columnsAs(`${name}_`)).join(", ");
    const rows = await this.connection.rows<Record<string, unknown>>(
      `SELECT ${columns} ${from.text}`,
      from.values,
    );
    const each = (row: Record<string, unknown>) =>
      Object.fromEntries(maps.map(([name, map]) => [name, map.readAs(`${name}_`, row)]));
    return rows.map(each) as { [Name in keyof Rows]: Rows[Name] | null }[];
  }

  /** How many rows there are. */
  async count(from: Sql): Promise<number> {
    const [row] = await this.rows<{ n: number | string }>(sql`SELECT COUNT(*) AS n ${from}`);
    return Number(row?.n);
  }

  /** Runs one statement, written with `sql` or with `?` placeholders, and gives its rows as the driver has them. */
  rows<Row>(statement: Sql | string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    if (statement instanceof Sql) return this.connection.rows(statement.text, statement.values);
    return this.connection.rows(statement, parameters);
  }
}
