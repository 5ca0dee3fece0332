import type { DueRow, DueRows } from "../../src/jobs/due-rows";
import { expiredInvitations } from "../../src/invitations/expire-invitations.processor";
import { endedTerms } from "../../src/subscriptions/end-terms.processor";
import {
  aCustomer,
  anInvitation,
  anOffer,
  aPartner,
  aRelationship,
  aSubscription,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

// A file of its own: an EXPLAIN leaves libsql's reading connection where it was, blind to later commits.

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
  const seller = await aPartner(testContext);
  const { id: offerId } = await anOffer(testContext);
  const { customer } = await aCustomer(testContext);
  await aRelationship(testContext, seller.partner, customer);
  for (let at = 0; at < 60; at++) {
    testContext.clock.now = new Date(Date.UTC(2026, 0, 1 + at)).toISOString();
    await anInvitation(testContext, seller);
    await aSubscription(testContext, seller, customer, { offerId });
  }
  const isSqlite = testContext.database.family === "sqlite";
  await testContext.database.schemaSource.query(
    isSqlite ? "ANALYZE" : "ANALYZE TABLE invitation, subscription",
  );
});
afterAll(() => testContext.close());

const [NOW, FIRST] = ["2027-01-03T00:00:00.000Z", "2027-01-02T00:00:00.000Z"];
const AFTER: DueRow = { dueAt: FIRST, id: "x" };

/** How the database finds the rows of the statement that a look at what is due sends. */
async function planOf(work: DueRows, after: DueRow | undefined, values: readonly string[]): Promise<string> {
  const before = testContext.statements.length;
  await testContext.database.read((reads) => work.find(reads, NOW, after, 50));
  const [sql = ""] = testContext.statements.slice(before);
  const isSqlite = testContext.database.family === "sqlite";
  const rows = await testContext.database.read((reads) =>
    reads.rows<Record<string, unknown>>(`EXPLAIN ${isSqlite ? "QUERY PLAN " : ""}${sql}`, [...values]),
  );
  return rows
    .map((row) => (isSqlite ? row.detail : `${String(row.type)} ${String(row.key)} ${String(row.Extra)}`))
    .join("; ");
}

it.each([
  ["subscriptions", endedTerms, "subscription_by_due_at_id", []],
  ["invitations", expiredInvitations, "invitation_by_status_expires_at_id", ["PENDING"]],
])(
  "due %s are one range of an index, also from a later place: no scan and nothing to sort",
  async (...row) => {
    const [, work, index, first] = row;
    for (const [after, values] of [
      [undefined, [...first, NOW]],
      [AFTER, [...first, NOW, FIRST, FIRST, AFTER.id]],
    ] as const) {
      const plan = await planOf(work, after, values);
      expect(plan).toMatch(
        testContext.database.family === "sqlite" ? /^SEARCH .* USING (COVERING )?INDEX/ : /^(range|ref) /,
      );
      expect(plan).toContain(index);
      expect(plan).not.toMatch(/SCAN|\bALL\b|filesort|TEMP B-TREE/);
    }
  },
);
