import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { type DatabaseAddress, openDatabase } from "../../src/database/open-database";

/*
 * What a database holds when all migrations have run on it, made once per test worker and then copied: to migrate takes a
 * MariaDB ten times as long. This file is loaded once per worker, like the program (see runtime.js).
 */

const silent = { onProgress: () => undefined };

let sqliteTemplate: Promise<Buffer> | undefined;
let mysqlTemplate: Promise<string[]> | undefined;

/** Writes a migrated SQLite database to a file that is not there yet. The template is made in `folder`. */
export async function copySqliteTemplate(file: string, folder: string): Promise<void> {
  sqliteTemplate ??= migrateSqlite(join(folder, "template.sqlite"));
  writeFileSync(file, await sqliteTemplate);
}

async function migrateSqlite(file: string): Promise<Buffer> {
  const database = await openDatabase({ family: "sqlite", file }, silent);
  await database.close(); // Moves what is in the write-ahead log into the file.
  return readFileSync(file);
}

/** Makes the tables, triggers and rows of a migrated database in an empty one. The first time, that one is migrated itself. */
export async function copyMysqlTemplate(address: DatabaseAddress & { family: "mysql" }): Promise<void> {
  if (!mysqlTemplate) {
    mysqlTemplate = migrateMysql(address);
    await mysqlTemplate;
    return;
  }
  await withConnection(address.url, async (connection) => {
    await connection.query((await mysqlTemplate)?.join(";\n") ?? "");
  });
}

async function migrateMysql(address: DatabaseAddress & { family: "mysql" }): Promise<string[]> {
  const database = await openDatabase(address, silent);
  await database.close();
  return withConnection(address.url, statementsOf);
}

async function withConnection<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

/** The statements that make what a database holds: tables, then rows, then triggers, which could refuse the rows. */
async function statementsOf(connection: Connection): Promise<string[]> {
  const ask = async (sql: string) => (await connection.query<RowDataPacket[]>(sql))[0];
  const tables = (await ask("SHOW TABLES")).map((row) => String(Object.values(row)[0]));
  const made: string[] = [];
  const filled: string[] = [];
  for (const table of tables) {
    made.push(String((await ask(`SHOW CREATE TABLE ${table}`))[0]?.["Create Table"]));
    for (const row of await ask(`SELECT * FROM ${table}`))
      filled.push(connection.format(`INSERT INTO ${table} SET ?`, [row]));
  }
  const triggers: string[] = [];
  for (const { Trigger } of await ask("SHOW TRIGGERS"))
    triggers.push(
      String((await ask(`SHOW CREATE TRIGGER ${String(Trigger)}`))[0]?.["SQL Original Statement"]),
    );
  return ["SET foreign_key_checks = 0", ...made, ...filled, ...triggers];
}
