import { UserStatus } from "../../entities/identity/user";
import type { PartnerUserActor } from "../../src/access/actor";
import type { Permission } from "../../src/access/permissions";
import { replaceGrants } from "../../src/database/customer-grants";
import { createWebhookEndpoint, replayWebhook, retryWebhookDelivery } from "../../src/webhooks";
import { eventCursor } from "../../src/events/event-cursor";
import { aCustomer, aPartner, aPartnerUser, type PartnerWithUser } from "../support/builders";
import { refusalsOf } from "../support/refusals";
import { aReceiver, type Receiver, status } from "./receiver";
import { openWebhookTestContext, type WebhookTestContext } from "./webhook-test-context";

let webhookContext: WebhookTestContext;
const receivers: Receiver[] = [];
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
  await webhookContext.close();
});
afterEach(() => expect(webhookContext.errors).toEqual([]));

/** An endpoint whose creator may read events of one customer only, and what it takes to record events. */
interface LimitedEndpoint {
  owner: PartnerWithUser;
  holder: PartnerUserActor;
  id: string;
  receiver: Receiver;
  /** The customers that there can be grants for. */
  ann: string;
  bob: string;
  grant(customerIds: string[], minutes?: number): Promise<void>;
  tell(customerId: string, companyName: string): Promise<void>;
}

/** Somebody who may register endpoints, and read events only by grants. */
async function aHolder(owner: PartnerWithUser): Promise<PartnerUserActor> {
  const actor = await aPartnerUser(webhookContext.testContext, owner.partner, {});
  const permissions = new Set<Permission>([...actor.permissions, "webhook.create"]);
  return { ...actor, permissions, grantHolderId: actor.userId };
}

function grantsOn(holderId: string, customerIds: string[], minutes?: number): Promise<void> {
  const { testContext } = webhookContext;
  const until = minutes && new Date(Date.parse(testContext.clock.now) + minutes * 60_000).toISOString();
  const grants = customerIds.map((customerId) => ({
    ...{ holderId, customerId, permission: "event.read" as const },
    ...(until && { until }),
  }));
  return testContext.system.transaction((tx) => replaceGrants(tx, `source ${holderId.slice(-20)}`, grants));
}

async function aLimitedEndpoint(minutes?: number): Promise<LimitedEndpoint> {
  const { testContext } = webhookContext;
  const owner = await aPartner(testContext);
  const [ann, bob] = [(await aCustomer(testContext)).customer.id, (await aCustomer(testContext)).customer.id];
  const holder = await aHolder(owner);
  await grantsOn(holder.userId, [ann], minutes);
  const receiver = await aReceiver();
  receivers.push(receiver);
  const { endpoint } = await createWebhookEndpoint(testContext.as(holder), { url: receiver.url });
  const organizationId = owner.partner.id;
  return {
    ...{ owner, holder, id: endpoint.id, receiver, ann, bob },
    grant: (customerIds, until) => grantsOn(holder.userId, customerIds, until),
    tell: (customerId, companyName) =>
      testContext.system.transaction((tx) => {
        const payload = { customerId, partnerId: organizationId, companyName, domain: "d.example" };
        tx.record("customer.updated", payload);
        return Promise.resolve();
      }),
  };
}

const deliver = () => webhookContext.worker().catchUp();

describe("an endpoint of somebody who may read events of one customer only", () => {
  it("gets the events of that customer, and of no other one", async () => {
    const { tell, ann, bob, receiver } = await aLimitedEndpoint();
    await tell(bob, "bob 1");
    await tell(ann, "ann 1");
    await tell(bob, "bob 2");
    await deliver();
    expect(receiver.words()).toEqual(["ann 1"]);
  });

  it.each([
    ["is deleted", (one: LimitedEndpoint) => one.grant([])],
    ["has reached its end", () => Promise.resolve(webhookContext.wait(20 * 60_000))],
    ["is another customer's", (one: LimitedEndpoint) => one.grant([one.bob])],
  ])("gets nothing more of the customer from when its grant %s", async (_how, end) => {
    const one = await aLimitedEndpoint(10);
    await one.tell(one.ann, "before");
    await deliver();
    await end(one);
    await one.tell(one.ann, "after");
    await deliver();
    expect(one.receiver.words()).toEqual(["before"]);
  });

  it("is not tried again, replayed or repeated with what its grant no longer covers", async () => {
    const one = await aLimitedEndpoint();
    const { receiver, owner } = one;
    receiver.answer(status(500));
    await one.tell(one.ann, "failing");
    await deliver();
    expect(receiver.got).toHaveLength(1);
    receiver.answer(status(204));
    await one.grant([]);
    webhookContext.wait(3_600_000);
    await deliver();
    const admin = webhookContext.testContext.as(owner.actor);
    await replayWebhook(admin, { endpointId: one.id, after: eventCursor(owner.partner.id, 0) });
    await deliver();
    const [delivery] = await webhookContext.log(one.id);
    await retryWebhookDelivery(admin, { deliveryId: delivery?.id ?? "" });
    await deliver();
    expect(receiver.got).toHaveLength(1);
    const last = (await webhookContext.log(one.id)).at(-1);
    expect(last).toMatchObject({ outcome: "FAILED", error: "EVENT_FORGOTTEN" });
  });

  it("gets nothing more when its creator has been deactivated", async () => {
    const one = await aLimitedEndpoint();
    await webhookContext.testContext.system.transaction((tx) =>
      tx.execute("UPDATE user_account SET status = ? WHERE id = ?", [UserStatus.INACTIVE, one.holder.userId]),
    );
    await one.tell(one.ann, "after");
    await deliver();
    expect(one.receiver.got).toEqual([]);
  });

  it("is not registered without a grant, nor by one that has ended", async () => {
    const { testContext } = webhookContext;
    const holder = await aHolder(await aPartner(testContext));
    const register = () => createWebhookEndpoint(testContext.as(holder), { url: "http://127.0.0.1:9/x" });
    expect(await refusalsOf(register())).toMatchObject([{ code: "FORBIDDEN" }]);
    const { customer } = await aCustomer(testContext);
    await grantsOn(holder.userId, [customer.id], -1);
    expect(await refusalsOf(register())).toMatchObject([{ code: "FORBIDDEN" }]);
  });
});
