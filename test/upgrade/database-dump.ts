import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import libsql from "libsql";
import { type Connection, createConnection, escapeId } from "mysql2/promise";
import type { DatabaseAddress } from "../../src/database/open-database";

/** A dump is a gzipped SQLite file, or gzipped JSON with the statements that make a MariaDB database. */
const SMALLEST = { level: 9 };

/** Writes a whole database into one file. No server may have it open. */
export async function dumpDatabase(address: DatabaseAddress, to: string): Promise<void> {
  if (address.family === "sqlite") {
    const database = new libsql(address.file);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.exec("VACUUM");
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    writeFileSync(to, gzipSync(readFileSync(address.file), SMALLEST));
    return;
  }
  const connection = await createConnection({ uri: address.url, supportBigNumbers: true, dateStrings: true });
  try {
    writeFileSync(to, gzipSync(JSON.stringify(await statementsOf(connection), null, 1), SMALLEST));
  } finally {
    await connection.end();
  }
}

/** Makes an empty database what the dumped one was. */
export async function restoreDatabase(from: string, address: DatabaseAddress): Promise<void> {
  const dump = gunzipSync(readFileSync(from));
  if (address.family === "sqlite") return writeFileSync(address.file, dump);
  await runStatements(address.url, JSON.parse(dump.toString()) as string[]);
}

/** Runs statements one after the other on a connection of their own. */
export async function runStatements(url: string, statements: readonly string[]): Promise<void> {
  const connection = await createConnection(url);
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

async function statementsOf(connection: Connection): Promise<string[]> {
  const rows = async (sql: string) => (await connection.query(sql))[0] as Record<string, string>[];
  const tables = (await rows("SHOW TABLES")).map((row) => Object.values(row)[0] ?? "");
  const statements = ["SET FOREIGN_KEY_CHECKS = 0"];
  for (const table of tables) {
    const [created] = await rows(`SHOW CREATE TABLE ${escapeId(table)}`);
    statements.push(created?.["Create Table"] ?? "");
    const values = (await rows(`SELECT * FROM ${escapeId(table)}`)).map((row) => Object.values(row));
    if (values.length > 0)
      statements.push(connection.format(`INSERT INTO ${escapeId(table)} VALUES ?`, [values]));
  }
  for (const { Trigger: trigger = "" } of await rows("SHOW TRIGGERS")) {
    const [created] = await rows(`SHOW CREATE TRIGGER ${escapeId(trigger)}`);
    statements.push((created?.["SQL Original Statement"] ?? "").replace(/ DEFINER=\S+/, ""));
  }
  return statements;
}
