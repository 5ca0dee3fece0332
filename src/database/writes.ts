import { isDeepStrictEqual } from "node:util";
import type { EntityTarget, FindOptionsWhere, ObjectLiteral } from "typeorm";
import type { Instant } from "../values/instant";
import { generalErrors } from "../errors/general.errors";
import type { Statements } from "./connection";
import type { EntityMaps } from "./entity-map";
import type { FindRows, Where } from "./find-options";
import { Reads } from "./reads";
import { Sql, sql, type SqlValue } from "./sql";

/** A row that counts its changes. */
export interface VersionedRow extends ObjectLiteral {
  id: string;
  version: number;
  updatedAt: Instant;
}

/** Writing, in one transaction. Nothing else in the program can change a row. */
export class Writes extends Reads {
  constructor(
    connection: Statements,
    maps: EntityMaps,
    readonly now: Instant,
  ) {
    super(connection, maps);
  }

  /**
   * Makes a select lock the rows it finds until the end of the transaction. On SQLite nothing is needed: there is
   * one writer at a time.
   */
  locked(select: Sql): Sql {
    return this.family === "mysql" ? sql`${select} FOR UPDATE` : select;
  }

  /** Makes a select lock the rows it finds, as `locked` does, and pass over those that somebody else has locked. */
  lockedIfFree(select: Sql): Sql {
    return this.family === "mysql" ? sql`${select} FOR UPDATE SKIP LOCKED` : select;
  }

  /** The whole rows that find options name, locked until the end of the transaction. */
  findLocked<Row extends ObjectLiteral>(entity: EntityTarget<Row>, options: FindRows<Row>): Promise<Row[]> {
    return this.found(entity, options, this.family === "mysql" ? { mode: "pessimistic_write" } : undefined);
  }

  /** The first of them, locked as `findLocked` does, or null. */
  async findOneLocked<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    options: FindRows<Row>,
  ): Promise<Row | null> {
    const [row] = await this.findLocked(entity, options);
    return row ?? null;
  }

  /** The row that a condition names, locked as `findLocked` does; throws where there must be one and is none. */
  async getOneLocked<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: Where<Row>): Promise<Row> {
    return this.present(entity, await this.findOneLocked(entity, { where }));
  }

  /** Inserts one row whole and gives it back. */
  async insert<Row extends ObjectLiteral>(entity: EntityTarget<Row>, row: Row): Promise<Row> {
    await this.insertAll(entity, [row]);
    return row;
  }

  /** Inserts rows whole, with one statement. */
  async insertAll<Row extends ObjectLiteral>(entity: EntityTarget<Row>, rows: Row[]): Promise<void> {
    await this.write(this.maps.of(entity).insertion(rows));
    for (const row of rows) this.rowChanged(entity, null, row);
  }

  /**
   * Changes a row that was read, on the condition that nobody changed it since; gives the row as it is then. What is so
   * already is not written again: it would be, in every index it is in. Where everything is so already nothing is written, the
   * version stays, and `onChange` is not called: it is for the event that tells of the change.
   * @throws STALE_VERSION somebody changed it
   */
  async update<Row extends VersionedRow>(
    entity: EntityTarget<Row>,
    row: Row,
    changes: Partial<Row>,
    onChange?: (row: Row) => void | Promise<void>,
  ): Promise<Row> {
    const changed = Object.entries(changes).filter(
      ([column, value]) => !isDeepStrictEqual(row[column], value),
    );
    if (changed.length === 0) return row;
    await this.replace(entity, row, Object.fromEntries(changed) as Partial<Row>);
    await onChange?.(row);
    return row;
  }

  /**
   * Counts a change of what belongs to a row that was read but stands elsewhere, on the condition that nobody changed the row since;
   * gives the row as it is then.
   * @throws STALE_VERSION somebody changed it
   */
  async countChange<Row extends VersionedRow>(entity: EntityTarget<Row>, row: Row): Promise<Row> {
    await this.replace(entity, row, {});
    return row;
  }

  /**
   * Changes the rows that a condition names, without counting it in their version, and tells how many there were: for
   * what the program notes by itself, and for writes that hold only while the condition does.
   */
  async change<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    changes: Partial<Row>,
    condition: Sql,
  ): Promise<number> {
    return this.write(sql`${this.maps.of(entity).update(changes)}${condition}`);
  }

  /** Changes the rows that meet a typed condition, as `change` does. What is undefined in `changes` is left alone. */
  updateWhere<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    changes: Partial<Row>,
    where: Where<Row>,
  ): Promise<number> {
    return this.change(entity, changes, this.condition(entity, where));
  }

  /** Deletes the rows that meet a condition and tells how many there were. */
  deleteWhere<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: Where<Row>): Promise<number> {
    return this.write(sql`DELETE FROM ${this.tableOf(entity)} WHERE ${this.condition(entity, where)}`);
  }

  /** Runs one writing statement, written with `sql` or with `?` placeholders. */
  async execute(statement: Sql | string, parameters: readonly SqlValue[] = []): Promise<void> {
    await this.write(statement instanceof Sql ? statement : new Sql(statement, parameters));
  }

  private async replace<Row extends VersionedRow>(
    entity: EntityTarget<Row>,
    row: Row,
    changes: Partial<Row>,
  ): Promise<void> {
    const { id, version } = row;
    const next = { ...changes, version: version + 1, updatedAt: this.now } as Partial<Row>;
    const asRead = { id, version } as FindOptionsWhere<Row>;
    if ((await this.updateWhere(entity, next, asRead)) !== 1) {
      const now = await this.findOne(entity, { where: { id } as FindOptionsWhere<Row> });
      throw staleVersion(now?.version ?? version);
    }
    const before = { ...row };
    this.rowChanged(entity, before, Object.assign(row, next));
  }

  private write({ text, values }: Sql): Promise<number> {
    return this.connection.change(text, values);
  }

  /** Called with each row that is inserted or changed with its version; the next layer overrides it. */
  protected rowChanged(_entity: EntityTarget<ObjectLiteral>, _before: object | null, _after: object): void {
    // Nothing here needs to know.
  }
}

/**
 * Lets a change go on only if the caller read the row as it is now.
 * @throws FIELD_INVALID no row ever has this version: the first one is 1
 * @throws STALE_VERSION with the version it has
 */
export function ensureVersion(row: { version: number }, expectedVersion: number | null | undefined): void {
  if (expectedVersion === undefined || expectedVersion === null || expectedVersion === row.version) return;
  if (expectedVersion < 1)
    throw generalErrors.FIELD_INVALID(
      `expectedVersion must be at least 1; it is ${expectedVersion}. Give the \`version\` that you read, or leave it out.`,
      { field: "expectedVersion", details: { minimum: 1 } },
    );
  throw staleVersion(row.version);
}

function staleVersion(currentVersion: number) {
  return generalErrors.STALE_VERSION(
    `It changed since you read it: its version is ${currentVersion} now. Read it again and repeat.`,
    { field: "expectedVersion", details: { currentVersion } },
  );
}
