import { AdminRole, AgentRole } from "../../entities/identity/user";
import { Cloud } from "../../entities/partners/partner";
import type { CustomerUserActor, PartnerUserActor, ProspectActor } from "../../src/access/actor";
import { ActorDirectory, type TokenClaims } from "../../src/identity";
import { acceptInvitation } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner, aPartnerUser, aProspect } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => testContext.close());

/** The actor behind a good token. */
const directory = () => {
  const { database, matrix, now } = testContext.services;
  const found = new ActorDirectory({ read: (work) => database.read(work), matrix, now });
  return {
    actorOf: async (claims: TokenClaims) => (await found.bearerOf({ kind: "TOKEN", claims })).actor,
  };
};

/** What the token of an actor says; a token of a person that we know need not name any role. */
function claimsOf(
  actor: PartnerUserActor | CustomerUserActor | ProspectActor,
  isGlobalAdmin = false,
): TokenClaims {
  const { tenantId, subject, email, displayName } = actor;
  const expiresAt = Number.MAX_SAFE_INTEGER;
  return { tenantId, subject, email, displayName, isGlobalAdmin, cloud: Cloud.PUBLIC, expiresAt };
}

/** Whoever lacks a permission that can be limited to a customer may have grants of it. */
function withGrants(user: PartnerUserActor): PartnerUserActor {
  return { ...user, grantHolderId: user.userId };
}

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const before = testContext.statements.length;
  await work();
  return testContext.statements.length - before;
}

describe("who the bearer of a good token is", () => {
  it("is a partner's user with the roles that our database gives, whatever the token says", async () => {
    const { partner } = await aPartner(testContext);
    const roles = { agent: [AgentRole.SALES_AGENT], admin: [AdminRole.BILLING_ADMIN] };
    const agent = await aPartnerUser(testContext, partner, roles);
    expect(await directory().actorOf(claimsOf(agent, true))).toEqual(withGrants(agent));
  });

  it("is a customer's user", async () => {
    const { actor } = await aCustomer(testContext);
    expect(await directory().actorOf(claimsOf(actor))).toEqual(actor);
  });

  it("is a prospect when its organization is not known and it is Global admin there", async () => {
    const prospect = aProspect();
    expect(await directory().actorOf(claimsOf(prospect, true))).toEqual(prospect);
  });

  it("is nobody in an unknown organization without being Global admin", async () => {
    expect(await refusalOf(directory().actorOf(claimsOf(aProspect())))).toBe("TENANT_UNKNOWN");
  });

  it("is nobody of an organization that lives in another cloud than its issuer speaks for", async () => {
    const elsewhere = { cloud: Cloud.US_GOVERNMENT };
    const [{ actor }, customer] = [
      await aPartner(testContext, elsewhere),
      await aCustomer(testContext, elsewhere),
    ];
    for (const known of [actor, customer.actor]) {
      expect(await refusalOf(directory().actorOf(claimsOf(known)))).toBe("TENANT_UNKNOWN");
      expect(await directory().actorOf({ ...claimsOf(known), ...elsewhere })).toEqual(known);
    }
  });

  it("is nobody in a known organization that has no such user, Global admin or not", async () => {
    const [{ actor }, customer] = [await aPartner(testContext), await aCustomer(testContext)];
    for (const known of [actor, customer.actor]) {
      const claims = { ...claimsOf(known, true), subject: "somebody else" };
      expect(await refusalOf(directory().actorOf(claims))).toBe("USER_UNKNOWN");
    }
  });

  it("is nobody when its user is inactive", async () => {
    const { actor } = await aPartner(testContext);
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE user_account SET status = 'INACTIVE' WHERE id = ?", [actor.userId]),
    );
    expect(await refusalOf(directory().actorOf(claimsOf(actor, true)))).toBe("USER_INACTIVE");
  });

  it("is not somebody of another organization with the same subject", async () => {
    const [first, second] = [await aPartner(testContext), await aPartner(testContext)];
    const claims = { ...claimsOf(first.actor, true), tenantId: second.actor.tenantId };
    expect(await refusalOf(directory().actorOf(claims))).toBe("USER_UNKNOWN");
  });
});

describe("what the directory remembers", () => {
  it("is believed for two seconds without a statement, then looked up again with one", async () => {
    const { actor } = await aPartner(testContext);
    const known = directory();
    const clock = jest.spyOn(performance, "now").mockReturnValue(1_000);
    const look = () => known.actorOf(claimsOf(actor));
    expect(await statementsOf(look)).toBe(1);
    clock.mockReturnValue(2_999);
    expect(await statementsOf(look)).toBe(0);
    clock.mockReturnValue(3_000);
    expect(await statementsOf(look)).toBe(1);
  });

  it("forgets roles that were taken away after two seconds", async () => {
    const { actor } = await aPartner(testContext);
    const known = directory();
    const clock = jest.spyOn(performance, "now").mockReturnValue(0);
    await known.actorOf(claimsOf(actor));
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE user_account SET agentRoles = '[]' WHERE id = ?", [actor.userId]),
    );
    expect(await known.actorOf(claimsOf(actor))).toMatchObject({ agentRoles: [AgentRole.ADMIN_AGENT] });
    clock.mockReturnValue(2_000);
    expect(await known.actorOf(claimsOf(actor))).toMatchObject({ agentRoles: [] });
  });

  it("is no prospect: one that accepts an invitation is its customer's Global admin at once", async () => {
    const prospect = aProspect();
    const known = directory();
    const claims = claimsOf(prospect, true);
    expect((await known.actorOf(claims)).kind).toBe("PROSPECT");
    const { token } = await anInvitation(testContext, await aPartner(testContext));
    const details = { companyName: "Shop", domain: prospect.email.split("@")[1], country: "US" };
    await acceptInvitation(testContext.as(prospect), { token, ...details });
    expect(await known.actorOf(claims)).toMatchObject({
      kind: "CUSTOMER_USER",
      adminRoles: [AdminRole.GLOBAL_ADMIN],
    });
  });

  it("is no refusal either: a user that is added may sign in at once", async () => {
    const { partner, actor } = await aPartner(testContext);
    const known = directory();
    const claims = { ...claimsOf(actor), subject: "" };
    expect(await refusalOf(known.actorOf(claims))).toBe("USER_UNKNOWN");
    const added = await aPartnerUser(testContext, partner, {});
    expect(await known.actorOf(claimsOf(added))).toEqual(withGrants(added));
  });
});
