import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "../../src/database/database";
import { migrate, SchemaRefused } from "../../src/database/migrate";
import { FileRefused } from "../../src/errors/file-refused";
import { DatabaseUnavailable, openDatabase } from "../../src/database/open-database";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { makeDevelopmentBuild } from "../upgrade/development-build";
import { appliedMigrations, connectOnly, quiet } from "./unmigrated-database";

let storage: TestDatabase;
let database: Database;

const query = <Row>(sql: string, parameters: unknown[] = []) =>
  database.schemaSource.query<Row[]>(sql, parameters);
const applied = () => appliedMigrations(database);

beforeEach(async () => {
  storage = await makeTestDatabase();
  database = await connectOnly(storage);
});
afterEach(async () => {
  await database.close();
  await storage.drop();
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

describe("a database whose record of migrations is lost", () => {
  const LOST =
    /has Partnergraph's tables, but the table schema_migration.*Restore a backup \(npx partnergraph restore FILE\)/;
  beforeEach(async () => {
    await migrate(database.schemaSource, quiet.onProgress);
  });

  it("is refused with the way out, at a start and by a command, and is not touched", async () => {
    await query("DROP TABLE schema_migration");
    for (const mustExist of [false, true]) {
      const opening = openDatabase(storage.address, { ...quiet, mustExist });
      await expect(opening).rejects.toThrow(SchemaRefused);
      await expect(opening).rejects.toThrow(LOST);
    }
    await expect(query("SELECT * FROM schema_migration")).rejects.toThrow(/schema_migration/);
  });

  it("is refused also when the record is empty, where a migration leaves everything or nothing", async () => {
    await query("DELETE FROM schema_migration");
    const opening = openDatabase(storage.address, quiet);
    if (testDatabase === "sqlite") await expect(opening).rejects.toThrow(LOST);
    // What a first migration made before it broke off on MySQL is made again.
    else await expect(opening.then((opened) => opened.close())).resolves.toBeUndefined();
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

describe("a database that cannot be used", () => {
  it("is named in one line, without a password", async () => {
    const away = openDatabase(
      testDatabase === "sqlite"
        ? { family: "sqlite", file: "/dev/null/no/such/folder.sqlite" }
        : { family: "mysql", url: "mysql://someone:secret@127.0.0.1:1/nowhere", poolSize: 1 },
      quiet,
    );
    const line = /^The (?:database .* cannot be used|data folder .* cannot be made): [^\n]+$/;
    await expect(away).rejects.toThrow(testDatabase === "sqlite" ? FileRefused : DatabaseUnavailable);
    await expect(away).rejects.toThrow(line);
    await expect(away).rejects.not.toThrow(/secret/);
  });
});
