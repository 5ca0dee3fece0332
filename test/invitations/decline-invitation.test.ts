import { acceptInvitation, declineInvitation, revokeInvitation } from "../../src/invitations";
import {
  aCustomer,
  anInvitation,
  aPartner,
  aProspect,
  aRelationship,
  aResellerWithProvider,
} from "../support/builders";
import { type House, openHouse } from "../support/house";
import { refusalOf } from "../support/refusals";

let house: House;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  house = await openHouse();
});
beforeEach(() => {
  house.clock.now = NOON;
});
afterAll(() => house.close());

const lastEventOf = async (organizationId: string) => (await house.eventsOf(organizationId)).at(-1);

describe("declining an invitation", () => {
  it("as a customer ends it for good and tells inviter, provider and customer who declined", async () => {
    const { reseller, provider } = await aResellerWithProvider(house);
    const { customer, actor } = await aCustomer(house);
    const { id, token } = await anInvitation(house, reseller, { indirectProviderId: provider.partner.id });

    const { invitation } = await declineInvitation(house.as(actor), { token });

    expect(invitation).toMatchObject({ id, status: "DECLINED", endedAt: NOON, customerId: customer.id });
    for (const organization of [reseller.partner, provider.partner, customer]) {
      expect(await lastEventOf(organization.id)).toMatchObject({
        type: "invitation.declined",
        invitationId: id,
        customerId: customer.id,
        companyName: customer.companyName,
        domain: customer.domain,
      });
    }
    expect(await refusalOf(acceptInvitation(house.as(actor), { token }))).toBe("INVITATION_DECLINED");
    expect(await house.count("reseller_relationship", `customerId = '${customer.id}'`)).toBe(0);
  });

  it("as a prospect leaves the organization unknown and tells the inviter without an id", async () => {
    const inviter = await aPartner(house);
    const prospect = aProspect();
    const { token } = await anInvitation(house, inviter);
    const { invitation } = await declineInvitation(house.as(prospect), { token });
    expect(invitation).toMatchObject({ status: "DECLINED", customerId: null });
    expect(await house.count("customer", `tenantId = '${prospect.tenantId}'`)).toBe(0);
    expect(await lastEventOf(inviter.partner.id)).toMatchObject({
      type: "invitation.declined",
      customerId: null,
      companyName: null,
    });
  });

  it("a second time is refused as declined", async () => {
    const { actor } = await aCustomer(house);
    const { token } = await anInvitation(house, await aPartner(house));
    await declineInvitation(house.as(actor), { token });
    expect(await refusalOf(declineInvitation(house.as(actor), { token }))).toBe("INVITATION_DECLINED");
  });

  it("that is for anyone is refused, and the link goes on working", async () => {
    const [first, second] = [await aCustomer(house), await aCustomer(house)];
    const { token } = await anInvitation(house, await aPartner(house), { reusable: true });
    expect(await refusalOf(declineInvitation(house.as(first.actor), { token }))).toBe(
      "INVITATION_NOT_DECLINABLE",
    );
    await acceptInvitation(house.as(second.actor), { token });
  });

  it("that was accepted, revoked or has expired is refused, saying which", async () => {
    const inviter = await aPartner(house);
    const { actor } = await aCustomer(house);
    const decline = (token: string) => refusalOf(declineInvitation(house.as(actor), { token }));
    const accepted = await anInvitation(house, inviter);
    await acceptInvitation(house.as(actor), { token: accepted.token });
    expect(await decline(accepted.token)).toBe("INVITATION_ALREADY_USED");
    const revoked = await anInvitation(house, inviter);
    await revokeInvitation(house.as(inviter.actor), { invitationId: revoked.id });
    expect(await decline(revoked.token)).toBe("INVITATION_REVOKED");
    const expired = await anInvitation(house, inviter, { expiresInDays: 1 });
    house.clock.now = "2026-03-02T12:00:00.000Z";
    expect(await decline(expired.token)).toBe("INVITATION_EXPIRED");
  });

  it("that names another customer is not there for a stranger, and refused to its addressee", async () => {
    const inviter = await aPartner(house);
    const [named, stranger] = [await aCustomer(house), await aCustomer(house)];
    await aRelationship(house, inviter.partner, named.customer);
    const addressee = await aCustomer(house);
    const { token } = await anInvitation(house, inviter, {
      customerId: named.customer.id,
      recipientEmail: addressee.actor.email,
    });
    const decline = (actor: typeof named.actor) => refusalOf(declineInvitation(house.as(actor), { token }));
    expect(await decline(stranger.actor)).toBe("INVITATION_NOT_FOUND");
    expect(await decline(addressee.actor)).toBe("INVITATION_FOR_ANOTHER_CUSTOMER");
    expect((await declineInvitation(house.as(named.actor), { token })).invitation.status).toBe("DECLINED");
  });

  it("by a partner, or with a token that no link has, finds nothing", async () => {
    const inviter = await aPartner(house);
    const { token } = await anInvitation(house, inviter);
    expect(await refusalOf(declineInvitation(house.as(inviter.actor), { token }))).toBe(
      "INVITATION_NOT_FOUND",
    );
    const { actor } = await aCustomer(house);
    for (const wrong of ["", "x".repeat(43), token.toUpperCase(), `${token}A`]) {
      const attempt = declineInvitation(house.as(actor), { token: wrong });
      expect(await refusalOf(attempt)).toBe("INVITATION_NOT_FOUND");
    }
  });

  it("against an accept by the same customer leaves one outcome, which the only event agrees with", async () => {
    for (let round = 0; round < 5; round++) {
      const inviter = await aPartner(house);
      const { customer, actor } = await aCustomer(house);
      const { token } = await anInvitation(house, inviter);
      const [accepted] = await Promise.allSettled([
        acceptInvitation(house.as(actor), { token }),
        declineInvitation(house.as(actor), { token }),
      ]);
      const isAccepted = accepted.status === "fulfilled";
      const told = (await house.eventsOf(customer.id)).map(({ type }) => type);
      expect(told).toEqual(
        isAccepted ? ["relationship.established", "invitation.accepted"] : ["invitation.declined"],
      );
    }
  });
});
