import { acceptInvitation, declineInvitation, revokeInvitation } from "../../src/invitations";
import {
  aCustomer,
  anInvitation,
  aPartner,
  aProspect,
  aRelationship,
  aResellerWithProvider,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

const lastEventOf = async (organizationId: string) => (await testContext.eventsOf(organizationId)).at(-1);

describe("declining an invitation", () => {
  it("as a customer ends it for good and tells inviter, provider and customer who declined", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer, actor } = await aCustomer(testContext);
    const { id, token } = await anInvitation(testContext, reseller, {
      indirectProviderId: provider.partner.id,
    });

    const { invitation } = await declineInvitation(testContext.as(actor), { token });

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
    expect(await refusalOf(acceptInvitation(testContext.as(actor), { token }))).toBe("INVITATION_DECLINED");
    expect(await testContext.count("reseller_relationship", `customerId = '${customer.id}'`)).toBe(0);
  });

  it("as a prospect leaves the organization unknown and tells the inviter without an id", async () => {
    const inviter = await aPartner(testContext);
    const prospect = aProspect();
    const { token } = await anInvitation(testContext, inviter);
    const { invitation } = await declineInvitation(testContext.as(prospect), { token });
    expect(invitation).toMatchObject({ status: "DECLINED", customerId: null });
    expect(await testContext.count("customer", `tenantId = '${prospect.tenantId}'`)).toBe(0);
    expect(await lastEventOf(inviter.partner.id)).toMatchObject({
      type: "invitation.declined",
      customerId: null,
      companyName: null,
    });
  });

  it("a second time is refused as declined", async () => {
    const { actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, await aPartner(testContext));
    await declineInvitation(testContext.as(actor), { token });
    expect(await refusalOf(declineInvitation(testContext.as(actor), { token }))).toBe("INVITATION_DECLINED");
  });

  it("that is for anyone is refused, and the link goes on working", async () => {
    const [first, second] = [await aCustomer(testContext), await aCustomer(testContext)];
    const { token } = await anInvitation(testContext, await aPartner(testContext), { reusable: true });
    expect(await refusalOf(declineInvitation(testContext.as(first.actor), { token }))).toBe(
      "INVITATION_NOT_DECLINABLE",
    );
    await acceptInvitation(testContext.as(second.actor), { token });
  });

  it("that was accepted, revoked or has expired is refused, saying which", async () => {
    const inviter = await aPartner(testContext);
    const { actor } = await aCustomer(testContext);
    const decline = (token: string) => refusalOf(declineInvitation(testContext.as(actor), { token }));
    const accepted = await anInvitation(testContext, inviter);
    await acceptInvitation(testContext.as(actor), { token: accepted.token });
    expect(await decline(accepted.token)).toBe("INVITATION_ALREADY_USED");
    const revoked = await anInvitation(testContext, inviter);
    await revokeInvitation(testContext.as(inviter.actor), { invitationId: revoked.id });
    expect(await decline(revoked.token)).toBe("INVITATION_REVOKED");
    const expired = await anInvitation(testContext, inviter, { expiresInDays: 1 });
    testContext.clock.now = "2026-03-02T12:00:00.000Z";
    expect(await decline(expired.token)).toBe("INVITATION_EXPIRED");
  });

  it("that names another customer is not there for an anonymous caller, and refused to its addressee", async () => {
    const inviter = await aPartner(testContext);
    const [named, outsider] = [await aCustomer(testContext), await aCustomer(testContext)];
    await aRelationship(testContext, inviter.partner, named.customer);
    const addressee = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, inviter, {
      customerId: named.customer.id,
      recipientEmail: addressee.actor.email,
    });
    const decline = (actor: typeof named.actor) =>
      refusalOf(declineInvitation(testContext.as(actor), { token }));
    expect(await decline(outsider.actor)).toBe("INVITATION_NOT_FOUND");
    expect(await decline(addressee.actor)).toBe("INVITATION_FOR_ANOTHER_CUSTOMER");
    expect((await declineInvitation(testContext.as(named.actor), { token })).invitation.status).toBe(
      "DECLINED",
    );
  });

  it("by a partner, or with a token that no link has, finds nothing", async () => {
    const inviter = await aPartner(testContext);
    const { token } = await anInvitation(testContext, inviter);
    expect(await refusalOf(declineInvitation(testContext.as(inviter.actor), { token }))).toBe(
      "INVITATION_NOT_FOUND",
    );
    const { actor } = await aCustomer(testContext);
    for (const wrong of ["", "x".repeat(43), token.toUpperCase(), `${token}A`]) {
      const attempt = declineInvitation(testContext.as(actor), { token: wrong });
      expect(await refusalOf(attempt)).toBe("INVITATION_NOT_FOUND");
    }
  });

  it("against an accept by the same customer leaves one outcome, which the only event agrees with", async () => {
    for (let round = 0; round < 5; round++) {
      const inviter = await aPartner(testContext);
      const { customer, actor } = await aCustomer(testContext);
      const { token } = await anInvitation(testContext, inviter);
      const [accepted] = await Promise.allSettled([
        acceptInvitation(testContext.as(actor), { token }),
        declineInvitation(testContext.as(actor), { token }),
      ]);
      const isAccepted = accepted.status === "fulfilled";
      const told = (await testContext.eventsOf(customer.id)).map(({ type }) => type);
      expect(told).toEqual(
        isAccepted ? ["relationship.established", "invitation.accepted"] : ["invitation.declined"],
      );
    }
  });
});
