import { createConnection } from "mysql2/promise";
import { fillGrowth } from "../../bench/growth/fill";
import { kindOfId } from "../support/id-kinds";
import { recountRows } from "../../src/unit-of-work/recount-rows";
import { searchKey } from "../../src/values/search-key";
import type { EventType } from "../../src/events/event-map";
import { acceptInvitation } from "../../src/invitations";
import { createCustomer, updateCustomer } from "../../src/customers";
import { removeRelationship } from "../../src/relationships";
import { aCustomer, anInvitation, anOffer, aPartner, aSubscription } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

const CUSTOMERS = 300;

type Row = Record<string, string | number | null>;

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
  const connection = await createConnection(testContext.environment.DATABASE_URL);
  await fillGrowth(connection, CUSTOMERS);
  await connection.end();
}, 60_000);
afterAll(() => testContext.close());

const rows = (sql: string) => testContext.database.read((reads) => reads.rows<Row>(sql));

describe("the database of the bench of growth", () => {
  it("has the proportions that are asked for, and one partner with every customer", async () => {
    expect(await testContext.count("customer")).toBe(CUSTOMERS);
    expect(await testContext.count("reseller_relationship")).toBe(2 * CUSTOMERS);
    expect(await testContext.count("subscription")).toBe(3 * CUSTOMERS);
    expect(await testContext.count("event")).toBe(10 * CUSTOMERS);
    const [big] = await rows(
      "SELECT COUNT(*) AS n FROM reseller_relationship WHERE status = 'ACTIVE' GROUP BY partnerId ORDER BY n DESC",
    );
    expect(Number(big?.n)).toBe(CUSTOMERS);
  });

  it("has streams without a gap that end where their heads say, and counts that are those of the rows", async () => {
    const streams = await rows(
      `SELECT head.lastPosition AS last, COUNT(event.position) AS n, COALESCE(MIN(event.position), 1) AS low,
         COALESCE(MAX(event.position), 0) AS high
       FROM organization_head head LEFT JOIN event ON event.organizationId = head.organizationId
       GROUP BY head.organizationId, head.lastPosition`,
    );
    expect(streams).toHaveLength(CUSTOMERS + 11);
    for (const { last, n, low, high } of streams)
      expect([Number(n), Number(low), Number(high)]).toEqual([Number(last), 1, Number(last)]);
    for await (const { wrong } of recountRows(testContext.system)) expect(wrong).toEqual([]);
  });

  it("has rows such as the program itself writes", async () => {
    await itsOwnRows();
    for (const table of [
      "customer",
      "reseller_relationship",
      "subscription",
      "invitation",
      "organization_head",
    ]) {
      const [ours, theirs] = await bothKinds(table);
      for (const row of theirs) expect([table, formOf(row, ours)]).toEqual([table, {}]);
    }
    for (const type of [
      "relationship.established",
      "subscription.created",
      "customer.updated",
    ] satisfies EventType[]) {
      const told = await rows(`SELECT * FROM event WHERE type = '${type}'`);
      const [ours, theirs] = [
        told.filter((row) => row.requestId !== "growth"),
        told.filter((row) => row.requestId === "growth"),
      ];
      expect(theirs.length).toBeGreaterThan(CUSTOMERS);
      for (const row of theirs) {
        expect([type, formOf(row, ours)]).toEqual([type, {}]);
        expect([type, formOf(factsOf(row), ours.map(factsOf))]).toEqual([type, {}]);
      }
    }
    for (const { companyName, companyNameKey } of await rows("SELECT * FROM reseller_relationship"))
      expect(companyNameKey).toBe(searchKey(String(companyName)));
  });
});

/** What the program writes for a partner of its own. */
async function itsOwnRows(): Promise<void> {
  const seller = await aPartner(testContext);
  const ctx = testContext.as(seller.actor);
  for (const contactPhone of [null, "+1 425 555 0100"]) {
    const { customer, actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, seller);
    await acceptInvitation(testContext.as(actor), { token });
    await updateCustomer(ctx, {
      customerId: customer.id,
      contactEmail: `office@${customer.domain}`,
      contactPhone,
    });
    await aSubscription(testContext, seller, customer, { offerId: (await anOffer(testContext)).id });
  }
  const { customer } = await createCustomer(ctx, {
    companyName: "Own",
    domain: "own.example",
    country: "US",
    contactEmail: "a@own.example",
  });
  await removeRelationship(ctx, { relationshipId: customer.relationshipId ?? "" });
}

/** The rows that the program wrote, and those that were filled in: of organizations whose ids were made up. */
async function bothKinds(table: string): Promise<[ours: Row[], theirs: Row[]]> {
  const all = await rows(`SELECT * FROM ${table}`);
  const isTheirs = (row: Row) => String(row.id ?? row.organizationId).includes("_01k9");
  return [all.filter((row) => !isTheirs(row)), all.filter(isTheirs)];
}

const factsOf = (row: Row) => JSON.parse(String(row.facts)) as Row;

/** What of a row is in a form that none of the program's own rows has it in. */
function formOf(row: Row, known: Row[]): Row {
  const columns = new Set([...Object.keys(row), ...known.flatMap((one) => Object.keys(one))]);
  const strange = [...columns].filter((column) => {
    const forms = new Set(known.map((one) => form(one[column])));
    return !forms.has(form(row[column]));
  });
  return Object.fromEntries(strange.map((column) => [column, row[column] ?? null]));
}

function form(value: string | number | null | undefined): string {
  if (typeof value !== "string") return value === null ? "null" : typeof value;
  if (kindOfId(value)) return `id of a ${kindOfId(value)}`;
  if (/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(value)) return "instant";
  if (/^[[{]/.test(value)) return "JSON";
  return /^[A-Z_]+$/.test(value) ? "word" : "text";
}
