import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { updateCustomer } from "../../src/customers";
import { createUser, updateUser } from "../../src/identity";
import { editInvitation, inviteCustomer } from "../../src/invitations";
import { changeSubscription } from "../../src/subscriptions";
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  updateWebhookEndpoint,
} from "../../src/webhooks";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { aCustomer, aPartner, aRelationship, aSubscription } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

/* An update that changes nothing changes nothing: no version, no event, no activity record; and it gives the row. */

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const both = { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] };

/** A partner with something of each kind that can be updated. */
async function everything() {
  const seller = await aPartner(testContext, {}, both);
  const ctx = testContext.as(seller.actor);
  const { customer } = await aCustomer(testContext);
  await aRelationship(testContext, seller.partner, customer);
  const contact = { contactEmail: "kim@shop.example", contactFirstName: "Kim" };
  await updateCustomer(ctx, { customerId: customer.id, companyName: "Shop", ...contact });
  const subscription = await aSubscription(testContext, seller, customer);
  const { user } = await createUser(ctx, {
    email: "mia@office.example",
    displayName: "Mia",
    agentRoles: [AgentRole.SALES_AGENT, AgentRole.ADMIN_AGENT],
  });
  const { invitation } = await inviteCustomer(ctx, { recipientEmail: "boss@shop.example" });
  const words = {
    url: "https://hooks.example/a",
    description: "d",
    eventTypes: ["user.added", "invitation.sent"],
  };
  const { endpoint } = await createWebhookEndpoint(ctx, words);
  return { seller, ctx, customer, contact, subscription, user, invitation, words, endpoint };
}

type Everything = Awaited<ReturnType<typeof everything>>;
type Update = (all: Everything) => Promise<object>;

const UPDATES: [string, Update][] = [
  ["updateCustomer, empty", ({ ctx, customer }) => updateCustomer(ctx, { customerId: customer.id })],
  [
    "updateCustomer with what is so",
    ({ ctx, customer, contact }) =>
      updateCustomer(ctx, { customerId: customer.id, companyName: " Shop ", ...contact, contactPhone: null }),
  ],
  ["updateUser, empty", ({ ctx, user }) => updateUser(ctx, { userId: user.id })],
  [
    "updateUser with what is so",
    ({ ctx, user }) =>
      updateUser(ctx, {
        userId: user.id,
        displayName: "Mia",
        agentRoles: [AgentRole.ADMIN_AGENT, AgentRole.SALES_AGENT],
        adminRoles: [],
      }),
  ],
  ["editInvitation, empty", ({ ctx, invitation }) => editInvitation(ctx, { invitationId: invitation.id })],
  [
    "editInvitation with what is so",
    ({ ctx, invitation }) =>
      editInvitation(ctx, {
        invitationId: invitation.id,
        subject: invitation.subject,
        body: invitation.bodyTemplate,
      }),
  ],
  [
    "updateWebhookEndpoint, empty",
    ({ ctx, endpoint }) => updateWebhookEndpoint(ctx, { endpointId: endpoint.id }),
  ],
  [
    "updateWebhookEndpoint with what is so",
    ({ ctx, endpoint, words }) =>
      updateWebhookEndpoint(ctx, {
        endpointId: endpoint.id,
        ...words,
        eventTypes: [...words.eventTypes].reverse(),
        customerId: null,
      }),
  ],
  [
    "enableWebhookEndpoint of an active one",
    ({ ctx, endpoint }) => enableWebhookEndpoint(ctx, { endpointId: endpoint.id }),
  ],
  [
    "changeSubscription with what is so",
    ({ ctx, subscription: { id: subscriptionId, quantity, friendlyName, autoRenewEnabled } }) =>
      changeSubscription(ctx, { subscriptionId, quantity, friendlyName, autoRenewEnabled }),
  ],
];

/** Everything that a change of a partner's rows leaves behind. */
async function traces({ seller }: Everything): Promise<object> {
  const { id } = seller.partner;
  const read = (table: string, where: string) =>
    testContext.database.read((reads) => reads.rows(`SELECT * FROM ${table} WHERE ${where} ORDER BY id`));
  return {
    rows: [
      await read("reseller_relationship", `partnerId = '${id}'`),
      await read("subscription", `partnerId = '${id}'`),
      await read("user_account", `organizationId = '${id}'`),
      await read("invitation", `partnerId = '${id}'`),
      await read("webhook_endpoint", `organizationId = '${id}'`),
    ],
    events: await testContext.eventsOf(id),
    activity: await testContext.count("activity_record", `organizationId = '${id}'`),
  };
}

it.each(UPDATES)("%s leaves nothing behind and gives the object", async (_name, update) => {
  const all = await everything();
  const before = await traces(all);
  testContext.clock.now = "2026-03-01T13:00:00.000Z";
  const answer = await update(all);
  testContext.clock.now = "2026-03-01T12:00:00.000Z";
  expect(await traces(all)).toEqual(before);
  const [given] = Object.values(answer) as { version: number }[];
  expect(given?.version).toBeGreaterThan(0);
});

it("still tells of what is done to a row whose columns stay: a disabled endpoint that is deleted", async () => {
  const { ctx, endpoint, seller }: { ctx: UseCaseContext } & Everything = await everything();
  const records = () => testContext.count("activity_record", `organizationId = '${seller.partner.id}'`);
  await disableWebhookEndpoint(ctx, { endpointId: endpoint.id });
  const before = await records();
  await deleteWebhookEndpoint(ctx, { endpointId: endpoint.id });
  expect(await records()).toBe(before + 1);
});
