import libsql from "libsql";
import { createPool, type Pool } from "mysql2/promise";
import { join } from "node:path";
import type { SqlValue } from "../../src/database/sql";
import { POOL_SIZE } from "../environment";

/** Prepared statements with `?` placeholders, on one connection. */
export interface Run {
  rows<Row>(sql: string, parameters: SqlValue[]): Promise<Row[]>;
  /** Runs a writing statement and tells how many rows it changed. */
  change(sql: string, parameters: SqlValue[]): Promise<number>;
}

/** A database as a hand-written server uses it: no layer above the driver. */
export interface Sql extends Run {
  /** Added to a select that locks. */
  forUpdate: string;
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>;
}

/** Opens the database that the environment names, with the durability and isolation that our server has. */
export function openSql(environment = process.env): Sql {
  return environment.DATABASE_URL
    ? openMysql(environment.DATABASE_URL)
    : openSqlite(join(environment.DATA_DIR ?? "", "partnergraph.sqlite"));
}

function openMysql(url: string): Sql {
  const pool = createPool({ uri: url, connectionLimit: POOL_SIZE, timezone: "Z" });
  isolate(pool);
  const runOn = (connection: Pick<Pool, "execute">): Run => ({
    rows: async (sql, parameters) => (await connection.execute(sql, parameters))[0] as never,
    change: async (sql, parameters) =>
      ((await connection.execute(sql, parameters))[0] as { affectedRows: number }).affectedRows,
  });
  return {
    ...runOn(pool),
    forUpdate: " FOR UPDATE",
    transaction: async (work) => {
      const connection = await pool.getConnection();
      try {
        await connection.beginTransaction();
        const result = await work(runOn(connection));
        await connection.commit();
        return result;
      } catch (error) {
        await connection.rollback();
        throw error;
      } finally {
        connection.release();
      }
    },
  };
}

/** The pool hands out the connections of the callback API, whatever its types say. */
function isolate(pool: Pool): void {
  pool.on("connection", (connection) => {
    void connection.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  });
}

interface Statement {
  all(...parameters: SqlValue[]): unknown[];
  run(...parameters: SqlValue[]): { changes: number };
}

function openSqlite(file: string): Sql {
  const writer = sqliteConnection(file);
  writer.pragma("synchronous = FULL");
  const reader = sqliteConnection(file);
  let last: Promise<unknown> = Promise.resolve();
  const alone = async <T>(work: (run: Run) => Promise<T>): Promise<T> => {
    await writer.change("BEGIN IMMEDIATE", []);
    try {
      const result = await work(writer);
      await writer.change("COMMIT", []);
      return result;
    } catch (error) {
      await writer.change("ROLLBACK", []);
      throw error;
    }
  };
  return {
    rows: (sql, parameters) => reader.rows(sql, parameters),
    change: (sql, parameters) => writer.change(sql, parameters),
    forUpdate: "",
    transaction: (work) => {
      const result = last.then(() => alone(work));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

function sqliteConnection(file: string): Run & { pragma(text: string): void } {
  const database = new libsql(file);
  database.pragma("busy_timeout = 5000");
  const prepared = new Map<string, Statement>();
  const statement = (sql: string): Statement => {
    let found = prepared.get(sql);
    if (!found) prepared.set(sql, (found = database.prepare(sql) as unknown as Statement));
    return found;
  };
  return {
    pragma: (text) => void database.pragma(text),
    rows: async (sql, parameters) => statement(sql).all(...parameters) as never,
    change: async (sql, parameters) => statement(sql).run(...parameters).changes,
  };
}
