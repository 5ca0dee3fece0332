import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import libsql from "libsql";
import { connect, type DataSources, makeDataSources } from "../../src/database/data-sources";
import { migrate } from "../../src/database/migrate";
import { schemaDifferences } from "../../src/database/schema/refuse-other-schema";
import { sqliteSchema } from "../../src/database/schema/sqlite-schema";
import { expectExactly } from "./exact-schema";

let folder: string;
let made: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "partnergraph-schema-"));
  await withSource("migrated", async ({ writer }) => {
    await migrate(writer, () => undefined);
    expectExactly(writer, await sqliteSchema.read(writer));
    const rows = await writer.query<{ sql: string }[]>(
      "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    );
    made = rows.map(({ sql }) => sql);
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withSource<T>(name: string, work: (sources: DataSources) => Promise<T>): Promise<T> {
  const sources = makeDataSources({ family: "sqlite", file: join(folder, `${name}.sqlite`) });
  await connect(sources);
  try {
    return await work(sources);
  } finally {
    await Promise.all([sources.writer.destroy(), sources.reader.destroy()]);
  }
}

let databases = 0;

/** What is found wrong with a database that the migrations made, had their statements been a little different. */
async function differencesAfter(change: (statements: string[]) => string[]): Promise<string[]> {
  const name = `changed-${++databases}`;
  const database = new libsql(join(folder, `${name}.sqlite`));
  database.exec(["BEGIN", ...change(made), "COMMIT"].join(";\n"));
  database.close();
  return withSource(name, ({ writer }) => schemaDifferences(writer));
}

/** The statement about something, with a part of it replaced; fails when that part is not there. */
const replacing = (about: string, part: string | RegExp, by: string) => (statements: string[]) =>
  statements.map((sql) => {
    if (!sql.startsWith(about)) return sql;
    const changed = sql.replace(part, by);
    if (changed === sql) throw new Error(`${about} has no ${String(part)}`);
    return changed;
  });
const without = (about: string) => (statements: string[]) => {
  const rest = statements.filter((sql) => !sql.includes(about));
  if (rest.length === statements.length) throw new Error(`there is no ${about}`);
  return rest;
};
const adding =
  (...more: string[]) =>
  (statements: string[]) => [...statements, ...more];

const CUSTOMER = 'CREATE TABLE "customer"';

describe("a SQLite database", () => {
  it("that the migrations made is what the program needs", async () => {
    expect(await differencesAfter((same) => same)).toEqual([]);
  });

  it.each([
    ["a table missing", without('"idempotency_record"'), "table idempotency_record is missing"],
    [
      "a column missing",
      replacing('CREATE TABLE "webhook_endpoint"', '"customerId" varchar(40), ', ""),
      "column webhook_endpoint.customerId is missing: varchar(40), may be null",
    ],
    [
      "numbers where text must be, which would change it",
      replacing(CUSTOMER, '"country" varchar(2)', '"country" integer'),
      "column customer.country is integer, and must be varchar(2)",
    ],
    [
      "a column that refuses null, where the program writes null",
      replacing('CREATE TABLE "invitation"', '"customerId" varchar(40)', '"customerId" varchar(40) NOT NULL'),
      "column invitation.customerId may not be null, and should be: may be null",
    ],
    [
      "a column that lets null in, where the program reads none",
      replacing(CUSTOMER, '"country" varchar(2) NOT NULL', '"country" varchar(2)'),
      "column customer.country may be null, and should be: may not be null",
    ],
    [
      "an unknown column that inserts would have to fill",
      replacing(CUSTOMER, '"cloud"', '"region" varchar(9) NOT NULL, "cloud"'),
      "column customer.region is unknown and needs a value, which inserts would not give",
    ],
    [
      "another primary key",
      replacing(
        'CREATE TABLE "event"',
        'PRIMARY KEY ("organizationId", "position")',
        'PRIMARY KEY ("position")',
      ),
      "the primary key of event is position, and must be organizationId, position",
    ],
    [
      "ids that compare without regard to case",
      replacing(
        'CREATE TABLE "api_key_secret"',
        '"hash" varchar(64) PRIMARY KEY',
        '"hash" varchar(64) COLLATE NOCASE PRIMARY KEY',
      ),
      "the primary key of api_key_secret compares by NOCASE, and must by BINARY",
    ],
    [
      "a unique index missing",
      without("customer_by_tenant_id_cloud"),
      "unique index customer_by_tenant_id_cloud on customer (tenantId, cloud) is missing",
    ],
    [
      "a unique index that lets the same twice",
      replacing('CREATE UNIQUE INDEX "customer_by_tenant_id_cloud"', "UNIQUE ", ""),
      "index customer_by_tenant_id_cloud on customer is on tenantId, cloud, and must be the unique index on tenantId, cloud",
    ],
    [
      "a unique index on part of the rows",
      replacing('CREATE UNIQUE INDEX "customer_by_tenant_id_cloud"', /$/, " WHERE cloud = 'PUBLIC'"),
      "index customer_by_tenant_id_cloud on customer is unique, in part, on tenantId, cloud, and must be the unique index on tenantId, cloud",
    ],
    [
      "an index missing that statements name",
      without('"event_by_organization_id_type_position"'),
      "index event_by_organization_id_type_position on event (organizationId, type, position) is missing",
    ],
    [
      "an index on other columns",
      replacing('CREATE INDEX "invitation_by_partner_id_id"', '"partnerId", "id"', '"id"'),
      "index invitation_by_partner_id_id on invitation is on id, and must be the index on partnerId, id",
    ],
    [
      "a unique index that refuses what the program writes",
      adding("CREATE UNIQUE INDEX one_name ON customer (companyName)"),
      "unique index one_name on customer (companyName) is unknown and would refuse rows",
    ],
    [
      "no trigger that keeps the activity log",
      without("activity_record_refuses_delete"),
      "trigger activity_record_refuses_delete on activity_record is missing",
    ],
    [
      "a trigger that does nothing",
      replacing('CREATE TRIGGER "activity_record_refuses_update"', /SELECT RAISE.*?;/, "SELECT 1;"),
      "trigger activity_record_refuses_update on activity_record does not refuse every UPDATE",
    ],
  ])("with %s is told apart", async (_what, change, difference) => {
    expect(await differencesAfter(change)).toEqual([difference]);
  });

  it("may have more: tables, columns that fill themselves, indexes, triggers, constraints less, other types of one kind", async () => {
    const changes = [
      adding(
        "CREATE TABLE reporting (id integer PRIMARY KEY, note text NOT NULL)",
        "ALTER TABLE customer ADD COLUMN note text",
        "ALTER TABLE customer ADD COLUMN rating integer NOT NULL DEFAULT 0",
        "CREATE INDEX customer_by_note ON customer (note)",
        "CREATE UNIQUE INDEX customer_by_note_once ON customer (companyName, note)",
        "CREATE UNIQUE INDEX customer_by_id_name ON customer (id, companyName)",
        "CREATE TRIGGER told AFTER INSERT ON customer BEGIN SELECT 1; END",
      ),
      replacing(CUSTOMER, '"companyName" varchar(200)', '"companyName" text'),
      replacing(CUSTOMER, '"version" integer', '"version" bigint'),
      replacing('CREATE TABLE "partnership"', /, CONSTRAINT.*\)/, ")"),
    ];
    expect(await differencesAfter((same) => changes.reduce((all, change) => change(all), same))).toEqual([]);
  });
});
