import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { logOf } from "./activity";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

it("the database refuses to change and to remove a record of the activity log", async () => {
  const { partner } = await aPartner(testContext);
  const before = await logOf(testContext, partner.id);
  expect(before.length).toBeGreaterThan(0);
  for (const statement of [
    "UPDATE activity_record SET actorName = 'X'",
    `UPDATE activity_record SET oldValues = NULL WHERE organizationId = '${partner.id}' AND sequence = 1`,
    `DELETE FROM activity_record WHERE organizationId = '${partner.id}' AND sequence = 1`,
    "DELETE FROM activity_record",
  ])
    await expect(testContext.database.schemaSource.query(statement)).rejects.toThrow("append-only");
  expect(await logOf(testContext, partner.id)).toEqual(before);
});
