import type { MysqlAddress, SqliteAddress } from "../../src/database/data-sources";
import { Database } from "../../src/database/database";
import { migrate } from "../../src/database/migrate";
import { compareSchemas } from "../../src/database/schema/compare-schemas";
import type { FoundSchema } from "../../src/database/schema/found-schema";
import { mysqlSchema } from "../../src/database/schema/mysql-schema";
import type { NeededTable } from "../../src/database/schema/needed-schema";
import { sqliteSchema } from "../../src/database/schema/sqlite-schema";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { restoreDatabase } from "./database-dump";
import { fixtureFiles, releasesWithFixture } from "./release-fixture";

const reader = testDatabase === "sqlite" ? sqliteSchema : mysqlSchema;

/** Tables that hold no rows of the program: what is done to the schema is written into them. */
const BOOKKEEPING = ["migration_lease", "schema_migration", "sqlite_sequence"];

/** The schema of a release as its program needs it: every table, column, index and trigger that it made. */
function neededBy({ tables, triggers = [] }: FoundSchema): NeededTable[] {
  return [...tables]
    .filter(([name]) => !BOOKKEEPING.includes(name))
    .map(([name, { columns, indexes }]) => ({
      name,
      columns: [...columns.values()].map(({ name: column, declared, nullable }) => {
        const [, type = "", length] = /^(\w+)(?:\((\d+)\))?/.exec(declared) ?? [];
        const isText = type === "varchar";
        return { name: column, type, nullable, ...(isText && { length: Number(length) }) };
      }),
      primaryKey: indexes.find(({ isPrimaryKey }) => isPrimaryKey)?.columns ?? [],
      indexes: indexes
        .filter(({ isPrimaryKey }) => !isPrimaryKey)
        .map((index) => ({ name: index.name, columns: index.columns, unique: index.unique })),
      triggers: triggers
        .filter(({ table }) => table === name)
        .map(({ name: trigger, firesOn }) => ({
          name: trigger,
          event: firesOn.endsWith("UPDATE") ? "UPDATE" : "DELETE",
          says: "append-only",
        })),
    }));
}

describe.each(releasesWithFixture())(
  "the schema of this version, made from that of release %s",
  (release) => {
    let storage: TestDatabase;
    let database: Database;
    let needed: NeededTable[];
    beforeAll(async () => {
      storage = await makeTestDatabase();
      await restoreDatabase(fixtureFiles(release, testDatabase).dump, storage.address);
      const address = { flavour: "mariadb", ...storage.address } as MysqlAddress | SqliteAddress;
      database = await Database.open({ address });
      needed = neededBy(await reader.read(database.schemaSource));
      await migrate(database.schemaSource, () => undefined);
    });
    afterAll(async () => {
      await database.close();
      await storage.drop();
    });

    const differences = async () => compareSchemas(needed, await reader.read(database.schemaSource), reader);

    it("has everything that a server of that release reads and writes, so that one that still runs works on", async () => {
      expect(needed.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["invitation", "event", "activity_record", "webhook_endpoint"]),
      );
      expect(needed.find(({ name }) => name === "activity_record")?.triggers).toHaveLength(2);
      expect(await differences()).toEqual([]);
    });

    it("would be found to lack a column that was taken away, and to want a value that nobody gives", async () => {
      const source = database.schemaSource;
      await source.query("ALTER TABLE organization_head RENAME COLUMN lastHash TO newestHash");
      expect((await differences()).sort()).toEqual([
        expect.stringMatching(/^column organization_head.lastHash is missing/),
        expect.stringMatching(/^column organization_head.newestHash is unknown and needs a value/),
      ]);
    });
  },
);
