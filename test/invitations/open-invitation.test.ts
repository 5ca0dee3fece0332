import { acceptInvitation, declineInvitation, openInvitation, revokeInvitation } from "../../src/invitations";
import {
  aCustomer,
  anInvitation,
  aPartner,
  aProspect,
  aRelationship,
  aResellerWithProvider,
} from "../support/builders";
import { Cloud } from "../../entities/partners/partner";
import type { Actor } from "../../src/access/actor";
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

const open = (actor: Actor, token: string) => openInvitation(testContext.as(actor), token);
const isNotThere = async (actor: Actor, token: string) =>
  (await refusalOf(open(actor, token))) === "INVITATION_NOT_FOUND";

describe("opening the link of a pending invitation", () => {
  it("shows a customer who invites it, with whom and until when", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { actor } = await aCustomer(testContext);
    const { id, token } = await anInvitation(testContext, reseller, {
      indirectProviderId: provider.partner.id,
    });
    expect(await open(actor, ` ${token}\n`)).toEqual({
      id: id.replace("inv_", "rinv_"),
      invitationId: id,
      status: "PENDING",
      partnerName: reseller.partner.name,
      partnerCountry: "US",
      partnerProgrammeRole: "INDIRECT_RESELLER",
      providerName: provider.partner.name,
      expiresAt: "2026-05-30T12:00:00.000Z",
      canAccept: true,
      refusalCode: null,
      refusalMessage: null,
      companyDetailsRequired: false,
    });
  });

  it("tells a newcomer that accepting takes its company details", async () => {
    const { token } = await anInvitation(testContext, await aPartner(testContext));
    expect(await open(aProspect(), token)).toMatchObject({ canAccept: true, companyDetailsRequired: true });
  });

  it("changes nothing, so that a mail scanner may open it", async () => {
    const inviter = await aPartner(testContext);
    const { actor } = await aCustomer(testContext);
    const { id, token } = await anInvitation(testContext, inviter);
    const before = testContext.statements.length;
    for (let times = 0; times < 3; times++) await open(actor, token);
    expect(testContext.statements.slice(before).filter((sql) => !/^SELECT/i.test(sql))).toEqual([]);
    expect(await testContext.count("invitation", `id = '${id}' AND version = 1`)).toBe(1);
    expect(await testContext.eventsOf(inviter.partner.id)).toHaveLength(1);
  });

  it("tells beforehand why accepting would be refused", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const both = await anInvitation(testContext, reseller, { indirectProviderId: provider.partner.id });
    const abroad = await aCustomer(testContext, { country: "DE" });
    const elsewhere = await aCustomer(testContext, { cloud: Cloud.CHINA });
    const served = await aCustomer(testContext);
    await aRelationship(testContext, reseller.partner, served.customer);
    const codeFor = async (actor: Actor) => (await open(actor, both.token)).refusalCode;

    expect(await codeFor(abroad.actor)).toBe("CUSTOMER_IN_OTHER_MARKET");
    expect(await codeFor(elsewhere.actor)).toBe("CUSTOMER_IN_OTHER_CLOUD");
    expect(await codeFor(served.actor)).toBeNull();
    await aRelationship(testContext, provider.partner, served.customer);
    expect(await codeFor(served.actor)).toBe("RELATIONSHIP_ALREADY_ACTIVE");
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE partnership SET status = 'ENDED' WHERE resellerId = ?", [reseller.partner.id]),
    );
    expect(await open(abroad.actor, both.token)).toMatchObject({
      canAccept: false,
      refusalCode: "PARTNERSHIP_NOT_ACTIVE",
    });
  });

  it("is nothing to the inviter itself, to another partner, or with a wrong token", async () => {
    const inviter = await aPartner(testContext);
    const { token } = await anInvitation(testContext, inviter);
    const { actor } = await aCustomer(testContext);
    expect(await isNotThere(inviter.actor, token)).toBe(true);
    expect(await isNotThere((await aPartner(testContext)).actor, token)).toBe(true);
    for (const wrong of ["", `${token}x`, token.slice(1)]) expect(await isNotThere(actor, wrong)).toBe(true);
    expect(await refusalsOf(open(actor, "wrong"))).toMatchObject([{ field: "token" }]);
  });
});

describe("opening a link that names a customer", () => {
  it("shows it to that customer, tells its addressee why it cannot accept, and nothing to anybody else", async () => {
    const inviter = await aPartner(testContext);
    const [named, addressee, outsider] = [
      await aCustomer(testContext),
      await aCustomer(testContext),
      await aCustomer(testContext),
    ];
    await aRelationship(testContext, inviter.partner, named.customer);
    const { token } = await anInvitation(testContext, inviter, {
      customerId: named.customer.id,
      recipientEmail: addressee.actor.email,
    });
    expect(await open(named.actor, token)).toMatchObject({ status: "PENDING" });
    expect(await open(addressee.actor, token)).toMatchObject({
      canAccept: false,
      refusalCode: "INVITATION_FOR_ANOTHER_CUSTOMER",
    });
    expect(await isNotThere(outsider.actor, token)).toBe(true);
    expect(await isNotThere(aProspect(), token)).toBe(true);
  });
});

describe("opening a link that is no longer open", () => {
  it("of an invitation that was accepted says so to who accepted and to its addressee only", async () => {
    const inviter = await aPartner(testContext);
    const [user, addressee, outsider] = [
      await aCustomer(testContext),
      await aCustomer(testContext),
      await aCustomer(testContext),
    ];
    const { token } = await anInvitation(testContext, inviter, { recipientEmail: addressee.actor.email });
    await acceptInvitation(testContext.as(user.actor), { token });
    for (const { actor } of [user, addressee]) {
      expect(await open(actor, token)).toMatchObject({
        status: "ACCEPTED",
        canAccept: false,
        refusalCode: "INVITATION_ALREADY_USED",
      });
    }
    expect(await isNotThere(outsider.actor, token)).toBe(true);
    expect(await isNotThere(aProspect(), token)).toBe(true);
  });

  it("of an invitation that a customer declined says so to that customer, and nothing to an anonymous caller", async () => {
    const [user, outsider] = [await aCustomer(testContext), await aCustomer(testContext)];
    const { token } = await anInvitation(testContext, await aPartner(testContext));
    await declineInvitation(testContext.as(user.actor), { token });
    expect(await open(user.actor, token)).toMatchObject({
      status: "DECLINED",
      canAccept: false,
      refusalCode: "INVITATION_DECLINED",
    });
    expect(await isNotThere(outsider.actor, token)).toBe(true);
  });

  it("of an invitation that was revoked says so", async () => {
    const inviter = await aPartner(testContext);
    const { id, token } = await anInvitation(testContext, inviter);
    await revokeInvitation(testContext.as(inviter.actor), { invitationId: id });
    expect(await open(aProspect(), token)).toMatchObject({
      status: "REVOKED",
      canAccept: false,
      refusalCode: "INVITATION_REVOKED",
    });
  });

  it("says that it expired at the very instant of the deadline", async () => {
    const { actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, await aPartner(testContext), { expiresInDays: 1 });
    testContext.clock.now = "2026-03-02T11:59:59.999Z";
    expect(await open(actor, token)).toMatchObject({ status: "PENDING", canAccept: true });
    testContext.clock.now = "2026-03-02T12:00:00.000Z";
    expect(await open(actor, token)).toMatchObject({
      status: "EXPIRED",
      canAccept: false,
      refusalCode: "INVITATION_EXPIRED",
    });
  });

  it("is possible again for the next customer of a link for anyone", async () => {
    const { token } = await anInvitation(testContext, await aPartner(testContext), { reusable: true });
    await acceptInvitation(testContext.as((await aCustomer(testContext)).actor), { token });
    expect(await open((await aCustomer(testContext)).actor, token)).toMatchObject({
      status: "PENDING",
      canAccept: true,
    });
  });
});
