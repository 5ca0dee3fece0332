import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { newId } from "../../src/values/ids";
import { listCustomers } from "../../src/customers";
import { acceptInvitation } from "../../src/invitations";
import { removeRelationship } from "../../src/relationships";
import { listSubscriptions, suspendSubscription } from "../../src/subscriptions";
import {
  aCustomer,
  anInvitation,
  aPartner,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
  type PartnerWithUser,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

const remove = ({ actor }: PartnerWithUser, relationshipId: string, expectedVersion?: number) =>
  removeRelationship(testContext.as(actor), { relationshipId, expectedVersion });
const customersOf = async ({ actor }: PartnerWithUser) =>
  (await listCustomers(testContext.as(actor), { orderBy: "COMPANY_NAME", direction: "ASC" })).nodes.map(
    ({ id }) => id,
  );

/** A partner and its customer. */
async function pair() {
  const seller = await aPartner(testContext);
  const { customer, actor } = await aCustomer(testContext);
  const relationship = await aRelationship(testContext, seller.partner, customer);
  return { seller, customer, customerAdmin: actor, relationship };
}

describe("removing a relationship", () => {
  it("takes the customer out of the partner's list and tells both which customer it was", async () => {
    const { seller, customer, relationship } = await pair();

    const removed = (await remove(seller, relationship.id, 1)).relationship;

    expect(removed).toMatchObject({ status: "REMOVED", removedAt: NOON, version: 2 });
    expect(await customersOf(seller)).toEqual([]);
    for (const organizationId of [seller.partner.id, customer.id]) {
      expect((await testContext.eventsOf(organizationId)).at(-1)).toMatchObject({
        type: "relationship.removed",
        relationshipId: relationship.id,
        partnerId: seller.partner.id,
        customerId: customer.id,
        companyName: customer.companyName,
        domain: customer.domain,
      });
    }
  });

  it("leaves the customer's other partners as they are", async () => {
    const { seller, customer, relationship } = await pair();
    const other = await aPartner(testContext);
    await aRelationship(testContext, other.partner, customer);
    const bought = await aSubscription(testContext, other, customer);
    await remove(seller, relationship.id);
    expect(await customersOf(other)).toEqual([customer.id]);
    expect(await testContext.count("subscription", `id = '${bought.id}' AND status = 'ACTIVE'`)).toBe(1);
    expect((await testContext.eventsOf(other.partner.id)).map(({ type }) => type)).not.toContain(
      "relationship.removed",
    );
  });

  it("is refused while subscriptions are active, naming each of them, and changes nothing", async () => {
    const { seller, customer, relationship } = await pair();
    const bought = [
      await aSubscription(testContext, seller, customer),
      await aSubscription(testContext, seller, customer),
    ];
    const suspended = await aSubscription(testContext, seller, customer);
    await suspendSubscription(testContext.as(seller.actor), { subscriptionId: suspended.id });

    const [refusal] = await refusalsOf(remove(seller, relationship.id));

    expect(refusal).toMatchObject({ code: "RELATIONSHIP_HAS_BLOCKERS", field: "relationshipId" });
    expect(refusal.details?.blockers).toEqual(
      bought.map(({ id, offerName, quantity }) => ({ subscriptionId: id, offerName, quantity })),
    );
    expect(
      await testContext.count("reseller_relationship", `id = '${relationship.id}' AND version = 1`),
    ).toBe(1);
    expect(await customersOf(seller)).toEqual([customer.id]);
  });

  it("goes through when all is suspended, and what is suspended stays so and can be read", async () => {
    const { seller, customer, relationship } = await pair();
    const bought = await aSubscription(testContext, seller, customer);
    await suspendSubscription(testContext.as(seller.actor), { subscriptionId: bought.id });
    await remove(seller, relationship.id);
    const { nodes } = await listSubscriptions(testContext.as(seller.actor), { customerId: customer.id });
    expect(nodes).toMatchObject([{ id: bought.id, status: "SUSPENDED" }]);
  });

  it("is refused to the reseller of record and to the provider that bought for it", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer } = await aCustomer(testContext);
    const ofReseller = await aRelationship(testContext, reseller.partner, customer);
    const ofProvider = await aRelationship(testContext, provider.partner, customer);
    const bought = await aSubscription(testContext, provider, customer, { resellerId: reseller.partner.id });
    for (const [partner, relationship] of [
      [reseller, ofReseller],
      [provider, ofProvider],
    ] as const) {
      expect(await refusalsOf(remove(partner, relationship.id))).toMatchObject([
        { code: "RELATIONSHIP_HAS_BLOCKERS", details: { blockers: [{ subscriptionId: bought.id }] } },
      ]);
    }
    await suspendSubscription(testContext.as(provider.actor), { subscriptionId: bought.id });
    await remove(reseller, ofReseller.id);
    await remove(provider, ofProvider.id);
  });

  it("a second time is refused as removed before, and tells nobody", async () => {
    const { seller, customer, relationship } = await pair();
    await remove(seller, relationship.id);
    expect(await refusalsOf(remove(seller, relationship.id))).toMatchObject([
      { code: "RELATIONSHIP_ALREADY_REMOVED", field: "relationshipId" },
    ]);
    expect(await testContext.eventsOf(customer.id)).toHaveLength(2);
  });

  it("of an older version is refused, naming the version now", async () => {
    const { seller, relationship } = await pair();
    expect(await refusalsOf(remove(seller, relationship.id, 4))).toMatchObject([
      { code: "STALE_VERSION", field: "expectedVersion", details: { currentVersion: 1 } },
    ]);
  });

  it("that is another partner's or unknown finds nothing, also for the provider and reseller of the two", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer } = await aCustomer(testContext);
    const ofReseller = await aRelationship(testContext, reseller.partner, customer);
    const ofProvider = await aRelationship(testContext, provider.partner, customer);
    const unknown = await refusalsOf(remove(reseller, newId(ResellerRelationship)));
    expect(unknown).toMatchObject([{ code: "RELATIONSHIP_NOT_FOUND", field: "relationshipId" }]);
    expect(await refusalsOf(remove(reseller, ofProvider.id))).toEqual(unknown);
    expect(await refusalsOf(remove(provider, ofReseller.id))).toEqual(unknown);
    expect(await refusalsOf(remove(await aPartner(testContext), ofReseller.id))).toEqual(unknown);
    expect(await refusalsOf(remove(reseller, customer.id))).toMatchObject([
      { code: "ID_MALFORMED", field: "relationshipId" },
    ]);
  });

  it("is nothing that the customer's own user can do", async () => {
    const { customerAdmin, relationship } = await pair();
    const attempt = removeRelationship(testContext.as(customerAdmin), { relationshipId: relationship.id });
    expect(await refusalOf(attempt)).toBe("FORBIDDEN");
    expect(
      await testContext.count("reseller_relationship", `id = '${relationship.id}' AND status = 'ACTIVE'`),
    ).toBe(1);
  });
});

describe("inviting a customer again after the removal", () => {
  it("brings it back with the same relationship, from then on", async () => {
    const { seller, customer, customerAdmin, relationship } = await pair();
    await remove(seller, relationship.id);
    testContext.clock.now = "2026-04-01T12:00:00.000Z";
    const { id, token } = await anInvitation(testContext, seller);

    const accepted = await acceptInvitation(testContext.as(customerAdmin), { token });

    expect(accepted.relationships).toMatchObject([
      {
        id: relationship.id,
        status: "ACTIVE",
        removedAt: null,
        establishedAt: testContext.clock.now,
        invitationId: id,
      },
    ]);
    expect(await customersOf(seller)).toEqual([customer.id]);
    expect(await testContext.count("reseller_relationship", `customerId = '${customer.id}'`)).toBe(1);
  });

  it("takes a new invitation: the link that was used before is used up", async () => {
    const seller = await aPartner(testContext);
    const { actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, seller);
    const { relationships } = await acceptInvitation(testContext.as(actor), { token });
    await remove(seller, relationships[0].id);
    expect(await refusalOf(acceptInvitation(testContext.as(actor), { token }))).toBe(
      "INVITATION_ALREADY_USED",
    );
    expect(await customersOf(seller)).toEqual([]);
  });
});
