import { Timekeeper } from "../../src/server/timekeeper";
import { inviteCustomer } from "../../src/invitations";
import { SERVER_WAITS } from "../../src/database/waits";
import { makeGate } from "../database/gate";
import { anInvitation, aPartner } from "../support/builders";
import { type House, openHouse } from "../support/house";
import { until } from "../webhooks/post-office";

let house: House;
beforeAll(async () => {
  house = await openHouse({ waits: SERVER_WAITS });
});
afterAll(() => house.close());

it("what is due of an organization is done, and its writes go on, while another one in the same batch is locked", async () => {
  house.clock.now = "2026-03-01T12:00:00.000Z";
  const [one, locked] = [await aPartner(house), await aPartner(house)];
  const due = await anInvitation(house, one, { expiresInDays: 1 });
  await anInvitation(house, locked, { expiresInDays: 1 });
  house.clock.now = "2026-03-05T12:00:00.000Z";
  const [isLocked, released] = [makeGate(), makeGate()];
  const holding = house.system.transaction(async (tx) => {
    await tx.rows("SELECT * FROM organization_head WHERE organizationId = ? FOR UPDATE", [locked.partner.id]);
    isLocked.open();
    await released.passed;
  });
  await isLocked.passed;
  const timekeeper = new Timekeeper(house.services, 50);
  timekeeper.start();
  try {
    await until(
      async () => (await house.count("invitation", `id = '${due.id}' AND status = 'EXPIRED'`)) === 1,
    );
    await inviteCustomer(house.as(one.actor), { recipientEmail: "someone@shop.example" });
  } finally {
    released.open();
    await holding;
    await timekeeper.close();
  }
}, 90_000);
