import { BoundedCache } from "../context/bounded-cache";
import {
  type Connection,
  failed,
  MAX_PREPARED_LENGTH,
  MAX_PREPARED_STATEMENTS,
  type StatementListener,
} from "./connection";
import type { SqlValue } from "./sql";

/** What is used of libsql: its calls are synchronous. */
export interface SqliteDriver {
  /** Whether the connection was not closed. */
  readonly open: boolean;
  /** Whether a transaction is open. Asked of a closed connection, libsql ends the process. */
  readonly inTransaction: boolean;
  prepare(text: string): SqliteStatement;
}

interface SqliteStatement {
  readonly reader: boolean;
  raw(): SqliteStatement;
  columns(): { name: string }[];
  all(values: unknown[]): unknown[];
  get(values: unknown[]): unknown;
  run(values: unknown[]): { changes: number };
}

/** A select that gives all its rows as one text. */
interface SelectStatement {
  statement: SqliteStatement;
  names: string[];
}

const KEPT_STATEMENTS = { maxEntries: MAX_PREPARED_STATEMENTS };

const SELECT = /^\s*(SELECT|WITH)\b/i;

/** A connection of embedded SQLite. */
export class SqliteConnection implements Connection {
  readonly family = "sqlite";
  private readonly statements = new BoundedCache<string, SqliteStatement>(KEPT_STATEMENTS);
  private readonly selects = new BoundedCache<string, SelectStatement>(KEPT_STATEMENTS);

  constructor(
    private readonly driver: SqliteDriver,
    private readonly onStatement?: StatementListener,
  ) {}

  /** Whether a transaction is open: the database's own word, whatever was heard of the statements that end one. */
  get isInTransaction(): boolean {
    return this.driver.open && this.driver.inTransaction;
  }

  /** Makes statements fail at once where another connection holds the lock that they need: SQLite itself waits synchronously. */
  failWhereLocked(): void {
    this.driver.prepare("PRAGMA busy_timeout = 0").all([]);
  }

  rows<Row>(text: string, values: readonly SqlValue[]): Promise<Row[]> {
    return this.run(text, values, () => {
      if (SELECT.test(text)) return this.selected<Row>(text, values);
      const statement = this.prepared(text);
      if (statement.reader) return statement.all(bound(values)) as Row[];
      statement.run(bound(values));
      return [];
    });
  }

  /** Crossing over from SQLite costs per value, so the rows come as one JSON text: a quarter of the time for many, less for one. */
  private selected<Row>(text: string, values: readonly SqlValue[]): Row[] {
    const { statement, names } = kept(this.selects, text, () => this.prepareSelect(text));
    const [json] = statement.get(bound(values)) as [string];
    return (JSON.parse(json) as unknown[][]).map((row) => rowOf(names, row)) as Row[];
  }

  change(text: string, values: readonly SqlValue[]): Promise<number> {
    return this.run(text, values, () => this.prepared(text).run(bound(values)).changes);
  }

  async control(text: string): Promise<void> {
    await this.change(text, []);
  }

  private async run<Result>(text: string, values: readonly SqlValue[], work: () => Result): Promise<Result> {
    this.onStatement?.(text, values);
    try {
      // Statements that are prepared already would still be carried out.
      if (!this.driver.open) throw new TypeError("The database connection is not open");
      return work();
    } catch (error) {
      throw failed(error as Error, text);
    }
  }

  private prepared(text: string): SqliteStatement {
    return kept(this.statements, text, () => this.driver.prepare(text));
  }

  private prepareSelect(text: string): SelectStatement {
    const names = this.driver
      .prepare(text)
      .columns()
      .map((column) => column.name);
    const places = names.map((_name, at) => `c${at}`).join(", ");
    // SQLite keeps the order of a subquery for this aggregate.
    const json = `WITH listed(${places}) AS (${text}) SELECT json_group_array(json_array(${places})) FROM listed`;
    return { statement: this.driver.prepare(json).raw(), names };
  }
}

function rowOf(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < names.length; at++) row[names[at]] = values[at];
  return row;
}

/** A bound boolean ends the whole process. */
function bound(values: readonly SqlValue[]): unknown[] {
  return values.map((value) => (typeof value === "boolean" ? Number(value) : value));
}

/** Long texts are rarely sent again. */
function kept<Statement>(
  cache: BoundedCache<string, Statement>,
  text: string,
  prepare: () => Statement,
): Statement {
  return text.length > MAX_PREPARED_LENGTH ? prepare() : cache.getOrMake(text, prepare);
}
