import { newId } from "../../src/context/ids";
import { acceptInvitation, declineInvitation, revokeInvitation } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner, aResellerWithProvider } from "../support/builders";
import { type House, openHouse } from "../support/house";
import { refusalOf, refusalsOf } from "../support/refusals";

let house: House;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  house = await openHouse();
});
beforeEach(() => {
  house.clock.now = NOON;
});
afterAll(() => house.close());

describe("revoking an invitation", () => {
  it("ends it for everybody who holds the link, and tells the inviter and its provider", async () => {
    const { reseller, provider } = await aResellerWithProvider(house);
    const { id, token } = await anInvitation(house, reseller, { indirectProviderId: provider.partner.id });

    const { invitation } = await revokeInvitation(house.as(reseller.actor), { invitationId: id });

    expect(invitation).toMatchObject({ status: "REVOKED", endedAt: NOON, pendingKey: null, version: 2 });
    for (const { partner } of [reseller, provider]) {
      const types = (await house.eventsOf(partner.id)).map(({ type }) => type);
      expect(types).toEqual(["invitation.sent", "invitation.revoked"]);
    }
    const { actor } = await aCustomer(house);
    expect(await refusalOf(acceptInvitation(house.as(actor), { token }))).toBe("INVITATION_REVOKED");
  });

  it("that is for anyone stops the next customers and leaves the relationships it made", async () => {
    const inviter = await aPartner(house);
    const [early, late] = [await aCustomer(house), await aCustomer(house)];
    const { id, token } = await anInvitation(house, inviter, { reusable: true });
    const first = await acceptInvitation(house.as(early.actor), { token });
    await revokeInvitation(house.as(inviter.actor), { invitationId: id });
    expect(await refusalOf(acceptInvitation(house.as(late.actor), { token }))).toBe("INVITATION_REVOKED");
    const again = await acceptInvitation(house.as(early.actor), { token });
    expect(again.relationships[0].id).toBe(first.relationships[0].id);
  });

  it("a second time is refused as revoked, and tells nobody", async () => {
    const inviter = await aPartner(house);
    const { id } = await anInvitation(house, inviter);
    await revokeInvitation(house.as(inviter.actor), { invitationId: id });
    const again = revokeInvitation(house.as(inviter.actor), { invitationId: id });
    expect(await refusalOf(again)).toBe("INVITATION_REVOKED");
    expect(await house.eventsOf(inviter.partner.id)).toHaveLength(2);
  });

  it("that was answered or has expired is refused, saying which", async () => {
    const inviter = await aPartner(house);
    const revoke = (invitationId: string) =>
      refusalOf(revokeInvitation(house.as(inviter.actor), { invitationId }));
    const accepted = await anInvitation(house, inviter);
    await acceptInvitation(house.as((await aCustomer(house)).actor), { token: accepted.token });
    expect(await revoke(accepted.id)).toBe("INVITATION_ALREADY_USED");
    const declined = await anInvitation(house, inviter);
    await declineInvitation(house.as((await aCustomer(house)).actor), { token: declined.token });
    expect(await revoke(declined.id)).toBe("INVITATION_DECLINED");
    const expired = await anInvitation(house, inviter, { expiresInDays: 1 });
    house.clock.now = "2026-03-02T12:00:00.000Z";
    expect(await revoke(expired.id)).toBe("INVITATION_EXPIRED");
  });

  it("of an older version is refused and leaves it pending", async () => {
    const inviter = await aPartner(house);
    const { id } = await anInvitation(house, inviter);
    const stale = revokeInvitation(house.as(inviter.actor), { invitationId: id, expectedVersion: 7 });
    expect(await refusalsOf(stale)).toMatchObject([
      { code: "STALE_VERSION", field: "expectedVersion", details: { currentVersion: 1 } },
    ]);
    expect(await house.count("invitation", `id = '${id}' AND status = 'PENDING'`)).toBe(1);
  });

  it("of somebody else finds nothing: another partner's, the provider's, a customer's attempt", async () => {
    const { reseller, provider } = await aResellerWithProvider(house);
    const { id } = await anInvitation(house, reseller, { indirectProviderId: provider.partner.id });
    const stranger = await aPartner(house);
    const revoke = (actor: typeof stranger.actor, invitationId: string) =>
      refusalsOf(revokeInvitation(house.as(actor), { invitationId }));
    const notFound = await revoke(stranger.actor, newId("invitation"));
    expect(notFound).toMatchObject([{ code: "INVITATION_NOT_FOUND", field: "invitationId" }]);
    expect(await revoke(stranger.actor, id)).toEqual(notFound);
    expect(await revoke(provider.actor, id)).toEqual(notFound);
    const customer = revokeInvitation(house.as((await aCustomer(house)).actor), { invitationId: id });
    expect(await refusalOf(customer)).toBe("FORBIDDEN");
    expect(await house.count("invitation", `id = '${id}' AND status = 'PENDING'`)).toBe(1);
  });

  it("with a malformed id names the field", async () => {
    const { actor } = await aPartner(house);
    expect(await refusalsOf(revokeInvitation(house.as(actor), { invitationId: "nonsense" }))).toMatchObject([
      { code: "ID_MALFORMED", field: "invitationId" },
    ]);
  });
});
