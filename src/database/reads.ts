import type { EntityManager, EntityTarget, ObjectLiteral, SelectQueryBuilder } from "typeorm";

/** Which SQL the database speaks. */
export type DatabaseFamily = "sqlite" | "mysql";

/** What SQL parameters may be. */
export type SqlValue = string | number | boolean | null;

/**
 * Reading, on one connection. A repository is handed one and never finds a connection by itself, so a read inside a
 * transaction sees that transaction's writes and a read outside sees only committed rows.
 */
export class Reads {
  constructor(
    protected readonly manager: EntityManager,
    readonly family: DatabaseFamily,
  ) {}

  /** Starts a select of whole rows of one table. */
  from<Row extends ObjectLiteral>(entity: EntityTarget<Row>, alias: string): SelectQueryBuilder<Row> {
    return this.manager.createQueryBuilder(entity, alias);
  }

  /** Runs one statement with `?` placeholders and gives its rows as the driver has them. */
  rows<Row>(sql: string, parameters: SqlValue[] = []): Promise<Row[]> {
    return this.manager.query<Row[]>(sql, parameters);
  }
}
