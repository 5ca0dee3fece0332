import { Cloud } from "../../entities/partners/partner";
import type { Actor } from "../../src/access/actor";
import { acceptInvitation, declineInvitation, revokeInvitation } from "../../src/invitations";
import {
  aCustomer,
  anInvitation,
  aPartner,
  aProspect,
  aRelationship,
  type CustomerWithAdmin,
  type PartnerWithUser,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

const refusedTo = async (actor: Actor, token: string) =>
  (await refusalsOf(acceptInvitation(testContext.as(actor), { token }))).map(
    ({ code, field }) => `${code} ${field}`,
  );
const NOT_FOUND = ["INVITATION_NOT_FOUND token"];

/** An inviter, three organizations, and an invitation that is addressed to the second of them. */
async function cast(): Promise<{
  inviter: PartnerWithUser;
  user: CustomerWithAdmin;
  addressee: CustomerWithAdmin;
  outsider: CustomerWithAdmin;
}> {
  const [inviter, user, addressee, outsider] = await Promise.all([
    aPartner(testContext),
    aCustomer(testContext),
    aCustomer(testContext),
    aCustomer(testContext),
  ]);
  return { inviter, user, addressee, outsider };
}

describe("an invitation that is no longer open", () => {
  it("is refused as expired at the instant of its deadline, and accepted a moment before", async () => {
    const { inviter, user, outsider } = await cast();
    const late = await anInvitation(testContext, inviter, { expiresInDays: 1 });
    const early = await anInvitation(testContext, inviter, { expiresInDays: 1 });
    testContext.clock.now = "2026-03-02T11:59:59.999Z";
    await acceptInvitation(testContext.as(outsider.actor), { token: early.token });
    testContext.clock.now = "2026-03-02T12:00:00.000Z";
    expect(await refusedTo(user.actor, late.token)).toEqual(["INVITATION_EXPIRED undefined"]);
    expect(await testContext.count("reseller_relationship", `customerId = '${user.customer.id}'`)).toBe(0);
  });

  it("is refused as revoked, and changes nothing", async () => {
    const { inviter, user } = await cast();
    const { id, token } = await anInvitation(testContext, inviter);
    await revokeInvitation(testContext.as(inviter.actor), { invitationId: id });
    expect((await refusedTo(user.actor, token))[0]).toMatch(/^INVITATION_REVOKED/);
    expect(await testContext.eventsOf(user.customer.id)).toEqual([]);
  });

  it("is refused as declined to who declined it, and is not there for others", async () => {
    const { inviter, user, outsider } = await cast();
    const { token } = await anInvitation(testContext, inviter);
    await declineInvitation(testContext.as(user.actor), { token });
    expect((await refusedTo(user.actor, token))[0]).toMatch(/^INVITATION_DECLINED/);
    expect(await refusedTo(outsider.actor, token)).toEqual(NOT_FOUND);
  });

  it("because another customer used it, is told to its addressee and is not there for an anonymous caller", async () => {
    const { inviter, user, addressee, outsider } = await cast();
    const { token } = await anInvitation(testContext, inviter, { recipientEmail: addressee.actor.email });
    await acceptInvitation(testContext.as(user.actor), { token });
    expect(await refusedTo(addressee.actor, token)).toEqual(["INVITATION_ALREADY_USED token"]);
    expect(await refusedTo(outsider.actor, token)).toEqual(NOT_FOUND);
    expect(await refusedTo(aProspect(), token)).toEqual(NOT_FOUND);
  });
});

describe("an invitation that is not for the one who accepts", () => {
  it("names another organization: told to its addressee, not there for an anonymous caller", async () => {
    const { inviter, user: named, addressee, outsider } = await cast();
    await aRelationship(testContext, inviter.partner, named.customer);
    const { token } = await anInvitation(testContext, inviter, {
      customerId: named.customer.id,
      recipientEmail: addressee.actor.email,
    });
    expect(await refusedTo(addressee.actor, token)).toEqual(["INVITATION_FOR_ANOTHER_CUSTOMER token"]);
    expect(await refusedTo(outsider.actor, token)).toEqual(NOT_FOUND);
    expect(await refusedTo(aProspect(), token)).toEqual(NOT_FOUND);
  });

  it("is not there for a partner's user, the inviter itself included", async () => {
    const { inviter } = await cast();
    const { token } = await anInvitation(testContext, inviter);
    expect(await refusedTo(inviter.actor, token)).toEqual(NOT_FOUND);
    expect(await refusedTo((await aPartner(testContext)).actor, token)).toEqual(NOT_FOUND);
  });

  it("is not there for a token that no link has", async () => {
    const { user } = await cast();
    for (const token of ["", " ", "x".repeat(43), "'; DROP TABLE invitation; --"]) {
      expect(await refusedTo(user.actor, token)).toEqual(NOT_FOUND);
    }
  });
});

describe("an invitation across a border", () => {
  it("of market is refused: the partner may not sell there", async () => {
    const inviter = await aPartner(testContext, { country: "DE" });
    const { customer, actor } = await aCustomer(testContext, { country: "US" });
    const { id, token } = await anInvitation(testContext, inviter);
    expect(await refusedTo(actor, token)).toEqual(["CUSTOMER_IN_OTHER_MARKET token"]);
    expect(await testContext.count("invitation", `id = '${id}' AND status = 'PENDING'`)).toBe(1);
    expect(await testContext.eventsOf(customer.id)).toEqual([]);
  });

  it("of countries within one market is accepted", async () => {
    const inviter = await aPartner(testContext, { country: "DE" });
    const { actor } = await aCustomer(testContext, { country: "FR" });
    const { token } = await anInvitation(testContext, inviter);
    expect((await acceptInvitation(testContext.as(actor), { token })).relationships).toHaveLength(1);
  });

  it("of cloud is refused, for a customer and for a newcomer", async () => {
    const inviter = await aPartner(testContext, { cloud: Cloud.US_GOVERNMENT });
    const { actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, inviter);
    expect(await refusedTo(actor, token)).toEqual(["CUSTOMER_IN_OTHER_CLOUD token"]);
    const prospect = aProspect();
    const details = { companyName: "New Shop", domain: prospect.email.split("@")[1], country: "US" };
    const attempt = acceptInvitation(testContext.as(prospect), { token, ...details });
    expect(await refusalsOf(attempt)).toMatchObject([{ code: "CUSTOMER_IN_OTHER_CLOUD" }]);
    expect(await testContext.count("customer", `tenantId = '${prospect.tenantId}'`)).toBe(0);
  });
});

describe("an invitation to what is there already", () => {
  it("is refused, naming the relationship, and stays pending", async () => {
    const { inviter, user } = await cast();
    const relationship = await aRelationship(testContext, inviter.partner, user.customer);
    const { id, token } = await anInvitation(testContext, inviter);
    const refusals = await refusalsOf(acceptInvitation(testContext.as(user.actor), { token }));
    expect(refusals).toMatchObject([
      { code: "RELATIONSHIP_ALREADY_ACTIVE", field: "token", details: { existingId: relationship.id } },
    ]);
    expect(await testContext.count("invitation", `id = '${id}' AND status = 'PENDING'`)).toBe(1);
  });

  it("of two that one customer accepts at once makes one relationship and one event", async () => {
    for (let round = 0; round < 5; round++) {
      const { inviter, user } = await cast();
      const links = [await anInvitation(testContext, inviter), await anInvitation(testContext, inviter)];
      const answers = await Promise.allSettled(
        links.map(({ token }) => acceptInvitation(testContext.as(user.actor), { token })),
      );
      expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const refused = answers.find((answer) => answer.status === "rejected");
      expect(refused?.reason).toMatchObject({ code: "RELATIONSHIP_ALREADY_ACTIVE" });
      expect(await testContext.count("reseller_relationship", `customerId = '${user.customer.id}'`)).toBe(1);
      const types = (await testContext.eventsOf(user.customer.id)).map(({ type }) => type);
      expect(types).toEqual(["relationship.established", "invitation.accepted"]);
    }
  });
});
