import type { EntityTarget, ObjectLiteral } from "typeorm";
import type { Connection, DatabaseFamily } from "./connection";
import type { EntityMaps } from "./entity-map";
import { name, Sql, sql, type SqlValue } from "./sql";

/**
 * Reading, on one connection. A repository is handed one and never finds a connection by itself, so a read inside a
 * transaction sees that transaction's writes and a read outside sees only committed rows.
 */
export class Reads {
  constructor(
    protected readonly connection: Connection,
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

  /** Whole rows of one table: `from` begins with FROM and that table. */
  async all<Row extends ObjectLiteral>(entity: EntityTarget<Row>, from: Sql): Promise<Row[]> {
    const map = this.maps.of(entity);
    const rows = await this.connection.list<Record<string, unknown>>(
      `${map.select} ${from.text}`,
      from.values,
    );
    return rows.map((row) => map.read(row));
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
    const row = await this.one(entity, from);
    if (!row) throw new Error(`${this.maps.of(entity).table} lacks a row that must be there`);
    return row;
  }

  /** The first whole rows of two tables that `from` joins, with one statement; throws where there are none. */
  async getBoth<One extends ObjectLiteral, Other extends ObjectLiteral>(
    one: EntityTarget<One>,
    other: EntityTarget<Other>,
    from: Sql,
  ): Promise<[One, Other]> {
    const [first, second] = [this.maps.of(one), this.maps.of(other)];
    const columns = `${first.columnsAs("one_")}, ${second.columnsAs("other_")}`;
    const text = `SELECT ${columns} ${from.text}`;
    const [row] = await this.connection.rows<Record<string, unknown>>(text, from.values);
    if (!row) throw new Error(`${first.table} or ${second.table} lacks a row that must be there`);
    return [first.readAs("one_", row), second.readAs("other_", row)];
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

  /** The same for a select of many rows whose columns have names of their own; costs less for them. */
  list<Row>(select: Sql): Promise<Row[]> {
    return this.connection.list(select.text, select.values);
  }
}
