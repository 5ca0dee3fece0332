import { inviteCustomer } from "../../src/invitations";
import { expiredInvitations } from "../../src/invitations/expire-invitations.processor";
import { dueRowsJob } from "../../src/jobs/due-rows";
import { openScheduler } from "./open-scheduler";
import { SERVER_WAITS } from "../../src/database/waits";
import { makeGate } from "../database/gate";
import { anInvitation, aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { until } from "../webhooks/webhook-test-context";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext({ waits: SERVER_WAITS });
});
afterAll(() => testContext.close());

it("what is due of an organization is done, and its writes go on, while another one in the same batch is locked", async () => {
  testContext.clock.now = "2026-03-01T12:00:00.000Z";
  const [one, locked] = [await aPartner(testContext), await aPartner(testContext)];
  const due = await anInvitation(testContext, one, { expiresInDays: 1 });
  await anInvitation(testContext, locked, { expiresInDays: 1 });
  testContext.clock.now = "2026-03-05T12:00:00.000Z";
  const [isLocked, released] = [makeGate(), makeGate()];
  const holding = testContext.system.transaction(async (tx) => {
    await tx.rows("SELECT * FROM organization_head WHERE organizationId = ? FOR UPDATE", [locked.partner.id]);
    isLocked.open();
    await released.passed;
  });
  await isLocked.passed;
  const jobScheduler = openScheduler(testContext, [dueRowsJob(expiredInvitations)], {
    intervals: { expireInvitations: 50 },
  });
  jobScheduler.start();
  try {
    await until(
      async () => (await testContext.count("invitation", `id = '${due.id}' AND status = 'EXPIRED'`)) === 1,
    );
    await inviteCustomer(testContext.as(one.actor), { recipientEmail: "someone@shop.example" });
  } finally {
    released.open();
    await holding;
    await jobScheduler.close();
  }
}, 90_000);
