import { acceptInvitation, revokeInvitation } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner, aProspect, aResellerWithProvider } from "../support/builders";
import { type House, openHouse } from "../support/house";
import { refusalOf } from "../support/refusals";

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const types = async (organizationId: string) =>
  (await house.eventsOf(organizationId)).map(({ type }) => type);

describe("accepting an invitation", () => {
  it("makes the partner the customer's reseller and tells both", async () => {
    const inviter = await aPartner(house);
    const { customer, actor } = await aCustomer(house);
    const { token, id } = await anInvitation(house, inviter);

    const { relationships, invitation } = await acceptInvitation(house.as(actor), { token });

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
    const { reseller, provider } = await aResellerWithProvider(house);
    const { customer, actor } = await aCustomer(house);
    const { token } = await anInvitation(house, reseller, { indirectProviderId: provider.partner.id });

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => acceptInvitation(house.as(actor), { token })),
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
    expect(await house.count("reseller_relationship", `customerId = '${customer.id}'`)).toBe(2);
    for (const organizationId of [reseller.partner.id, provider.partner.id, customer.id]) {
      const accepted = (await types(organizationId)).filter((type) => type === "invitation.accepted");
      expect(accepted).toHaveLength(1);
    }
  });

  it("done twenty times at once by a newcomer makes it known once", async () => {
    const inviter = await aPartner(house);
    const prospect = aProspect();
    const { token } = await anInvitation(house, inviter);
    const details = { companyName: "New Shop", domain: prospect.email.split("@")[1], country: "US" };

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => acceptInvitation(house.as(prospect), { token, ...details })),
    );

    expect(new Set(answers.map(({ relationships }) => relationships[0]?.id)).size).toBe(1);
    expect(await house.count("customer", `tenantId = '${prospect.tenantId}'`)).toBe(1);
  });

  it("against a revoke leaves one outcome, which the only event agrees with", async () => {
    for (let round = 0; round < 10; round++) {
      const inviter = await aPartner(house);
      const { customer, actor } = await aCustomer(house);
      const { token, id } = await anInvitation(house, inviter);
      const [accepted, revoked] = await Promise.allSettled([
        acceptInvitation(house.as(actor), { token }),
        revokeInvitation(house.as(inviter.actor), { invitationId: id }),
      ]);
      expect([accepted.status, revoked.status].sort()).toEqual(["fulfilled", "rejected"]);
      const outcome = accepted.status === "fulfilled" ? "ACCEPTED" : "REVOKED";
      expect(await house.count("invitation", `id = '${id}' AND status = '${outcome}'`)).toBe(1);
      const told = (await types(inviter.partner.id)).filter((type) => /accepted|revoked/.test(type));
      expect(told).toEqual([`invitation.${outcome.toLowerCase()}`]);
      expect(await house.count("reseller_relationship", `customerId = '${customer.id}'`)).toBe(
        outcome === "ACCEPTED" ? 1 : 0,
      );
    }
  });

  it("is refused as not there to a customer that a used link is not for", async () => {
    const inviter = await aPartner(house);
    const first = await aCustomer(house);
    const second = await aCustomer(house);
    const { token } = await anInvitation(house, inviter);
    await acceptInvitation(house.as(first.actor), { token });

    expect(await refusalOf(acceptInvitation(house.as(second.actor), { token }))).toBe("INVITATION_NOT_FOUND");
  });
});
