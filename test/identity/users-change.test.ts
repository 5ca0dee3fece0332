import { AdminRole, AgentRole, User, UserStatus } from "../../entities/identity/user";
import type { Actor } from "../../src/access/actor";
import { newId } from "../../src/values/ids";
import { createUser, deactivateUser, reactivateUser, updateUser } from "../../src/identity";
import { sql } from "../../src/database/sql";
import { aCustomer, aPartner, aPartnerUser, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

const GLOBAL_ADMIN = { admin: [AdminRole.GLOBAL_ADMIN] };
const USER_ADMIN = { admin: [AdminRole.USER_MANAGEMENT_ADMIN] };

let testContext: TestContext;
let home: PartnerWithUser;
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(async () => {
  home = await aPartner(testContext, {}, GLOBAL_ADMIN);
});
afterAll(() => testContext.close());

const add = (by: Actor, input: Partial<Parameters<typeof createUser>[1]> = {}) =>
  createUser(testContext.as(by), { email: "mia@office.example", displayName: "Mia Long", ...input });
const typesIn = async (organizationId: string) =>
  (await testContext.eventsOf(organizationId)).map(({ type }) => type);

/** What the database has of a user. */
function stored(id: string): Promise<User> {
  return testContext.database.read((reads) => reads.get(User, sql`FROM user_account WHERE id = ${id}`));
}

describe("changing a user", () => {
  const change = (by: Actor, input: Parameters<typeof updateUser>[1]) =>
    updateUser(testContext.as(by), input);

  it("changes what is given and leaves alone what is absent", async () => {
    const { user } = await add(home.actor, { agentRoles: [AgentRole.ADMIN_AGENT] });
    const renamed = await change(home.actor, { userId: user.id, displayName: " Mia Short " });
    expect(renamed.user).toMatchObject({ displayName: "Mia Short", agentRoles: ["ADMIN_AGENT"], version: 2 });
    const given = await change(home.actor, { userId: user.id, adminRoles: [AdminRole.BILLING_ADMIN] });
    expect(given.user).toMatchObject({ displayName: "Mia Short", agentRoles: ["ADMIN_AGENT"], version: 3 });
    const taken = await change(home.actor, { userId: user.id, agentRoles: [] });
    expect(taken.user).toMatchObject({ agentRoles: [], adminRoles: ["BILLING_ADMIN"], version: 4 });
    expect(await stored(user.id)).toEqual(taken.user);
    expect(await testContext.eventsOf(home.partner.id)).toMatchObject([
      { type: "user.added" },
      { type: "user.updated", displayName: "Mia Short", agentRoles: ["ADMIN_AGENT"], adminRoles: [] },
      { type: "user.updated", adminRoles: ["BILLING_ADMIN"] },
      { type: "user.updated", agentRoles: [], adminRoles: ["BILLING_ADMIN"] },
    ]);
  });

  it("into what it is already tells nobody and counts no version", async () => {
    const { user } = await add(home.actor, { agentRoles: [AgentRole.SALES_AGENT, AgentRole.ADMIN_AGENT] });
    const same = { displayName: "Mia Long", agentRoles: [AgentRole.SALES_AGENT, AgentRole.ADMIN_AGENT] };
    expect((await change(home.actor, { userId: user.id, ...same })).user.version).toBe(1);
    expect(await typesIn(home.partner.id)).toEqual(["user.added"]);
  });

  it("refuses null, a name that is none, and roles that there are not", async () => {
    const { user } = await add(home.actor);
    const nulls = { displayName: null, agentRoles: null, adminRoles: null };
    const refusals = await refusalsOf(change(home.actor, { userId: user.id, ...nulls }));
    expect(refusals.map(({ field }) => field)).toEqual(["displayName", "agentRoles", "adminRoles"]);
    expect(await refusalOf(change(home.actor, { userId: user.id, displayName: "a\nb" }))).toBe(
      "FIELD_INVALID",
    );
    const { actor } = await aCustomer(testContext);
    const roles = { agentRoles: [AgentRole.ADMIN_AGENT] };
    expect(await refusalOf(change(actor, { userId: actor.userId, ...roles }))).toBe("ROLE_NOT_OFFERED");
  });

  it("that somebody changed since it was read is refused", async () => {
    const { user } = await add(home.actor);
    await change(home.actor, { userId: user.id, displayName: "New" });
    const stale = { userId: user.id, displayName: "Newer", expectedVersion: 1 };
    expect(await refusalsOf(change(home.actor, stale))).toMatchObject([
      { code: "STALE_VERSION", details: { currentVersion: 2 } },
    ]);
  });

  it("of another organization, or that is not there, is no such user", async () => {
    const other = await aPartner(testContext, {}, GLOBAL_ADMIN);
    for (const userId of [other.actor.userId, newId(User)]) {
      const [refusal] = await refusalsOf(change(home.actor, { userId, displayName: "X" }));
      expect(refusal).toMatchObject({ code: "USER_NOT_FOUND", field: "userId" });
      expect(await refusalOf(deactivateUser(testContext.as(home.actor), { userId }))).toBe("USER_NOT_FOUND");
      expect(await refusalOf(reactivateUser(testContext.as(home.actor), { userId }))).toBe("USER_NOT_FOUND");
    }
    expect(await refusalOf(change(home.actor, { userId: home.partner.id }))).toBe("ID_MALFORMED");
    expect((await stored(other.actor.userId)).version).toBe(1);
  });

  it("lets nobody lift itself, and nobody but a Global admin touch a Global admin", async () => {
    const admin = await aPartnerUser(testContext, home.partner, USER_ADMIN);
    const both = [AdminRole.USER_MANAGEMENT_ADMIN, AdminRole.GLOBAL_ADMIN];
    for (const attempt of [
      { userId: admin.userId, adminRoles: both },
      { userId: admin.userId, agentRoles: [AgentRole.ADMIN_AGENT] },
      { userId: home.actor.userId, displayName: "Down with you" },
    ])
      expect(await refusalOf(change(admin, attempt))).toBe("FORBIDDEN");
    expect(await refusalOf(deactivateUser(testContext.as(admin), { userId: home.actor.userId }))).toBe(
      "FORBIDDEN",
    );
    expect(await typesIn(home.partner.id)).toEqual([]);
  });

  it("leaves the organization a Global admin, and that one itself", async () => {
    const { userId } = home.actor;
    expect(await refusalOf(change(home.actor, { userId, adminRoles: [] }))).toBe("LAST_GLOBAL_ADMIN");
    expect(await refusalOf(deactivateUser(testContext.as(home.actor), { userId }))).toBe("LAST_GLOBAL_ADMIN");
    const invited = await add(home.actor, { adminRoles: [AdminRole.GLOBAL_ADMIN] });
    expect(invited.user.status).toBe("INVITED");
    expect(await refusalOf(change(home.actor, { userId, adminRoles: [] }))).toBe("LAST_GLOBAL_ADMIN");
    const second = await aPartnerUser(testContext, home.partner, GLOBAL_ADMIN);
    expect(await refusalOf(change(home.actor, { userId, adminRoles: [] }))).toBe("USER_IS_YOURSELF");
    expect(await refusalOf(deactivateUser(testContext.as(home.actor), { userId }))).toBe("USER_IS_YOURSELF");
    const { user } = await change(second, { userId, adminRoles: [] });
    expect(user.adminRoles).toEqual([]);
  });

  it("is judged by the caller's roles as they are now, not as they were when it signed in", async () => {
    const second = await aPartnerUser(testContext, home.partner, GLOBAL_ADMIN);
    await change(home.actor, { userId: second.userId, adminRoles: [AdminRole.USER_MANAGEMENT_ADMIN] });
    const lift = { userId: second.userId, adminRoles: [AdminRole.GLOBAL_ADMIN] };
    expect(await refusalOf(change(second, lift))).toBe("FORBIDDEN");
    expect(await refusalOf(add(second, { adminRoles: [AdminRole.GLOBAL_ADMIN] }))).toBe("FORBIDDEN");
    await change(home.actor, { userId: second.userId, adminRoles: [] });
    const [refusal] = await refusalsOf(add(second));
    expect(refusal).toMatchObject({ code: "FORBIDDEN", details: { permission: "user.create" } });
    expect(refusal.details?.roles).toContain("USER_MANAGEMENT_ADMIN");
    await deactivateUser(testContext.as(home.actor), { userId: second.userId });
    expect(await refusalOf(add(second))).toBe("USER_INACTIVE");
    expect(await refusalOf(deactivateUser(testContext.as(second), { userId: home.actor.userId }))).toBe(
      "USER_INACTIVE",
    );
  });
});

describe("deactivating and reactivating", () => {
  it("takes a user's access and gives it back with its roles, and tells both", async () => {
    const agent = await aPartnerUser(testContext, home.partner, { agent: [AgentRole.ADMIN_AGENT] });
    const { userId } = agent;
    const ctx = testContext.as(home.actor);
    expect((await deactivateUser(ctx, { userId })).user).toMatchObject({ status: "INACTIVE", version: 2 });
    expect(await refusalOf(deactivateUser(ctx, { userId }))).toBe("USER_ALREADY_INACTIVE");
    const back = await reactivateUser(ctx, { userId, expectedVersion: 2 });
    expect(back.user).toMatchObject({ status: "ACTIVE", agentRoles: ["ADMIN_AGENT"], version: 3 });
    expect(await refusalOf(reactivateUser(ctx, { userId }))).toBe("USER_NOT_INACTIVE");
    expect(await typesIn(home.partner.id)).toEqual(["user.deactivated", "user.reactivated"]);
  });

  it("again with the same idempotencyKey gives the first answer", async () => {
    const { userId } = await aPartnerUser(testContext, home.partner, {});
    const ctx = testContext.as(home.actor);
    const first = await deactivateUser(ctx, { userId, idempotencyKey: "once" });
    expect(await deactivateUser(ctx, { userId, idempotencyKey: "once" })).toEqual(first);
    expect(await typesIn(home.partner.id)).toEqual(["user.deactivated"]);
  });

  it("invites one again who never signed in", async () => {
    const { user } = await add(home.actor);
    await deactivateUser(testContext.as(home.actor), { userId: user.id });
    const back = await reactivateUser(testContext.as(home.actor), { userId: user.id });
    expect(back.user.status).toBe(UserStatus.INVITED);
  });

  it("of a version that is no more is refused", async () => {
    const { userId } = await aPartnerUser(testContext, home.partner, {});
    const ctx = testContext.as(home.actor);
    expect(await refusalOf(deactivateUser(ctx, { userId, expectedVersion: 7 }))).toBe("STALE_VERSION");
    await deactivateUser(ctx, { userId, expectedVersion: 1 });
    expect(await refusalOf(reactivateUser(ctx, { userId, expectedVersion: 1 }))).toBe("STALE_VERSION");
  });
});
