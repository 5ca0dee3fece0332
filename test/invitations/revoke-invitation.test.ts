import { Invitation } from "../../entities/invitations/invitation";
import { newId } from "../../src/values/ids";
import { acceptInvitation, declineInvitation, revokeInvitation } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner, aResellerWithProvider } from "../support/builders";
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

describe("revoking an invitation", () => {
  it("ends it for everybody who holds the link, and tells the inviter and its provider", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { id, token } = await anInvitation(testContext, reseller, {
      indirectProviderId: provider.partner.id,
    });

    const { invitation } = await revokeInvitation(testContext.as(reseller.actor), { invitationId: id });

    expect(invitation).toMatchObject({ status: "REVOKED", endedAt: NOON, pendingKey: null, version: 2 });
    for (const { partner } of [reseller, provider]) {
      const types = (await testContext.eventsOf(partner.id)).map(({ type }) => type);
      expect(types).toEqual(["invitation.sent", "invitation.revoked"]);
    }
    const { actor } = await aCustomer(testContext);
    expect(await refusalOf(acceptInvitation(testContext.as(actor), { token }))).toBe("INVITATION_REVOKED");
  });

  it("that is for anyone stops the next customers and leaves the relationships it made", async () => {
    const inviter = await aPartner(testContext);
    const [early, late] = [await aCustomer(testContext), await aCustomer(testContext)];
    const { id, token } = await anInvitation(testContext, inviter, { reusable: true });
    const first = await acceptInvitation(testContext.as(early.actor), { token });
    await revokeInvitation(testContext.as(inviter.actor), { invitationId: id });
    expect(await refusalOf(acceptInvitation(testContext.as(late.actor), { token }))).toBe(
      "INVITATION_REVOKED",
    );
    const again = await acceptInvitation(testContext.as(early.actor), { token });
    expect(again.relationships[0].id).toBe(first.relationships[0].id);
  });

  it("a second time is refused as revoked, and tells nobody", async () => {
    const inviter = await aPartner(testContext);
    const { id } = await anInvitation(testContext, inviter);
    await revokeInvitation(testContext.as(inviter.actor), { invitationId: id });
    const again = revokeInvitation(testContext.as(inviter.actor), { invitationId: id });
    expect(await refusalOf(again)).toBe("INVITATION_REVOKED");
    expect(await testContext.eventsOf(inviter.partner.id)).toHaveLength(2);
  });

  it("that was answered or has expired is refused, saying which", async () => {
    const inviter = await aPartner(testContext);
    const revoke = (invitationId: string) =>
      refusalOf(revokeInvitation(testContext.as(inviter.actor), { invitationId }));
    const accepted = await anInvitation(testContext, inviter);
    await acceptInvitation(testContext.as((await aCustomer(testContext)).actor), { token: accepted.token });
    expect(await revoke(accepted.id)).toBe("INVITATION_ALREADY_USED");
    const declined = await anInvitation(testContext, inviter);
    await declineInvitation(testContext.as((await aCustomer(testContext)).actor), { token: declined.token });
    expect(await revoke(declined.id)).toBe("INVITATION_DECLINED");
    const expired = await anInvitation(testContext, inviter, { expiresInDays: 1 });
    testContext.clock.now = "2026-03-02T12:00:00.000Z";
    expect(await revoke(expired.id)).toBe("INVITATION_EXPIRED");
  });

  it("of an older version is refused and leaves it pending", async () => {
    const inviter = await aPartner(testContext);
    const { id } = await anInvitation(testContext, inviter);
    const stale = revokeInvitation(testContext.as(inviter.actor), { invitationId: id, expectedVersion: 7 });
    expect(await refusalsOf(stale)).toMatchObject([
      { code: "STALE_VERSION", field: "expectedVersion", details: { currentVersion: 1 } },
    ]);
    expect(await testContext.count("invitation", `id = '${id}' AND status = 'PENDING'`)).toBe(1);
  });

  it("of somebody else finds nothing: another partner's, the provider's, a customer's attempt", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { id } = await anInvitation(testContext, reseller, { indirectProviderId: provider.partner.id });
    const outsider = await aPartner(testContext);
    const revoke = (actor: typeof outsider.actor, invitationId: string) =>
      refusalsOf(revokeInvitation(testContext.as(actor), { invitationId }));
    const notFound = await revoke(outsider.actor, newId(Invitation));
    expect(notFound).toMatchObject([{ code: "INVITATION_NOT_FOUND", field: "invitationId" }]);
    expect(await revoke(outsider.actor, id)).toEqual(notFound);
    expect(await revoke(provider.actor, id)).toEqual(notFound);
    const customer = revokeInvitation(testContext.as((await aCustomer(testContext)).actor), {
      invitationId: id,
    });
    expect(await refusalOf(customer)).toBe("FORBIDDEN");
    expect(await testContext.count("invitation", `id = '${id}' AND status = 'PENDING'`)).toBe(1);
  });

  it("with a malformed id names the field", async () => {
    const { actor } = await aPartner(testContext);
    expect(
      await refusalsOf(revokeInvitation(testContext.as(actor), { invitationId: "nonsense" })),
    ).toMatchObject([{ code: "ID_MALFORMED", field: "invitationId" }]);
  });
});
