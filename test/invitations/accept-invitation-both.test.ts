import { ProgrammeRole } from "../../entities/partners/partner";
import { acceptInvitation } from "../../src/invitations";
import { createPartnership } from "../../src/partners";
import { removeRelationship } from "../../src/relationships";
import { aCustomer, anInvitation, aPartner, aRelationship, aResellerWithProvider } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const relationshipsOf = (customerId: string) =>
  testContext.count("reseller_relationship", `customerId = '${customerId}' AND status = 'ACTIVE'`);
const typesOf = async (organizationId: string) =>
  (await testContext.eventsOf(organizationId)).map(({ type }) => type);

/** A reseller, its provider, a customer, and a link that binds the customer to both. */
async function linkForBoth() {
  const { reseller, provider } = await aResellerWithProvider(testContext);
  const { customer, actor } = await aCustomer(testContext);
  const { id, token } = await anInvitation(testContext, reseller, {
    indirectProviderId: provider.partner.id,
  });
  return {
    reseller,
    provider,
    customer,
    id,
    token,
    accept: () => acceptInvitation(testContext.as(actor), { token }),
  };
}

describe("accepting for a reseller and its provider", () => {
  it("makes both relationships, and each organization learns what concerns it", async () => {
    const { reseller, provider, customer, accept } = await linkForBoth();

    const { relationships } = await accept();

    expect(relationships.map(({ partnerId }) => partnerId)).toEqual([
      reseller.partner.id,
      provider.partner.id,
    ]);
    const each = ["invitation.sent", "relationship.established", "invitation.accepted"];
    expect(await typesOf(reseller.partner.id)).toEqual(each);
    expect(await typesOf(provider.partner.id)).toEqual(each);
    expect(await typesOf(customer.id)).toEqual([
      "relationship.established",
      "relationship.established",
      "invitation.accepted",
    ]);
    const [accepted] = (await testContext.eventsOf(customer.id)).slice(-1);
    expect(accepted).toMatchObject({ relationshipIds: relationships.map(({ id }) => id) });
  });

  it("brings only the provider in where the reseller has the customer already", async () => {
    const { reseller, provider, customer, accept } = await linkForBoth();
    const before = await aRelationship(testContext, reseller.partner, customer);
    const { relationships, invitation } = await accept();
    expect(relationships).toMatchObject([{ partnerId: provider.partner.id }]);
    expect(invitation.status).toBe("ACCEPTED");
    expect(await relationshipsOf(customer.id)).toBe(2);
    expect(await testContext.count("reseller_relationship", `id = '${before.id}' AND version = 1`)).toBe(1);
    expect((await accept()).relationships.map(({ id }) => id)).toEqual([relationships[0].id]);
  });

  it("brings only the reseller in where the provider has the customer already", async () => {
    const { reseller, provider, customer, accept } = await linkForBoth();
    await aRelationship(testContext, provider.partner, customer);
    expect((await accept()).relationships).toMatchObject([{ partnerId: reseller.partner.id }]);
  });

  it("is refused where both have the customer already", async () => {
    const { reseller, provider, customer, accept } = await linkForBoth();
    const first = await aRelationship(testContext, reseller.partner, customer);
    await aRelationship(testContext, provider.partner, customer);
    expect(await refusalsOf(accept())).toMatchObject([
      { code: "RELATIONSHIP_ALREADY_ACTIVE", details: { existingId: first.id } },
    ]);
  });

  it("makes neither relationship where the provider sells in another market", async () => {
    const reseller = await aPartner(testContext, { programmeRole: ProgrammeRole.INDIRECT_RESELLER });
    const provider = await aPartner(testContext, {
      programmeRole: ProgrammeRole.INDIRECT_PROVIDER,
      country: "DE",
    });
    await testContext.system.transaction((tx) =>
      createPartnership(tx, provider.partner.id, reseller.partner.id),
    );
    const { customer, actor } = await aCustomer(testContext);
    const { id, token } = await anInvitation(testContext, reseller, {
      indirectProviderId: provider.partner.id,
    });
    const attempt = acceptInvitation(testContext.as(actor), { token });
    expect(await refusalOf(attempt)).toBe("CUSTOMER_IN_OTHER_MARKET");
    expect(await relationshipsOf(customer.id)).toBe(0);
    expect(await typesOf(customer.id)).toEqual([]);
    expect(await testContext.count("invitation", `id = '${id}' AND status = 'PENDING'`)).toBe(1);
  });

  it("makes neither relationship where the two have stopped working together", async () => {
    const { provider, customer, id, accept } = await linkForBoth();
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE partnership SET status = 'ENDED' WHERE providerId = ?", [provider.partner.id]),
    );
    expect(await refusalOf(accept())).toBe("PARTNERSHIP_NOT_ACTIVE");
    expect(await relationshipsOf(customer.id)).toBe(0);
    expect(await testContext.count("invitation", `id = '${id}' AND status = 'PENDING'`)).toBe(1);
  });
});

describe("a customer", () => {
  it("may have several partners at once", async () => {
    const { customer, actor } = await aCustomer(testContext);
    for (const inviter of [
      await aPartner(testContext),
      await aPartner(testContext),
      await aPartner(testContext),
    ]) {
      const { token } = await anInvitation(testContext, inviter);
      await acceptInvitation(testContext.as(actor), { token });
    }
    expect(await relationshipsOf(customer.id)).toBe(3);
  });
});

describe("a link for anyone", () => {
  it("makes each customer that uses it a customer, and stays pending", async () => {
    const inviter = await aPartner(testContext);
    const [first, second] = [await aCustomer(testContext), await aCustomer(testContext)];
    const { id, token } = await anInvitation(testContext, inviter, { reusable: true });
    const made = [];
    for (const { actor } of [first, second])
      made.push(await acceptInvitation(testContext.as(actor), { token }));
    expect(made.map(({ relationships }) => relationships[0].customerId)).toEqual([
      first.customer.id,
      second.customer.id,
    ]);
    expect(
      await testContext.count("invitation", `id = '${id}' AND status = 'PENDING' AND customerId IS NULL`),
    ).toBe(1);
  });

  it("used again by one customer gives the first result, without another event", async () => {
    const inviter = await aPartner(testContext);
    const { customer, actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, inviter, { reusable: true });
    const first = await acceptInvitation(testContext.as(actor), { token });
    const again = await acceptInvitation(testContext.as(actor), { token });
    expect(again.relationships.map(({ id }) => id)).toEqual(first.relationships.map(({ id }) => id));
    expect(await typesOf(customer.id)).toEqual(["relationship.established", "invitation.accepted"]);
  });

  it("used by ten customers at once makes ten relationships", async () => {
    const inviter = await aPartner(testContext);
    const customers = await Promise.all(Array.from({ length: 10 }, () => aCustomer(testContext)));
    const { token } = await anInvitation(testContext, inviter, { reusable: true });
    await Promise.all(customers.map(({ actor }) => acceptInvitation(testContext.as(actor), { token })));
    expect(await testContext.count("reseller_relationship", `partnerId = '${inviter.partner.id}'`)).toBe(10);
    const positions = (await testContext.eventsOf(inviter.partner.id)).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 21 }, (_, at) => at + 1));
  });

  it("by a link for anyone brings back the one relationship that was removed since", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer, actor } = await aCustomer(testContext);
    const link = { indirectProviderId: provider.partner.id, reusable: true };
    const { token } = await anInvitation(testContext, reseller, link);
    const first = await acceptInvitation(testContext.as(actor), { token });
    const ofReseller = first.relationships.find(({ partnerId }) => partnerId === reseller.partner.id);
    await removeRelationship(testContext.as(reseller.actor), { relationshipId: ofReseller?.id ?? "" });

    const again = await acceptInvitation(testContext.as(actor), { token });

    expect(again.relationships).toMatchObject([
      { id: ofReseller?.id, status: "ACTIVE", customerId: customer.id },
    ]);
  });
});
