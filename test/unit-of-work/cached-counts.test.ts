import type { Customer } from "../../entities/customers/customer";
import { InvitationStatus } from "../../entities/invitations/invitation";
import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import { SubscriptionStatus } from "../../entities/subscriptions/subscription";
import type { MemberActor } from "../../src/access/actor";
import { listCustomers } from "../../src/customers";
import { recountRows } from "../../src/unit-of-work/recount-rows";
import { acceptInvitation, declineInvitation, inviteCustomer, listInvitations } from "../../src/invitations";
import { establishRelationship, listRelationships, removeRelationship } from "../../src/relationships";
import {
  cancelSubscription,
  listSubscriptions,
  reactivateSubscription,
  suspendSubscription,
} from "../../src/subscriptions";
import {
  aCustomer,
  anInvitation,
  anOffer,
  aPartner,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
  type CustomerWithAdmin,
  type PartnerWithUser,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

const { ACTIVE, REMOVED } = RelationshipStatus;

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());
/** After every test: no organization's counts differ from its rows. */
afterEach(async () => expect(await recount()).toEqual([]));

async function recount() {
  const wrong = [];
  for await (const batch of recountRows(testContext.system)) wrong.push(...batch.wrong);
  return wrong;
}

const ORDER = { orderBy: "COMPANY_NAME", direction: "ASC" } as const;

async function customersOf({ actor }: PartnerWithUser): Promise<number | null> {
  return (await listCustomers(testContext.as(actor), ORDER)).totalCount;
}

/** The counts of an organization's other lists, and of those by status. */
async function listsOf(actor: MemberActor) {
  const ctx = testContext.as(actor);
  const counts = [
    await listRelationships(ctx, {}),
    await listRelationships(ctx, { status: ACTIVE }),
    await listRelationships(ctx, { status: REMOVED }),
    await listSubscriptions(ctx, {}),
    await listSubscriptions(ctx, { status: SubscriptionStatus.SUSPENDED }),
    await listInvitations(ctx, {}),
    await listInvitations(ctx, { status: InvitationStatus.ACCEPTED }),
    await listInvitations(ctx, { status: InvitationStatus.PENDING }),
  ];
  return Promise.all(counts.map((page) => page.totalCount));
}

async function customersWith(seller: PartnerWithUser, count: number) {
  const made = [];
  for (let at = 0; at < count; at++) {
    const { customer } = await aCustomer(testContext);
    made.push(await aRelationship(testContext, seller.partner, customer));
  }
  return made;
}

describe("the count of a list", () => {
  it("is right after 50 acceptances and removals at once", async () => {
    const seller = await aPartner(testContext);
    const old = await customersWith(seller, 25);
    const comers: [CustomerWithAdmin, string][] = [];
    for (let at = 0; at < 25; at++)
      comers.push([await aCustomer(testContext), (await anInvitation(testContext, seller)).token]);
    expect(await customersOf(seller)).toBe(25);
    const outcomes = await Promise.allSettled([
      ...comers.map(([{ actor }, token]) =>
        persistent(() => acceptInvitation(testContext.as(actor), { token })),
      ),
      ...old
        .slice(0, 20)
        .map(({ id: relationshipId }) =>
          persistent(() => removeRelationship(testContext.as(seller.actor), { relationshipId })),
        ),
      // The same ones again: each ends once, whoever comes first.
      ...old
        .slice(0, 5)
        .map(({ id: relationshipId }) =>
          persistent(() => removeRelationship(testContext.as(seller.actor), { relationshipId })),
        ),
    ]);
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(5);
    expect(await customersOf(seller)).toBe(25 + 25 - 20);
    expect(await listsOf(seller.actor)).toEqual([50, 30, 20, 0, 0, 25, 25, 0]);
  });

  it("is right when two of a customer's people click at once, and when a customer comes back", async () => {
    const seller = await aPartner(testContext);
    const { token } = await anInvitation(testContext, seller, { reusable: true });
    const { actor } = await aCustomer(testContext);
    await Promise.all([1, 2].map(() => persistent(() => acceptInvitation(testContext.as(actor), { token }))));
    expect(await customersOf(seller)).toBe(1);
    const [relationship] = (await listRelationships(testContext.as(seller.actor), {})).nodes;
    await removeRelationship(testContext.as(seller.actor), { relationshipId: relationship?.id ?? "" });
    expect(await customersOf(seller)).toBe(0);
    const again = await anInvitation(testContext, seller);
    await acceptInvitation(testContext.as(actor), { token: again.token });
    // A reusable link stays pending, and is nobody's.
    expect(await listsOf(seller.actor)).toEqual([1, 1, 0, 0, 0, 2, 1, 1]);
    expect(await listsOf(actor)).toEqual([1, 1, 0, 0, 0, 1, 1, 0]);
  });

  it("does not move when the transaction is rolled back", async () => {
    const seller = await aPartner(testContext);
    await customersWith(seller, 1);
    const { customer } = await aCustomer(testContext);
    const undone = testContext.system.transaction(async (tx) => {
      await establishRelationship(tx, { partner: seller.partner, customer, invitationId: null });
      throw new Error("a change of mind");
    });
    await expect(undone).rejects.toThrow("a change of mind");
    expect(await customersOf(seller)).toBe(1);
  });

  it("follows subscriptions and invitations through their lives, for each organization that lists them", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const home = await aCustomer(testContext);
    for (const { partner } of [reseller, provider]) await aRelationship(testContext, partner, home.customer);
    const { id: offerId } = await anOffer(testContext);
    const buy = () => bought(provider, home.customer, offerId, reseller.partner.id);
    const [first, second] = [await buy(), await buy()];
    const ctx = testContext.as(provider.actor);
    await suspendSubscription(ctx, { subscriptionId: first.id });
    await suspendSubscription(ctx, { subscriptionId: second.id });
    await reactivateSubscription(ctx, { subscriptionId: second.id });
    await cancelSubscription(ctx, { subscriptionId: second.id });
    await inviteCustomer(testContext.as(reseller.actor), {
      recipientEmail: "a@b.example",
      indirectProviderId: provider.partner.id,
    });
    const declined = await anInvitation(testContext, reseller);
    await declineInvitation(testContext.as(home.actor), { token: declined.token });
    expect(await listsOf(provider.actor)).toEqual([1, 1, 0, 2, 1, 1, 0, 1]);
    expect(await listsOf(reseller.actor)).toEqual([1, 1, 0, 2, 1, 2, 0, 1]);
    expect(await listsOf(home.actor)).toEqual([2, 2, 0, 2, 1, 1, 0, 0]);
  });

  it("costs the reading of one row, however long the list is", async () => {
    const seller = await aPartner(testContext);
    const page = await listCustomers(testContext.as(seller.actor), ORDER);
    testContext.statements.length = 0;
    await page.totalCount;
    expect(testContext.statements).toEqual([
      "SELECT rowCounts FROM organization_head WHERE organizationId = ?",
    ]);
  });

  it("is 0 for somebody who may not read the list", async () => {
    const seller = await aPartner(testContext);
    await customersWith(seller, 2);
    const nobody = { ...seller.actor, permissions: new Set<never>() };
    expect(await customersOf({ ...seller, actor: nobody })).toBe(0);
    expect(await listsOf(nobody)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("is corrected by a recount, once somebody has written into the database by hand", async () => {
    const seller = await aPartner(testContext);
    await customersWith(seller, 2);
    const { id } = seller.partner;
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE organization_head SET rowCounts = ? WHERE organizationId = ?", [
        '{"RELATIONSHIP ACTIVE":7}',
        id,
      ]),
    );
    expect(await customersOf(seller)).toBe(7);
    const [before, after] = [{ "RELATIONSHIP ACTIVE": 7 }, { "RELATIONSHIP ACTIVE": 2 }];
    expect(await recount()).toEqual([{ organizationId: id, before, after }]);
    expect(await customersOf(seller)).toBe(2);
  });
});

function bought(seller: PartnerWithUser, customer: Customer, offerId: string, resellerId: string) {
  return aSubscription(testContext, seller, customer, { offerId, resellerId });
}

/** So many at once meet on one row: whoever is told to come again does. */
async function persistent<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== "SERVICE_BUSY" || tries === 20) throw error;
    }
  }
}
