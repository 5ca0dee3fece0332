import { User } from "../../entities/identity/user";
import { Customer } from "../../entities/customers/customer";
import { ActivityOutcome, ActivityResource } from "../../entities/activity/activity-record";
import { listActivity } from "../../src/activity/list-activity";
import { newId } from "../../src/values/ids";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

/** A few thousand records in several logs, so that an optimizer has something to choose. */
async function manyRecords(): Promise<Awaited<ReturnType<typeof aPartner>>> {
  const partners = [await aPartner(testContext), await aPartner(testContext), await aPartner(testContext)];
  for (let at = 0; at < 30; at++) {
    testContext.clock.now = `2026-04-${String(1 + at).padStart(2, "0")}T08:00:00.000Z`;
    for (const { actor } of partners)
      await testContext.as(actor).transaction(
        async (tx) => {
          for (let more = 0; more < 20; more++) {
            const customerId = newId(Customer);
            const named = { resourceType: ActivityResource.CUSTOMER, resourceId: customerId, customerId };
            tx.recordRefusedAttempt({ errorCode: "X", ...named });
          }
          return Promise.resolve();
        },
        { operation: `operation${at}` },
      );
  }
  await testContext.database.schemaSource.query(
    testContext.database.family === "sqlite" ? "ANALYZE" : "ANALYZE TABLE activity_record",
  );
  return partners[1];
}

/** How the database finds the rows of the statement that a list sends. */
async function planOf(work: () => Promise<unknown>, values: (string | number)[]): Promise<string> {
  testContext.statements.length = 0;
  await work();
  const [sql = ""] = testContext.statements;
  const isSqlite = testContext.database.family === "sqlite";
  const rows = await testContext.database.read((reads) =>
    reads.rows<Record<string, unknown>>(`EXPLAIN ${isSqlite ? "QUERY PLAN " : ""}${sql}`, values),
  );
  return rows
    .map((row) => (isSqlite ? row.detail : `${String(row.type)} ${String(row.key)} ${String(row.Extra)}`))
    .join("; ");
}

it("every filter of the activity log is one range of an index: no scan of the table and nothing to sort", async () => {
  const { partner, actor } = await manyRecords();
  const ctx = testContext.as(actor);
  const from = "2026-04-20T00:00:00.000Z";
  const [customerId, userId] = [newId(Customer), newId(User)];
  const filters: [filter: object, values: string[], index: string][] = [
    [{}, [], "occurred_at"],
    [{ to: "2026-04-25T00:00:00.000Z" }, ["2026-04-25T00:00:00.000Z"], "occurred_at"],
    [{ customerId }, [customerId], "customer_id"],
    [{ userId }, [userId], "actor_id"],
    [{ resourceType: ActivityResource.USER }, ["USER"], "resource_type"],
    [{ operation: "operation25" }, ["operation25"], "operation"],
    [{ outcome: ActivityOutcome.SUCCEEDED }, ["SUCCEEDED"], "outcome"],
  ];
  for (const [filter, values, index] of filters) {
    const plan = await planOf(
      () => listActivity(ctx, { from, first: 50, ...filter }),
      [partner.id, from, ...values],
    );
    const used = testContext.database.family === "sqlite" ? "^SEARCH .* USING INDEX" : "^(range|ref)";
    expect([filter, plan]).toEqual([
      filter,
      expect.stringMatching(new RegExp(`${used} activity_by_${index}\\b`)),
    ]);
    expect([filter, plan]).toEqual([filter, expect.not.stringMatching(/SCAN|\bALL\b|filesort|TEMP B-TREE/)]);
  }
});
