import { readFileSync } from "node:fs";
import { join } from "node:path";
import libsql from "libsql";
import type { TestDatabase } from "../support/test-database";
import { runStatements } from "./database-dump";

/** As TypeORM makes it: the database numbers the rows. SQLite does so with every integer that is a primary key. */
const recordOf = (numbering: "" | "AUTO_INCREMENT") => [
  `CREATE TABLE IF NOT EXISTS schema_migration (id integer ${numbering} PRIMARY KEY, timestamp bigint NOT NULL, name varchar(255) NOT NULL)`,
  "INSERT INTO schema_migration (id, timestamp, name) VALUES (1, 1795250000000, 'Initial1795250000000')",
  "CREATE TABLE IF NOT EXISTS migration_lease (id integer PRIMARY KEY, holder varchar(40) NOT NULL, expiresAt bigint NOT NULL)",
  "INSERT INTO migration_lease (id, holder, expiresAt) VALUES (1, '', 0)",
];

/**
 * Makes an empty database what the build of the commit before b1e27b8 made of it: its first migration had the name that
 * it has today, and made other tables. The statements are those of that commit.
 */
export async function makeDevelopmentBuild({ address }: TestDatabase): Promise<void> {
  const file = join(__dirname, "development-builds", `before-b1e27b8.${address.family}.sql`);
  const statements = readFileSync(file, "utf8").trim().split(/;\n/);
  if (address.family === "mysql")
    return runStatements(address.url, [...statements, ...recordOf("AUTO_INCREMENT")]);
  const database = new libsql(address.file);
  database.exec([...statements, ...recordOf("")].join(";\n"));
  database.close();
}
