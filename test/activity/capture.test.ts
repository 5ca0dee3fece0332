import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import type { Actor } from "../../src/access/actor";
import { createCustomer, updateCustomer } from "../../src/customers";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { editInvitation, inviteCustomer } from "../../src/invitations";
import { removeRelationship } from "../../src/relationships";
import { createSubscription, suspendSubscription } from "../../src/subscriptions";
import {
  aCustomer,
  anInvitation,
  anOffer,
  aPartner,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";
import { logOf, tracesOf } from "./activity";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

/** Changes a customer's contact inside a transaction that is under way. */
function rename(actor: Actor, tx: Transaction, customerId: string, contactFirstName: string) {
  const joining = {
    ...testContext.as(actor),
    transaction: <T>(work: (tx: Transaction) => Promise<T>) => work(tx),
  };
  return updateCustomer(joining, { customerId, contactFirstName });
}

describe("a change of what a partner keeps about a customer", () => {
  it("is in the partner's log with who, when, whom, and only the changed fields, old and new", async () => {
    const { partner, actor } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext, { companyName: "Old Name Ltd" });
    const { id } = await aRelationship(testContext, partner, customer);
    testContext.clock.now = "2026-03-02T09:30:00.000Z";
    const input = { customerId: customer.id, companyName: "New Name Ltd", contactEmail: "mia@new.example" };
    await updateCustomer(testContext.as(actor), input);

    expect(await tracesOf(testContext, partner.id, "updateCustomer")).toMatchObject([
      {
        occurredAt: "2026-03-02T09:30:00.000Z",
        actorId: actor.userId,
        actorName: actor.email,
        outcome: "SUCCEEDED",
        errorCode: null,
        resourceType: "RELATIONSHIP",
        resourceId: id,
        customerId: customer.id,
        customerName: "New Name Ltd",
        oldValues: { companyName: "Old Name Ltd", contactEmail: null },
        newValues: { companyName: "New Name Ltd", contactEmail: "mia@new.example" },
        requestId: "test-request",
      },
    ]);
  });

  it("is not in the customer's log, and not in that of another partner of the same customer", async () => {
    const [one, other] = [await aPartner(testContext), await aPartner(testContext)];
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, one.partner, customer);
    await aRelationship(testContext, other.partner, customer);
    await updateCustomer(testContext.as(one.actor), {
      customerId: customer.id,
      contactLastName: "Secretnote",
    });

    for (const { id } of [customer, other.partner])
      expect(await tracesOf(testContext, id, "updateCustomer")).toEqual([]);
    expect(JSON.stringify(await logOf(testContext, customer.id))).not.toContain("Secretnote");
  });

  it("that changes nothing leaves no record", async () => {
    const { partner, actor } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, partner, customer);
    await updateCustomer(testContext.as(actor), { customerId: customer.id });
    expect(await tracesOf(testContext, partner.id, "updateCustomer")).toEqual([]);
  });
});

describe("other changes", () => {
  it("a created customer is in the partner's log and in its own, with its first values", async () => {
    const { partner, actor } = await aPartner(testContext);
    const company = { companyName: "Created Corp", domain: "created-corp.example", country: "US" };
    const { customer } = await createCustomer(testContext.as(actor), {
      ...company,
      contactEmail: "a@b.example",
    });

    const log = await tracesOf(testContext, partner.id, "createCustomer");
    expect(log.map(({ resourceType }) => resourceType)).toEqual(["CUSTOMER", "RELATIONSHIP"]);
    expect(log[0]).toMatchObject({ resourceId: customer.id, oldValues: null, newValues: company });
    const own = await tracesOf(testContext, customer.id, "createCustomer");
    expect(own).toMatchObject([
      { resourceType: "CUSTOMER", actorName: partner.name, newValues: company },
      { resourceType: "RELATIONSHIP", actorName: partner.name, newValues: null },
    ]);
  });

  it("an edited draft is told without a word of the mail", async () => {
    const inviter = await aPartner(testContext);
    const { id } = await anInvitation(testContext, inviter);
    const words = { subject: "Confidential subject", body: "Confidential body {{link}}" };
    await editInvitation(testContext.as(inviter.actor), { invitationId: id, ...words });
    expect(await tracesOf(testContext, inviter.partner.id, "editInvitation")).toMatchObject([
      { resourceType: "INVITATION", resourceId: id, oldValues: null, newValues: null },
    ]);
    expect(JSON.stringify(await logOf(testContext, inviter.partner.id))).not.toContain("Confidential");
  });

  it("a removed relationship is in the customer's log too, under the customer's own name and without values", async () => {
    const { partner, actor } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext, { companyName: "Own Name" });
    const { id: relationshipId } = await aRelationship(testContext, partner, customer);
    await updateCustomer(testContext.as(actor), { customerId: customer.id, companyName: "Nickname" });
    await removeRelationship(testContext.as(actor), { relationshipId });

    const removed = { status: RelationshipStatus.REMOVED, removedAt: testContext.clock.now };
    expect(await tracesOf(testContext, partner.id, "removeRelationship")).toMatchObject([
      { customerName: "Nickname", newValues: removed },
    ]);
    expect(await tracesOf(testContext, customer.id, "removeRelationship")).toMatchObject([
      { customerName: "Own Name", actorId: actor.userId, actorName: partner.name, newValues: null },
    ]);
  });

  it("a subscription is in the logs of buyer, reseller and customer, each under the name it knows the customer by", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer } = await aCustomer(testContext, { companyName: "Three Names" });
    for (const { partner } of [reseller, provider]) await aRelationship(testContext, partner, customer);
    await updateCustomer(testContext.as(reseller.actor), { customerId: customer.id, companyName: "Resold" });
    const { id } = await aSubscription(testContext, provider, customer, { resellerId: reseller.partner.id });
    await suspendSubscription(testContext.as(provider.actor), { subscriptionId: id });

    const nameIn = async (organizationId: string) =>
      (await tracesOf(testContext, organizationId, "suspendSubscription")).map((record) => [
        record.resourceId,
        record.customerName,
        record.newValues?.status,
      ]);
    expect(await nameIn(provider.partner.id)).toEqual([[id, "Three Names", "SUSPENDED"]]);
    expect(await nameIn(reseller.partner.id)).toEqual([[id, "Resold", "SUSPENDED"]]);
    expect(await nameIn(customer.id)).toEqual([[id, "Three Names", "SUSPENDED"]]);
  });

  it("a row changed twice in one transaction is told once, from its first state to its last", async () => {
    const inviter = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, inviter.partner, customer);
    const { id } = await anOffer(testContext);
    await createSubscription(testContext.as(inviter.actor), {
      customerId: customer.id,
      offerId: id,
      quantity: 2,
    });
    const before = (await logOf(testContext, inviter.partner.id)).length;
    await testContext.as(inviter.actor).transaction(
      async (tx) => {
        await rename(inviter.actor, tx, customer.id, "A");
        await rename(inviter.actor, tx, customer.id, "B");
      },
      { operation: "twice" },
    );
    expect((await logOf(testContext, inviter.partner.id)).slice(before)).toMatchObject([
      {
        oldValues: { contactFirstName: null },
        newValues: { contactFirstName: "B" },
      },
    ]);
  });
});

describe("what is not done twice is not told twice", () => {
  it("a repeat with the same idempotency key writes nothing", async () => {
    const { partner, actor } = await aPartner(testContext);
    const input = { recipientEmail: "twice@somewhere.example", idempotencyKey: "told-once" };
    const first = await inviteCustomer(testContext.as(actor), input);
    const before = await logOf(testContext, partner.id);
    const again = await inviteCustomer(testContext.as(actor), input);
    expect(again.invitation.id).toBe(first.invitation.id);
    expect(await logOf(testContext, partner.id)).toEqual(before);
  });

  it("work that the database undid and that was done again is told once", async () => {
    const { partner, actor } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    const { id } = await aRelationship(testContext, partner, customer);
    const before = (await logOf(testContext, partner.id)).length;
    let calls = 0;
    await testContext.as(actor).transaction(
      async (tx) => {
        await rename(actor, tx, customer.id, "Again");
        if (++calls < 3) throw Object.assign(new Error("Deadlock found"), { errno: 1213 });
      },
      { operation: "updateCustomer" },
    );
    const told = (await logOf(testContext, partner.id)).slice(before);
    expect(told.map(({ resourceId }) => resourceId)).toEqual([id]);
  });

  it("a use case that throws leaves nothing", async () => {
    const { partner, actor } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    const { id: relationshipId } = await aRelationship(testContext, partner, customer);
    await aSubscription(testContext, { partner, actor }, customer);
    const before = await logOf(testContext, partner.id);
    expect(await refusalOf(removeRelationship(testContext.as(actor), { relationshipId }))).toBe(
      "RELATIONSHIP_HAS_BLOCKERS",
    );
    expect(await logOf(testContext, partner.id)).toEqual(before);
  });

  it("a use case that gives itself no name cannot change an audited row for anybody but the program", async () => {
    const { partner, actor } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, partner, customer);
    const before = await logOf(testContext, partner.id);
    const nameless = testContext.as(actor).transaction((tx) => rename(actor, tx, customer.id, "Nameless"));
    await expect(nameless).rejects.toThrow("must name its operation");
    expect(await logOf(testContext, partner.id)).toEqual(before);
    expect(await testContext.count("reseller_relationship", "contactFirstName = 'Nameless'")).toBe(0);
  });
});

describe("what the program does by itself", () => {
  it("is told as `system`", async () => {
    const { partner } = await aPartner(testContext);
    expect(await logOf(testContext, partner.id)).toMatchObject([
      { actorId: "system", actorName: "system", operation: "system", resourceType: "PARTNER", sequence: 1 },
      { actorId: "system", operation: "system", resourceType: "USER", sequence: 2 },
    ]);
  });
});
