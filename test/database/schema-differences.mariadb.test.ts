import {
  connect,
  type DataSources,
  makeDataSources,
  type MysqlAddress,
} from "../../src/database/data-sources";
import { migrate } from "../../src/database/migrate";
import { mysqlSchema } from "../../src/database/schema/mysql-schema";
import { schemaDifferences } from "../../src/database/schema/refuse-other-schema";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { expectExactly } from "./exact-schema";

let storage: TestDatabase;
let sources: DataSources;
beforeAll(async () => {
  storage = await makeTestDatabase();
  sources = makeDataSources({ flavour: "mariadb", ...storage.address } as MysqlAddress);
  await connect(sources);
  await migrate(sources.writer, () => undefined);
});
afterAll(async () => {
  await sources.writer.destroy();
  await storage.drop();
});

const run = async (statements: readonly string[]) => {
  for (const statement of statements) await sources.writer.query(statement);
};

/** What is found wrong after some statements, which others take back. */
async function differencesAfter(change: string[], undo: string[]): Promise<string[]> {
  await run(change);
  try {
    return await schemaDifferences(sources.writer);
  } finally {
    await run(undo);
  }
}

const column = (table: string, definition: string) => `ALTER TABLE ${table} MODIFY COLUMN ${definition}`;
const BINARY = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
const REFUSES_DELETE =
  "CREATE TRIGGER activity_record_refuses_delete BEFORE DELETE ON activity_record FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the activity log is append-only'";

describe("a MariaDB database", () => {
  it("that the migrations made is what the program needs, and has no more", async () => {
    expect(await schemaDifferences(sources.writer)).toEqual([]);
    expectExactly(sources.writer, await mysqlSchema.read(sources.writer));
  });

  it.each([
    [
      "a table missing",
      ["RENAME TABLE idempotency_record TO gone"],
      ["RENAME TABLE gone TO idempotency_record"],
      "table idempotency_record is missing",
    ],
    [
      "a table without transactions",
      ["ALTER TABLE idempotency_record ENGINE = MyISAM"],
      ["ALTER TABLE idempotency_record ENGINE = InnoDB"],
      "idempotency_record is stored by MyISAM, and must be by InnoDB",
    ],
    [
      "a column missing",
      ["ALTER TABLE webhook_endpoint DROP COLUMN customerId"],
      [`ALTER TABLE webhook_endpoint ADD COLUMN customerId varchar(40) ${BINARY} NULL`],
      "column webhook_endpoint.customerId is missing: varchar(40), may be null",
    ],
    [
      "a narrower text",
      [column("webhook_endpoint", `url varchar(500) ${BINARY} NOT NULL`)],
      [column("webhook_endpoint", `url varchar(2000) ${BINARY} NOT NULL`)],
      "column webhook_endpoint.url is varchar(500), and must be varchar(2000)",
    ],
    [
      "a text where more must fit",
      [column("invitation", `bodyTemplate tinytext ${BINARY} NOT NULL`)],
      [column("invitation", `bodyTemplate text ${BINARY} NOT NULL`)],
      "column invitation.bodyTemplate is tinytext, and must be text",
    ],
    [
      "smaller numbers",
      [column("event", "position int NOT NULL")],
      [column("event", "position bigint NOT NULL")],
      "column event.position is int(11), and must be bigint",
    ],
    [
      "a column that refuses null, where the program writes null",
      [column("webhook_endpoint", `customerId varchar(40) ${BINARY} NOT NULL`)],
      [column("webhook_endpoint", `customerId varchar(40) ${BINARY} NULL`)],
      "column webhook_endpoint.customerId may not be null, and should be: may be null",
    ],
    [
      "text that compares without regard to case",
      [column("partner", "tenantId varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL")],
      [column("partner", `tenantId varchar(64) ${BINARY} NOT NULL`)],
      "column partner.tenantId compares by utf8mb4_unicode_ci, and must by utf8mb4_bin",
    ],
    [
      "an unknown column that inserts would have to fill",
      ["ALTER TABLE customer ADD COLUMN region varchar(9) NOT NULL"],
      ["ALTER TABLE customer DROP COLUMN region"],
      "column customer.region is unknown and needs a value, which inserts would not give",
    ],
    [
      "another primary key",
      ["ALTER TABLE idempotency_record DROP PRIMARY KEY, ADD PRIMARY KEY (id, operation)"],
      ["ALTER TABLE idempotency_record DROP PRIMARY KEY, ADD PRIMARY KEY (id)"],
      "the primary key of idempotency_record is id, operation, and must be id",
    ],
    [
      "a unique index missing",
      ["ALTER TABLE customer DROP INDEX customer_by_tenant_id_cloud"],
      ["ALTER TABLE customer ADD UNIQUE INDEX customer_by_tenant_id_cloud (tenantId, cloud)"],
      "unique index customer_by_tenant_id_cloud on customer (tenantId, cloud) is missing",
    ],
    [
      "a unique index on the beginnings of its columns",
      [
        "ALTER TABLE customer DROP INDEX customer_by_tenant_id_cloud, ADD UNIQUE INDEX customer_by_tenant_id_cloud (tenantId(8), cloud)",
      ],
      [
        "ALTER TABLE customer DROP INDEX customer_by_tenant_id_cloud, ADD UNIQUE INDEX customer_by_tenant_id_cloud (tenantId, cloud)",
      ],
      "index customer_by_tenant_id_cloud on customer is unique, in part, on tenantId, cloud, and must be the unique index on tenantId, cloud",
    ],
    [
      "a unique index that refuses what the program writes",
      ["CREATE UNIQUE INDEX one_name ON customer (companyName)"],
      ["DROP INDEX one_name ON customer"],
      "unique index one_name on customer (companyName) is unknown and would refuse rows",
    ],
    [
      "an index missing that statements name",
      ["DROP INDEX event_by_organization_id_type_position ON event"],
      ["CREATE INDEX event_by_organization_id_type_position ON event (organizationId, type, position)"],
      "index event_by_organization_id_type_position on event (organizationId, type, position) is missing",
    ],
    [
      "no trigger that keeps the activity log",
      ["DROP TRIGGER activity_record_refuses_delete"],
      [REFUSES_DELETE],
      "trigger activity_record_refuses_delete on activity_record is missing",
    ],
    [
      "a trigger that does nothing",
      [
        `CREATE OR REPLACE TRIGGER activity_record_refuses_delete BEFORE DELETE ON activity_record FOR EACH ROW SET @nothing = 1`,
      ],
      [REFUSES_DELETE.replace("CREATE", "CREATE OR REPLACE")],
      "trigger activity_record_refuses_delete on activity_record does not refuse every DELETE",
    ],
  ])("with %s is told apart", async (_what, change, undo, difference) => {
    expect(await differencesAfter(change, undo)).toEqual([difference]);
  });

  it("may have more: tables, columns that fill themselves, indexes, triggers, wider columns, other defaults", async () => {
    const change = [
      "ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci",
      "CREATE TABLE reporting (id int PRIMARY KEY, note text NOT NULL) ENGINE = MyISAM",
      "ALTER TABLE customer ADD COLUMN note varchar(20) NULL, ADD COLUMN rating int NOT NULL DEFAULT 0, ADD COLUMN upper_name varchar(200) AS (UPPER(companyName)) STORED",
      "CREATE INDEX customer_by_note ON customer (note(5))",
      "CREATE UNIQUE INDEX customer_by_note_once ON customer (companyName, note)",
      "CREATE UNIQUE INDEX customer_by_id_name ON customer (id, companyName)",
      "CREATE TRIGGER told AFTER INSERT ON customer FOR EACH ROW SET @nothing = 1",
      column("customer", `companyName varchar(400) ${BINARY} NOT NULL DEFAULT 'x'`),
      column("invitation", `bodyTemplate longtext ${BINARY} NOT NULL`),
      column("webhook_endpoint", `description text ${BINARY} NOT NULL`),
      column("webhook_endpoint", "attempt bigint(3) NOT NULL"),
      column("offer", "isTrial smallint(1) NOT NULL"),
      "ALTER TABLE partnership DROP FOREIGN KEY FK_260d49fa43d990a3b52b19e4f76",
    ];
    expect(await differencesAfter(change, [])).toEqual([]);
  });

  it("whose triggers the user may not see is not said to have none", async () => {
    const { url } = storage.address as MysqlAddress;
    const name = new URL(url).pathname.slice(1);
    await run([
      `CREATE USER '${name}'@'%' IDENTIFIED BY 'plain'`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.* TO '${name}'@'%'`,
    ]);
    const plain = makeDataSources({
      family: "mysql",
      flavour: "mariadb",
      url: `mysql://${name}:plain@${new URL(url).host}/${name}`,
      poolSize: 1,
    });
    await connect(plain);
    const { triggers } = await mysqlSchema.read(plain.writer);
    const differences = await schemaDifferences(plain.writer);
    await plain.writer.destroy();
    await run([`DROP USER '${name}'@'%'`]);
    expect((triggers ?? []).map(({ body }) => body)).toEqual([undefined, undefined, undefined]);
    expect(differences).toEqual([]);
  });
});
