import { createPartnership } from "../../src/partners";
import {
  acceptInvitation,
  declineInvitation,
  inviteCustomer,
  type InviteCustomer,
  revokeInvitation,
} from "../../src/invitations";
import { ProgrammeRole } from "../../entities/partners/partner";
import {
  aCustomer,
  anInvitation,
  aPartner,
  aPartnerUser,
  aResellerWithProvider,
  type PartnerWithUser,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
const MORNING = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = MORNING;
});
afterAll(() => testContext.close());

const TO = { recipientEmail: "info@shop.example" };
const invite = (inviter: PartnerWithUser, input: InviteCustomer = TO) =>
  inviteCustomer(testContext.as(inviter.actor), input);

describe("a second invitation to one address", () => {
  it("is refused while the first is pending, naming the first, also in another spelling of the address", async () => {
    const inviter = await aPartner(testContext);
    const first = await invite(inviter);
    for (const recipientEmail of ["info@shop.example", "INFO@Shop.Example "]) {
      expect(await refusalsOf(invite(inviter, { recipientEmail }))).toMatchObject([
        {
          code: "INVITATION_ALREADY_PENDING",
          field: "recipientEmail",
          details: { existingId: first.invitation.id },
        },
      ]);
    }
  });

  it("is refused to a colleague too: one partner asks once", async () => {
    const inviter = await aPartner(testContext);
    const colleague = { ...inviter, actor: await aPartnerUser(testContext, inviter.partner, {}) };
    await invite(inviter);
    expect(await refusalOf(invite(colleague))).toBe("INVITATION_ALREADY_PENDING");
  });

  it("may come from another partner", async () => {
    await invite(await aPartner(testContext));
    expect((await invite(await aPartner(testContext))).invitation.status).toBe("PENDING");
  });

  it("may come together with a provider, with another provider, and without", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const second = await aPartner(testContext, { programmeRole: ProgrammeRole.INDIRECT_PROVIDER });
    await testContext.system.transaction((tx) =>
      createPartnership(tx, second.partner.id, reseller.partner.id),
    );
    await invite(reseller);
    await invite(reseller, { ...TO, indirectProviderId: provider.partner.id });
    await invite(reseller, { ...TO, indirectProviderId: second.partner.id });
    const again = invite(reseller, { ...TO, indirectProviderId: second.partner.id });
    expect(await refusalOf(again)).toBe("INVITATION_ALREADY_PENDING");
    expect(await testContext.count("invitation", `partnerId = '${reseller.partner.id}'`)).toBe(3);
  });

  /** That an answer stays what it was when the address is invited again. */
  const expectStatus = async (id: string, status: string) =>
    expect(
      await testContext.count("invitation", `id = '${id}' AND status = '${status}' AND pendingKey IS NULL`),
    ).toBe(1);

  it("may follow when the first was revoked", async () => {
    const inviter = await aPartner(testContext);
    const { id } = await anInvitation(testContext, inviter, TO);
    await revokeInvitation(testContext.as(inviter.actor), { invitationId: id });
    expect((await invite(inviter)).invitation.status).toBe("PENDING");
    await expectStatus(id, "REVOKED");
  });

  it("may follow when the first was declined", async () => {
    const inviter = await aPartner(testContext);
    const { id, token } = await anInvitation(testContext, inviter, TO);
    await declineInvitation(testContext.as((await aCustomer(testContext)).actor), { token });
    expect((await invite(inviter)).invitation.status).toBe("PENDING");
    await expectStatus(id, "DECLINED");
  });

  it("may follow when the first was accepted", async () => {
    const inviter = await aPartner(testContext);
    const { id, token } = await anInvitation(testContext, inviter, TO);
    await acceptInvitation(testContext.as((await aCustomer(testContext)).actor), { token });
    expect((await invite(inviter)).invitation.status).toBe("PENDING");
    await expectStatus(id, "ACCEPTED");
  });

  it("may follow at the instant at which the first expired, and not a moment before", async () => {
    const inviter = await aPartner(testContext);
    const first = await invite(inviter, { ...TO, expiresInDays: 2 });
    testContext.clock.now = "2026-03-03T11:59:59.999Z";
    expect(await refusalOf(invite(inviter))).toBe("INVITATION_ALREADY_PENDING");
    testContext.clock.now = "2026-03-03T12:00:00.000Z";
    expect((await invite(inviter)).invitation.status).toBe("PENDING");
    expect(
      await testContext.count("invitation", `id = '${first.invitation.id}' AND status = 'EXPIRED'`),
    ).toBe(1);
  });

  it("of ten at once leaves one that is pending, and nine that are told so", async () => {
    const inviter = await aPartner(testContext);
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => invite(inviter)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === "rejected") {
        expect(answer.reason).toMatchObject({ code: "INVITATION_ALREADY_PENDING" });
      }
    }
    expect(await testContext.eventsOf(inviter.partner.id)).toHaveLength(1);
  });
});
