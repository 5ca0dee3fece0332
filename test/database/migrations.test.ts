import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type MysqlAddress, type SqliteAddress } from "../../ormconfig";
import { Database } from "../../src/database/database";
import { migrate, SchemaRefused } from "../../src/database/migrate";
import { DatabaseUnavailable, openDatabase } from "../../src/database/open-database";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { makeDevelopmentBuild } from "../upgrade/development-build";

let storage: TestDatabase;
let database: Database;

const quiet = { onProgress: () => undefined };

/** Connects without migrating. */
function connectOnly(): Promise<Database> {
  const address = { flavour: "mariadb", ...storage.address } as MysqlAddress | SqliteAddress;
  return Database.open({ address });
}

const query = <Row>(sql: string, parameters: unknown[] = []) =>
  database.schemaSource.query<Row[]>(sql, parameters);
const applied = async () =>
  (await query<{ name: string }>("SELECT name FROM schema_migration")).map(({ name }) => name);
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
  database = await connectOnly();
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
    expect(statements.filter((sql) => /^\s*(create|alter|drop|insert|update|delete)/i.test(sql))).toEqual([]);
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

describe("a database that something else has tables in", () => {
  it("is refused, and is not touched", async () => {
    await query("CREATE TABLE customer (name varchar(20))");
    const opening = openDatabase(storage.address, quiet);
    await expect(opening).rejects.toThrow(SchemaRefused);
    await expect(opening).rejects.toThrow(/table customer that Partnergraph did not make/);
    await expect(query("SELECT * FROM migration_lease")).rejects.toThrow(/migration_lease/);
  });
});

describe("a database that a newer version upgraded", () => {
  const record = (name: string) =>
    query("INSERT INTO schema_migration (timestamp, name) VALUES (?, ?)", [Number(name.slice(-13)), name]);
  const openAndClose = async () => {
    const progress: string[] = [];
    const opened = await openDatabase(storage.address, { onProgress: (message) => progress.push(message) });
    await opened.close();
    return progress;
  };
  beforeEach(async () => {
    await migrate(database.schemaSource, quiet.onProgress);
  });

  it("by adding to it is worked with, and the operator is told", async () => {
    await query("ALTER TABLE customer ADD COLUMN nickname varchar(20)");
    await query("CREATE TABLE bill (id varchar(40) PRIMARY KEY)");
    await record("Billing2000000000000");
    expect(await openAndClose()).toEqual([
      expect.stringMatching(/newer version.*Billing2000000000000.*still/),
    ]);
    expect(await applied()).toContain("Billing2000000000000");
  });

  it("by taking away what this version needs is refused, with the newer version's migration", async () => {
    await query("ALTER TABLE customer RENAME COLUMN domain TO domainName");
    await record("Domains2000000000000");
    await expect(openAndClose()).rejects.toThrow(SchemaRefused);
    await expect(openAndClose()).rejects.toThrow(
      /customer\.domain is missing[^]*newer version.*Domains2000000000000.*start that version, or restore/,
    );
  });

  it("by a migration that says that it breaks older versions is refused, and is not touched", async () => {
    await record("BreakingMoney2000000000000");
    await expect(openAndClose()).rejects.toThrow(SchemaRefused);
    await expect(openAndClose()).rejects.toThrow(/newer version of Partnergraph.*BreakingMoney2000000000000/);
    expect(await applied()).toContain("BreakingMoney2000000000000");
  });

  it("is refused also while migrations of ours are pending", async () => {
    await query("DELETE FROM schema_migration");
    await record("Billing2000000000000");
    await expect(openAndClose()).rejects.toThrow("Billing2000000000000");
    expect(await applied()).toEqual(["Billing2000000000000"]);
  });
});

describe("a database that a development build made", () => {
  it("with a migration that no release has is refused, with the way out", async () => {
    await migrate(database.schemaSource, quiet.onProgress);
    await query(
      "INSERT INTO schema_migration (timestamp, name) VALUES (1795000000000, 'Draft1795000000000')",
    );
    await expect(openDatabase(storage.address, quiet)).rejects.toThrow(
      /no release has \(Draft1795000000000\).*Set DATA_DIR.*or DATABASE_URL/,
    );
  });

  it("before the first migration was what it is now is refused, with what is missing and the way out", async () => {
    await makeDevelopmentBuild(storage);
    const opening = openDatabase(storage.address, quiet);
    await expect(opening).rejects.toThrow(SchemaRefused);
    await expect(opening).rejects.toThrow(
      /column webhook_endpoint\.customerId is missing: varchar\(40\), may be null/,
    );
    await expect(opening).rejects.toThrow(/before release 0\.1\.0 made this database.*empty database/);
  });

  it("is repaired by the statements that the operator's guide has", async () => {
    await migrate(database.schemaSource, quiet.onProgress);
    await query("ALTER TABLE webhook_endpoint DROP COLUMN customerId");
    await expect(openDatabase(storage.address, quiet)).rejects.toThrow(
      /webhook_endpoint\.customerId is missing/,
    );
    const guide = readFileSync(join(__dirname, "../../docs/operating.md"), "utf8");
    const [statement = ""] = /^ALTER TABLE webhook_endpoint .*$/m.exec(guide) ?? [];
    await query(
      testDatabase === "sqlite" ? statement.replace(/ CHARACTER SET \w+ COLLATE \w+/, "") : statement,
    );
    await (await openDatabase(storage.address, quiet)).close();
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
    const until = Date.now() + 700;
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
    await query("CREATE TABLE customer (id integer)");
    await expect(migrate(database.schemaSource, quiet.onProgress)).rejects.toThrow(/customer|invitation/);
    written.mockRestore();
    expect(await query("SELECT holder FROM migration_lease")).toEqual([{ holder: "" }]);
  });
});

describe("a database that cannot be used", () => {
  it("is named in one line, without a password", async () => {
    const away = openDatabase(
      testDatabase === "sqlite"
        ? { family: "sqlite", file: "/dev/null/no/such/folder.sqlite" }
        : { family: "mysql", url: "mysql://someone:secret@127.0.0.1:1/nowhere", poolSize: 1 },
      quiet,
    );
    await expect(away).rejects.toThrow(DatabaseUnavailable);
    await expect(away).rejects.toThrow(/^The database .* cannot be used: [^\n]+$/);
    await expect(away).rejects.not.toThrow(/secret/);
  });
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
