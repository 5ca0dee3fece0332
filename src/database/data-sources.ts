import "reflect-metadata";
import { randomUUID } from "node:crypto";
import { closeSync, existsSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import libsql from "libsql";
import { DataSource, type Logger } from "typeorm";
import { allEntities } from "../../entities";
import {
  giveName,
  makeDatabaseFilePrivate,
  makePrivateFolder,
  PRIVATE_FILE_MODE,
} from "../config/private-files";
import { MAX_PREPARED_STATEMENTS, type StatementListener } from "./connection";
import { mysqlMigrations } from "./migrations/mysql";
import { sqliteMigrations } from "./migrations/sqlite";
import type { SqliteDriver } from "./sqlite-connection";

/** Where the embedded database is: a file's path. */
export interface SqliteAddress {
  family: "sqlite";
  file: string;
}

/** Where a MySQL or MariaDB server is, and how many connections to hold at most. */
export interface MysqlAddress {
  family: "mysql";
  /** `mysql://user:password@host:port/database` */
  url: string;
  /** What the server says it is: TypeORM compares schemas rightly only when told. */
  flavour: "mysql" | "mariadb";
  /** Whether the server is a node of a Galera cluster, which may apply what other nodes committed a moment later; false when absent. */
  isClusterNode?: boolean;
  poolSize: number;
}

/** The one connection that writes, and (on SQLite) the other one that only reads. */
export interface DataSources {
  writer: DataSource;
  reader: DataSource;
}

/** Less than a request may wait in all. */
const MAX_CONNECT_MS = 2_000;

interface SqliteConnection {
  pragma(text: string): void;
}

/** In milliseconds. A reader waits only where another process has locked the whole file or restores the log, and SQLite waits synchronously. */
const readerPragmas = (maxWaitMs: number) => [`busy_timeout = ${maxWaitMs}`, "query_only = 1"];

/**
 * Makes the data sources of a database, not yet connected. SQLite gets two connections to one file, because TypeORM
 * would otherwise let transactions of different requests run into each other; MySQL and MariaDB get one pool.
 */
export function makeDataSources(
  address: SqliteAddress | MysqlAddress,
  onStatement?: StatementListener,
): DataSources {
  const shared = {
    entities: allEntities,
    migrationsTableName: "schema_migration",
    ...statementLogging(onStatement),
  };
  if (address.family === "mysql") {
    const pool = new DataSource({
      ...shared,
      type: address.flavour,
      url: address.url,
      poolSize: address.poolSize,
      migrations: mysqlMigrations,
      charset: "utf8mb4_bin",
      timezone: "Z",
      connectTimeout: MAX_CONNECT_MS,
      extra: { maxPreparedStatements: MAX_PREPARED_STATEMENTS },
    });
    return { writer: pool, reader: pool };
  }
  makePrivateFolder(dirname(address.file));
  makeSqliteFile(address.file);
  makeDatabaseFilePrivate(address.file);
  const sqlite = (prepare: string[]) =>
    withLongTexts(
      new DataSource({
        ...shared,
        type: "better-sqlite3",
        driver: libsql,
        database: address.file,
        migrations: sqliteMigrations,
        prepareDatabase: (connection: SqliteConnection) => prepare.forEach((text) => connection.pragma(text)),
      }),
    );
  return {
    writer: sqlite(["journal_mode = WAL", "synchronous = FULL", "busy_timeout = 5000"]),
    reader: sqlite(readerPragmas(100)),
  };
}

/**
 * Makes a database without tables where there is no file, whole or not at all: so a file of 0 bytes is never one that was just
 * begun, but one whose content is lost.
 */
function makeSqliteFile(file: string): void {
  if (existsSync(file)) return;
  const partial = `${file}.${randomUUID().slice(0, 8)}.partial`;
  try {
    closeSync(openSync(partial, "wx", PRIVATE_FILE_MODE));
    const connection = new libsql(partial);
    connection.exec("VACUUM"); // Writes the header, as every statement that writes would.
    connection.close();
    giveName(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Entities name the type of MySQL and MariaDB for long texts, which TypeORM refuses for SQLite; SQLite's TEXT has no limit. */
function withLongTexts(source: DataSource): DataSource {
  const { driver } = source;
  const normalizeType = driver.normalizeType.bind(driver);
  driver.normalizeType = (column) => (column.type === "mediumtext" ? "text" : normalizeType(column));
  return source;
}

/** Connects; the caller closes what it connected, also where this throws. */
export async function connect({ reader, writer }: DataSources): Promise<void> {
  await writer.initialize();
  if (reader !== writer) await reader.initialize();
}

/** Closes what is connected of these. */
export async function closeSources({ reader, writer }: DataSources): Promise<void> {
  for (const source of new Set([writer, reader])) if (source.isInitialized) await source.destroy();
}

/** Opens one more connection to an embedded database, which can only read; the caller closes it. */
export function openSqliteReader(file: string): SqliteDriver & { close(): void } {
  const connection = new libsql(file);
  for (const text of readerPragmas(5_000)) connection.pragma(text);
  return connection;
}

/** Opens a database file of SQLite apart from the data sources, and makes it where there is none; the caller closes it. */
export function openSqliteFile(file: string): SqliteDriver & { close(): void } {
  return new libsql(file);
}

/**
 * Writes a database file with everything that is committed now, as one transaction sees it, also while others write.
 * @param file the database
 * @param target the path of the copy: an empty file, or none
 */
export function copySqliteInto(file: string, target: string): void {
  const connection = new libsql(file);
  try {
    connection.pragma("busy_timeout = 5000");
    connection.prepare("VACUUM INTO ?").run([target]);
  } finally {
    connection.close();
  }
}

/** Statements are handed on and never logged; errors are logged at the endpoint. */
function statementLogging(onStatement?: StatementListener): { logging: boolean; logger?: Logger } {
  if (!onStatement) return { logging: false };
  const ignore = () => undefined;
  return {
    logging: true,
    logger: {
      logQuery: (sql, parameters) => onStatement(sql, (parameters ?? []) as unknown[]),
      logQueryError: ignore,
      logQuerySlow: ignore,
      logSchemaBuild: ignore,
      logMigration: ignore,
      log: ignore,
    },
  };
}
