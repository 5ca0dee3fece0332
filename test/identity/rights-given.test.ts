import { AdminRole, AgentRole, User, UserStatus } from "../../entities/identity/user";
import type { PartnerUserActor } from "../../src/access/actor";
import { PermissionMatrix } from "../../src/access/permission-matrix";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { sql } from "../../src/database/sql";
import {
  createApiKey,
  createUser,
  deactivateUser,
  joinOrganization,
  reactivateUser,
  rotateApiKey,
  updateUser,
} from "../../src/identity";
import { aCustomer, aPartner, aPartnerUser, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

/* Nobody gives anybody, itself included, more than it has, but what a permission of its own lets it give. */

const { GLOBAL_ADMIN, USER_MANAGEMENT_ADMIN } = AdminRole;
const { ADMIN_AGENT, HELPDESK_AGENT } = AgentRole;

let testContext: TestContext;
let home: PartnerWithUser;
let userAdmin: PartnerUserActor;
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(async () => {
  home = await aPartner(testContext, {}, { agent: [ADMIN_AGENT], admin: [GLOBAL_ADMIN] });
  userAdmin = await aPartnerUser(testContext, home.partner, { admin: [USER_MANAGEMENT_ADMIN] });
});
afterAll(() => testContext.close());

/** A context of somebody where other roles have some permissions, as an operator's PERMISSIONS_FILE says it. */
function under(actor: PartnerUserActor, overrides: ConstructorParameters<typeof PermissionMatrix>[0]) {
  const matrix = new PermissionMatrix(overrides);
  const { programmeRole, agentRoles, adminRoles } = actor;
  const roles = [...agentRoles, ...adminRoles];
  const permissions = matrix.permissionsOf({ side: "PARTNER", programmeRole, roles });
  return { ...testContext.as({ ...actor, permissions }), matrix } satisfies UseCaseContext;
}

let people = 0;
const person = () => ({ email: `p${++people}@office.example`, displayName: "P" });

describe("rotating an API key", () => {
  const SELLING = { "subscription.create": { partner: [ADMIN_AGENT] } };

  it("is refused to who lacks one of its permissions, which are named, and changes nothing", async () => {
    const permissions = ["event.read", "subscription.create"];
    const { apiKey } = await createApiKey(testContext.as(home.actor), { name: "Seller", permissions });
    const other = await aPartnerUser(testContext, home.partner, { admin: [GLOBAL_ADMIN] });
    const rotate = () => rotateApiKey(under(other, SELLING), { apiKeyId: apiKey.id, overlapHours: 0 });
    await expect(rotate()).rejects.toMatchObject({
      code: "API_KEY_EXCEEDS_YOUR_PERMISSIONS",
      message: expect.stringContaining("subscription.create") as string,
      details: { permissions: ["subscription.create"] },
    });
    expect(await testContext.count("api_key_secret", `apiKeyId = '${apiKey.id}'`)).toBe(1);
    expect(await testContext.count("api_key_secret", `apiKeyId = '${apiKey.id}' AND expiresAt IS NULL`)).toBe(
      1,
    );
  });

  it("is judged by the roles that the caller has now, not those that it signed in with", async () => {
    const { apiKey } = await createApiKey(testContext.as(home.actor), {
      name: "S",
      permissions: ["subscription.create"],
    });
    const ctx = under(home.actor, SELLING);
    await testContext.system.transaction(async (tx) => {
      const user = await tx.get(User, sql`FROM user_account WHERE id = ${home.actor.userId}`);
      await tx.update(User, user, { agentRoles: [] });
    });
    expect(await refusalOf(rotateApiKey(ctx, { apiKeyId: apiKey.id }))).toBe(
      "API_KEY_EXCEEDS_YOUR_PERMISSIONS",
    );
  });

  it("passes over what no key of the organization may use any more", async () => {
    const { apiKey } = await createApiKey(testContext.as(home.actor), {
      name: "Old",
      permissions: ["event.read", "subscription.create"],
    });
    const none = under(home.actor, { "subscription.create": { partner: [] } });
    expect((await rotateApiKey(none, { apiKeyId: apiKey.id })).apiKey.version).toBe(2);
  });
});

describe("agent roles", () => {
  const NOT_FOR_USER_ADMINS = { "user.assign-agent-roles": { partner: [GLOBAL_ADMIN] } };
  const byUserAdmin = () => under(userAdmin, NOT_FOR_USER_ADMINS);

  it("can be given by user management admins unless the operator takes that permission from them", async () => {
    const given = { ...person(), agentRoles: [ADMIN_AGENT] };
    expect((await createUser(testContext.as(userAdmin), given)).user.agentRoles).toEqual([ADMIN_AGENT]);
    await expect(createUser(byUserAdmin(), { ...given, ...person() })).rejects.toMatchObject({
      code: "FORBIDDEN",
      details: { permission: "user.assign-agent-roles", roles: [GLOBAL_ADMIN] },
    });
    expect((await createUser(byUserAdmin(), person())).user.agentRoles).toEqual([]);
  });

  it("cannot be changed, taken away or brought back without it, while the rest of a user can", async () => {
    const { user } = await createUser(testContext.as(home.actor), { ...person(), agentRoles: [ADMIN_AGENT] });
    const change = (input: object) => updateUser(byUserAdmin(), { userId: user.id, ...input });
    for (const agentRoles of [[], [HELPDESK_AGENT], [ADMIN_AGENT, HELPDESK_AGENT]])
      expect(await refusalOf(change({ agentRoles }))).toBe("FORBIDDEN");
    const renamed = await change({ displayName: "Q", agentRoles: [ADMIN_AGENT] });
    expect(renamed.user).toMatchObject({ displayName: "Q", agentRoles: [ADMIN_AGENT] });
    expect((await deactivateUser(byUserAdmin(), { userId: user.id })).user.status).toBe("INACTIVE");
    expect(await refusalOf(reactivateUser(byUserAdmin(), { userId: user.id }))).toBe("FORBIDDEN");
    expect((await reactivateUser(testContext.as(home.actor), { userId: user.id })).user.agentRoles).toEqual([
      ADMIN_AGENT,
    ]);
    const { user: plain } = await createUser(byUserAdmin(), person());
    await deactivateUser(byUserAdmin(), { userId: plain.id });
    expect((await reactivateUser(byUserAdmin(), { userId: plain.id })).user.status).toBe("INVITED");
  });
});

describe("a subject", () => {
  const invited = { email: "chief@office.example", displayName: "Chief", adminRoles: [GLOBAL_ADMIN] };
  const chief = { subject: "sub-chief", email: invited.email };

  it("is given by Global admins only: nobody else makes an invited Global admin a powerless user", async () => {
    const { user } = await createUser(testContext.as(home.actor), invited);
    const hijack = () => createUser(testContext.as(userAdmin), { ...person(), subject: chief.subject });
    await expect(hijack()).rejects.toMatchObject({
      code: "FORBIDDEN",
      details: { permission: "user.bind-subject", roles: [GLOBAL_ADMIN] },
    });
    await joinOrganization(testContext.system, chief, home.partner.id);
    const joined = await testContext.database.read((reads) =>
      reads.get(
        User,
        sql`FROM user_account WHERE organizationId = ${home.partner.id} AND subject = ${chief.subject}`,
      ),
    );
    expect(joined).toMatchObject({ id: user.id, status: UserStatus.ACTIVE, adminRoles: [GLOBAL_ADMIN] });
    const late = createUser(testContext.as(home.actor), { ...person(), subject: chief.subject });
    expect((await refusalsOf(late)).map(({ code }) => code)).toEqual(["USER_SUBJECT_TAKEN"]);
  });

  it("is the same for a customer's users", async () => {
    const { actor } = await aCustomer(testContext);
    const [user] = await testContext.database.read((reads) =>
      reads.all(User, sql`FROM user_account WHERE id = ${actor.userId}`),
    );
    await testContext.system.transaction((tx) =>
      tx.update(User, user, { adminRoles: [USER_MANAGEMENT_ADMIN] }),
    );
    expect(await refusalOf(createUser(testContext.as(actor), { ...person(), subject: "s" }))).toBe(
      "FORBIDDEN",
    );
    expect((await createUser(testContext.as(actor), person())).user.status).toBe("INVITED");
  });

  it("belongs to one user, no matter who is given it or signs in with it at once", async () => {
    for (let round = 0; round < 15; round++) {
      const { partner, actor } = await aPartner(testContext, {}, { admin: [GLOBAL_ADMIN] });
      await createUser(testContext.as(actor), invited);
      const [one, two] = await Promise.allSettled([
        createUser(testContext.as(actor), { ...person(), subject: chief.subject }),
        createUser(testContext.as(actor), { ...person(), subject: chief.subject }),
        joinOrganization(testContext.system, chief, partner.id),
      ]);
      for (const answer of [one, two])
        if (answer.status === "rejected")
          expect(JSON.stringify(answer.reason)).toContain("USER_SUBJECT_TAKEN");
      expect(
        await testContext.count(
          "user_account",
          `organizationId = '${partner.id}' AND subject = '${chief.subject}'`,
        ),
      ).toBe(1);
    }
  });
});
