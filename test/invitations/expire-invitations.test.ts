import { processDueRows } from "../../src/jobs/due-rows";
import { acceptInvitation, inviteCustomer, revokeInvitation } from "../../src/invitations";
import { expiredInvitations } from "../../src/invitations/expire-invitations.processor";
import { aCustomer, anInvitation, aPartner, aResellerWithProvider } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
const DEADLINE = "2026-03-03T12:00:00.000Z";
const LATER = "2026-03-05T09:00:00.000Z";
const TWO_DAYS = { expiresInDays: 2 };
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

/** One look at what is due, as each node takes it. */
async function sweep(): Promise<unknown[]> {
  const troubles: unknown[] = [];
  const onError = (error: unknown) => void troubles.push(error);
  await processDueRows(testContext.system, expiredInvitations, { onError, batchSize: 3 });
  return troubles;
}

const typesOf = async (organizationId: string) =>
  (await testContext.eventsOf(organizationId)).map(({ type }) => type);
const isExpired = async (id: string) =>
  (await testContext.count(
    "invitation",
    `id = '${id}' AND status = 'EXPIRED' AND pendingKey IS NULL AND endedAt = '${DEADLINE}'`,
  )) === 1;

describe("an invitation whose deadline has passed", () => {
  it("expires by itself, once, at its deadline, and tells the inviter and its provider", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { id } = await anInvitation(testContext, reseller, {
      ...TWO_DAYS,
      indirectProviderId: provider.partner.id,
    });
    testContext.clock.now = "2026-03-03T11:59:59.999Z";
    await sweep();
    expect(await isExpired(id)).toBe(false);
    testContext.clock.now = LATER;
    for (let again = 0; again < 2; again++) expect(await sweep()).toEqual([]);
    expect(await isExpired(id)).toBe(true);
    for (const { partner } of [reseller, provider]) {
      expect(await typesOf(partner.id)).toEqual(["invitation.sent", "invitation.expired"]);
      expect((await testContext.eventsOf(partner.id))[1]).toMatchObject({
        invitationId: id,
        partnerName: reseller.partner.name,
        actorId: "system",
        occurredAt: LATER,
      });
      const activity = "operation = 'expireInvitations' AND actorId = 'system'";
      expect(
        await testContext.count("activity_record", `organizationId = '${partner.id}' AND ${activity}`),
      ).toBe(1);
    }
  });

  it("that is for anyone expires as well; its customers stay", async () => {
    const inviter = await aPartner(testContext);
    const { id, token } = await anInvitation(testContext, inviter, { ...TWO_DAYS, reusable: true });
    await acceptInvitation(testContext.as((await aCustomer(testContext)).actor), { token });
    testContext.clock.now = LATER;
    await sweep();
    expect(await isExpired(id)).toBe(true);
    expect((await typesOf(inviter.partner.id)).at(-1)).toBe("invitation.expired");
    expect(
      await testContext.count("reseller_relationship", `invitationId = '${id}' AND status = 'ACTIVE'`),
    ).toBe(1);
    const late = acceptInvitation(testContext.as((await aCustomer(testContext)).actor), { token });
    expect(await refusalOf(late)).toBe("INVITATION_EXPIRED");
  });

  it("does not expire when it was answered or revoked before", async () => {
    const inviter = await aPartner(testContext);
    const revoked = await anInvitation(testContext, inviter, TWO_DAYS);
    await revokeInvitation(testContext.as(inviter.actor), { invitationId: revoked.id });
    const accepted = await anInvitation(testContext, inviter, TWO_DAYS);
    await acceptInvitation(testContext.as((await aCustomer(testContext)).actor), { token: accepted.token });
    testContext.clock.now = LATER;
    await sweep();
    expect(await typesOf(inviter.partner.id)).not.toContain("invitation.expired");
  });

  it("is told once where the address is invited again before anybody has looked", async () => {
    const inviter = await aPartner(testContext);
    const to = { recipientEmail: "info@shop.example" };
    const { id } = await anInvitation(testContext, inviter, { ...TWO_DAYS, ...to });
    testContext.clock.now = LATER;
    await inviteCustomer(testContext.as(inviter.actor), to);
    expect(await isExpired(id)).toBe(true);
    await sweep();
    expect(await typesOf(inviter.partner.id)).toEqual([
      "invitation.sent",
      "invitation.expired",
      "invitation.sent",
    ]);
  });

  it("is told once, and the address is free, where both happen at the same moment", async () => {
    for (let round = 0; round < 8; round++) {
      testContext.clock.now = NOON;
      const inviter = await aPartner(testContext);
      const to = { recipientEmail: "info@shop.example" };
      await anInvitation(testContext, inviter, { ...TWO_DAYS, ...to });
      testContext.clock.now = LATER;
      const again = () => inviteCustomer(testContext.as(inviter.actor), to);
      const works = round % 2 ? [again(), sweep()] : [sweep(), again()];
      await Promise.all(works);
      expect(await typesOf(inviter.partner.id)).toEqual([
        "invitation.sent",
        "invitation.expired",
        "invitation.sent",
      ]);
    }
  });
});

it("several nodes that look at the same moment expire each invitation once, and leave none out", async () => {
  const inviter = await aPartner(testContext);
  for (let at = 0; at < 20; at++) await anInvitation(testContext, inviter, TWO_DAYS);
  testContext.clock.now = LATER;
  const troubles = await Promise.all([1, 2, 3, 4].map(() => sweep()));
  expect(troubles.flat()).toEqual([]);
  // One that another node had locked is found at the next look.
  await sweep();
  const types = await typesOf(inviter.partner.id);
  expect(types.filter((type) => type === "invitation.expired")).toHaveLength(20);
  expect(
    await testContext.count("invitation", `partnerId = '${inviter.partner.id}' AND status = 'PENDING'`),
  ).toBe(0);
});
