import { tenantIdCheck } from "../../src/database/tenant-ids.check";
import { migrate } from "../../src/database/migrate";
import type { Finding } from "../../src/database/consistency-check";
import type { Database } from "../../src/database/database";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { appliedMigrations, connectOnly, quiet } from "./unmigrated-database";

let storage: TestDatabase;
let database: Database;
beforeAll(async () => {
  storage = await makeTestDatabase();
  database = await connectOnly(storage);
});
afterAll(async () => {
  await database.close();
  await storage.drop();
});

const guid = (last: number) => `6f1c2a54-0c1c-4f0e-9a53-5f4f6d0f7a1${last}`;

/** Organizations as 0.1.0 stored them: id, tenant id, cloud. */
const PARTNERS = [
  ["p1", guid(1), "PUBLIC"],
  ["p2", guid(2).toUpperCase(), "PUBLIC"],
  ["p3", `{${guid(1)}}`, "PUBLIC"],
  ["p4", "Org_ABC", "PUBLIC"],
  ["p5", `{${guid(5).toUpperCase()}}`, "PUBLIC"],
  ["p6", guid(5).toUpperCase(), "CHINA"],
] as const;
const CUSTOMERS = [
  ["c1", guid(7).toUpperCase(), "PUBLIC"],
  ["c2", guid(7).toUpperCase(), "CHINA"],
  ["c3", guid(8), "PUBLIC"],
  ["c4", guid(8).toUpperCase(), "PUBLIC"],
  ["c5", guid(2).toUpperCase(), "PUBLIC"],
] as const;

async function write(): Promise<void> {
  const at = "2026-11-20T00:00:00.000Z";
  for (const [id, tenantId, cloud] of PARTNERS)
    await database.schemaSource.query(
      "INSERT INTO partner (id, tenantId, name, programmeRole, country, cloud, domain, createdAt, updatedAt, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
      [id, tenantId, id, "DIRECT_BILL", "US", cloud, `${id}.example`, at, at],
    );
  for (const [id, tenantId, cloud] of CUSTOMERS)
    await database.schemaSource.query(
      "INSERT INTO customer (id, tenantId, companyName, domain, country, cloud, createdAt, updatedAt, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
      [id, tenantId, id, `${id}.example`, "US", cloud, at, at],
    );
}

const tenantIds = async () =>
  Object.fromEntries(
    (
      await database.schemaSource.query<{ id: string; tenantId: string }[]>(
        "SELECT id, tenantId FROM partner UNION ALL SELECT id, tenantId FROM customer",
      )
    ).map(({ id, tenantId }) => [id, tenantId]),
  );

it("an upgrade gives tenant ids one spelling, merges nothing, and names those that two organizations would share", async () => {
  const { schemaSource } = database;
  await migrate(schemaSource, quiet.onProgress);
  while ((await appliedMigrations(database)).length > 1)
    await schemaSource.undoLastMigration({ transaction: "each" });
  await write();
  const told: string[] = [];
  await migrate(schemaSource, (message) => void told.push(message));

  expect(await tenantIds()).toEqual({
    p1: guid(1),
    p2: guid(2),
    p3: `{${guid(1)}}`,
    p4: "Org_ABC",
    p5: guid(5),
    p6: guid(5).toUpperCase(),
    c1: guid(7),
    c2: guid(7),
    c3: guid(8),
    c4: guid(8).toUpperCase(),
    c5: guid(2).toUpperCase(),
  });
  const left = ["c4", "c5", "p3", "p6"];
  expect(told).toEqual(left.map((id) => expect.stringContaining(` ${id}: its tenantId is `) as string));

  const findings: Finding[] = [];
  await database.read(async (reads) => {
    for await (const batch of tenantIdCheck.run(reads)) findings.push(...batch.findings);
  });
  expect(findings.map(({ id }) => id)).toEqual(left);
});
