import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Database } from "../../src/database/database";
import { migrate } from "../../src/database/migrate";
import { openDatabase } from "../../src/database/open-database";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { appliedMigrations, connectOnly, quiet } from "./unmigrated-database";

let storage: TestDatabase;
let database: Database;

const query = <Row>(sql: string, parameters: unknown[] = []) =>
  database.schemaSource.query<Row[]>(sql, parameters);
const applied = () => appliedMigrations(database);
const schemaDifferences = async () =>
  (await database.schemaSource.driver.createSchemaBuilder().log()).upQueries.map((one) => one.query);

/** Every table in the database, sorted. */
async function tableNames(): Promise<string[]> {
  const ofSqlite = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  const ofMysql = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()";
  const rows = await query<{ name: string }>(database.family === "sqlite" ? ofSqlite : ofMysql);
  return rows.map(({ name }) => name).sort();
}

beforeEach(async () => {
  storage = await makeTestDatabase();
  database = await connectOnly(storage);
});
afterEach(async () => {
  await database.close();
  await storage.drop();
});

describe("the migrations", () => {
  it("make exactly what the entities say", async () => {
    await migrate(database.schemaSource, quiet.onProgress);
    expect(await schemaDifferences()).toEqual([]);
    expect(await applied()).toEqual(database.schemaSource.migrations.map(({ name }) => name));
  });

  it("can be taken back and made again, and leave no table behind when taken back", async () => {
    const { schemaSource } = database;
    await migrate(schemaSource, quiet.onProgress);
    while ((await applied()).length > 0) await schemaSource.undoLastMigration({ transaction: "each" });
    expect(await tableNames()).toEqual(["migration_lease", "schema_migration"]);

    await migrate(schemaSource, quiet.onProgress);
    expect(await schemaDifferences()).toEqual([]);
  });

  it("change nothing when they are all there already", async () => {
    await migrate(database.schemaSource, quiet.onProgress);
    const statements: string[] = [];
    const second = await openDatabase(storage.address, {
      ...quiet,
      onStatement: (sql) => void statements.push(sql),
    });
    await second.close();
    // The one that finds out whether anything can be written finds no row.
    const writing = statements.filter((sql) => /^\s*(create|alter|drop|insert|update|delete)/i.test(sql));
    expect(writing.filter((sql) => !sql.endsWith("WHERE id = 0"))).toEqual([]);
  });

  it("run once when three nodes start at the same time, and every node starts", async () => {
    const script = join(__dirname, "migrating-node.ts");
    const options = ["-r", "@swc-node/register", script, JSON.stringify(storage.address)];
    const start = () => promisify(execFile)(process.execPath, options, { cwd: join(__dirname, "../..") });
    const nodes = await Promise.all([start(), start(), start()]);
    expect(nodes.map(({ stdout }) => stdout).sort()).toEqual(["0", "0", "1"]);
    expect(await applied()).toHaveLength(database.schemaSource.migrations.length);
    expect(await schemaDifferences()).toEqual([]);
  });
});

describe("the comparison of schemas", () => {
  const statementsOf = async (compareSchema: boolean) => {
    const statements: string[] = [];
    const onStatement = (sql: string) => void statements.push(sql);
    const opened = await openDatabase(storage.address, { ...quiet, compareSchema, onStatement });
    await opened.close();
    return statements.length;
  };

  it("costs a start three statements on SQLite and four on MariaDB, and a worker that comes later none", async () => {
    await migrate(database.schemaSource, quiet.onProgress);
    const cost = (await statementsOf(true)) - (await statementsOf(false));
    expect(cost).toBe(testDatabase === "sqlite" ? 3 : 4);
  });
});

describe("the lease of a node that migrates", () => {
  const leave = async (expiresAt: number) => {
    await query(
      "CREATE TABLE migration_lease (id integer PRIMARY KEY, holder varchar(40) NOT NULL, expiresAt bigint NOT NULL)",
    );
    await query("INSERT INTO migration_lease (id, holder, expiresAt) VALUES (1, 'another-node', ?)", [
      expiresAt,
    ]);
  };

  it("is taken over at once when it has run out, because its holder died", async () => {
    await leave(Date.now() - 1);
    const progress: string[] = [];
    await migrate(database.schemaSource, (message) => progress.push(message));
    expect(await schemaDifferences()).toEqual([]);
    expect(progress).toEqual([]);
    expect(await query("SELECT holder FROM migration_lease")).toEqual([{ holder: "" }]);
  });

  it("is waited for while it lasts, and the operator is told why", async () => {
    const until = Date.now() + 3_000;
    await leave(until);
    const progress: string[] = [];
    await migrate(database.schemaSource, (message) => progress.push(message));
    expect(Date.now()).toBeGreaterThan(until);
    expect(progress).toEqual([expect.stringContaining("another node is migrating")]);
    expect(await schemaDifferences()).toEqual([]);
  });

  it("is given back also when a migration fails", async () => {
    const written = jest.spyOn(console, "log").mockImplementation(() => undefined); // TypeORM writes there.
    await query(
      "CREATE TABLE migration_lease (id integer PRIMARY KEY, holder varchar(40) NOT NULL, expiresAt bigint NOT NULL)",
    );
    // The first migration is recorded, and what it made is not there.
    await query(
      "CREATE TABLE schema_migration (id integer PRIMARY KEY, timestamp bigint NOT NULL, name varchar(255) NOT NULL)",
    );
    await query("INSERT INTO schema_migration VALUES (1, 1795250000000, 'Initial1795250000000')");
    await expect(migrate(database.schemaSource, quiet.onProgress)).rejects.toThrow(/activity_record/);
    written.mockRestore();
    expect(await query("SELECT holder FROM migration_lease")).toEqual([{ holder: "" }]);
  });
});

it("the TypeORM command line lists the migrations by ormconfig.ts", async () => {
  await migrate(database.schemaSource, quiet.onProgress);
  const cli = join(__dirname, "../../node_modules/typeorm/cli.js");
  const options = ["-r", "@swc-node/register", cli, "migration:show", "-d", "ormconfig.ts"];
  const environment = { ...process.env, ...storage.environment };
  const { stdout } = await promisify(execFile)(process.execPath, options, {
    cwd: join(__dirname, "../.."),
    env: environment,
  });
  const listed = [...stdout.matchAll(/\[X\] (?:\d+ )?(\w+)/g)].map(([, name]) => name);
  expect(listed).toEqual(database.schemaSource.migrations.map(({ name }) => name));
});

if (testDatabase === "mariadb") {
  it("on MariaDB a first migration that broke off half way is completed by the next node", async () => {
    await migrate(database.schemaSource, quiet.onProgress);
    for (const table of ["idempotency_record", "event"]) await query(`DROP TABLE ${table}`);
    await query("DELETE FROM schema_migration");
    await migrate(database.schemaSource, quiet.onProgress);
    expect(await schemaDifferences()).toEqual([]);
  });

  it("on MariaDB every text column compares byte by byte, as SQLite does", async () => {
    await migrate(database.schemaSource, quiet.onProgress);
    const loose = await query(
      `SELECT table_name, column_name, collation_name FROM information_schema.columns
       WHERE table_schema = DATABASE() AND collation_name IS NOT NULL AND collation_name <> 'utf8mb4_bin'
       AND table_name NOT IN ('schema_migration', 'migration_lease')`,
    );
    expect(loose).toEqual([]);
  });
}
