import { acceptInvitation, revokeInvitation } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner, aProspect, aResellerWithProvider } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const types = async (organizationId: string) =>
  (await testContext.eventsOf(organizationId)).map(({ type }) => type);

describe("accepting an invitation", () => {
  it("makes the partner the customer's reseller and tells both", async () => {
    const inviter = await aPartner(testContext);
    const { customer, actor } = await aCustomer(testContext);
    const { token, id } = await anInvitation(testContext, inviter);

    const { relationships, invitation } = await acceptInvitation(testContext.as(actor), { token });

    expect(invitation).toMatchObject({ id, status: "ACCEPTED", customerId: customer.id });
    expect(relationships).toMatchObject([
      { partnerId: inviter.partner.id, customerId: customer.id, status: "ACTIVE" },
    ]);
    expect(await types(inviter.partner.id)).toEqual([
      "invitation.sent",
      "relationship.established",
      "invitation.accepted",
    ]);
    expect(await types(customer.id)).toEqual(["relationship.established", "invitation.accepted"]);
  });

  it("done twenty times at once by one customer makes one relationship and one event for each audience", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer, actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, reseller, { indirectProviderId: provider.partner.id });

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => acceptInvitation(testContext.as(actor), { token })),
    );

    const ids = new Set(
      answers.map(({ relationships }) =>
        relationships
          .map(({ id }) => id)
          .sort()
          .join(),
      ),
    );
    expect(ids.size).toBe(1);
    expect(await testContext.count("reseller_relationship", `customerId = '${customer.id}'`)).toBe(2);
    for (const organizationId of [reseller.partner.id, provider.partner.id, customer.id]) {
      const accepted = (await types(organizationId)).filter((type) => type === "invitation.accepted");
      expect(accepted).toHaveLength(1);
    }
  });

  it("done twenty times at once by a newcomer makes it known once", async () => {
    const inviter = await aPartner(testContext);
    const prospect = aProspect();
    const { token } = await anInvitation(testContext, inviter);
    const details = { companyName: "New Shop", domain: prospect.email.split("@")[1], country: "US" };

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => acceptInvitation(testContext.as(prospect), { token, ...details })),
    );

    expect(new Set(answers.map(({ relationships }) => relationships[0]?.id)).size).toBe(1);
    expect(await testContext.count("customer", `tenantId = '${prospect.tenantId}'`)).toBe(1);
  });

  it("against a revoke leaves one outcome, which the only event agrees with", async () => {
    for (let round = 0; round < 10; round++) {
      const inviter = await aPartner(testContext);
      const { customer, actor } = await aCustomer(testContext);
      const { token, id } = await anInvitation(testContext, inviter);
      const [accepted, revoked] = await Promise.allSettled([
        acceptInvitation(testContext.as(actor), { token }),
        revokeInvitation(testContext.as(inviter.actor), { invitationId: id }),
      ]);
      expect([accepted.status, revoked.status].sort()).toEqual(["fulfilled", "rejected"]);
      const outcome = accepted.status === "fulfilled" ? "ACCEPTED" : "REVOKED";
      expect(await testContext.count("invitation", `id = '${id}' AND status = '${outcome}'`)).toBe(1);
      const told = (await types(inviter.partner.id)).filter((type) => /accepted|revoked/.test(type));
      expect(told).toEqual([`invitation.${outcome.toLowerCase()}`]);
      expect(await testContext.count("reseller_relationship", `customerId = '${customer.id}'`)).toBe(
        outcome === "ACCEPTED" ? 1 : 0,
      );
    }
  });

  it("is refused as not there to a customer that a used link is not for", async () => {
    const inviter = await aPartner(testContext);
    const first = await aCustomer(testContext);
    const second = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, inviter);
    await acceptInvitation(testContext.as(first.actor), { token });

    expect(await refusalOf(acceptInvitation(testContext.as(second.actor), { token }))).toBe(
      "INVITATION_NOT_FOUND",
    );
  });
});
