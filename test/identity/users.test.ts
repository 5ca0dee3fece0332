import { AdminRole, AgentRole, User } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import type { Actor } from "../../src/access/actor";
import { createUser, deactivateUser, insertUser, updateUser } from "../../src/identity";
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

describe("adding a user", () => {
  it("by e-mail address invites it, and tells the organization", async () => {
    const { user } = await add(home.actor, {
      email: "  Mia@Office.Example ",
      displayName: " Mia Long ",
      agentRoles: [AgentRole.SALES_AGENT, AgentRole.ADMIN_AGENT, AgentRole.SALES_AGENT],
    });
    expect(user).toMatchObject({
      organizationId: home.partner.id,
      email: "mia@office.example",
      displayName: "Mia Long",
      subject: null,
      status: "INVITED",
      agentRoles: ["ADMIN_AGENT", "SALES_AGENT"],
      adminRoles: [],
      version: 1,
    });
    expect(await stored(user.id)).toEqual(user);
    const { id: userId, email, displayName, agentRoles, adminRoles } = user;
    expect(await testContext.eventsOf(home.partner.id)).toMatchObject([
      { type: "user.added", actorId: home.actor.userId, userId, email, displayName, agentRoles, adminRoles },
    ]);
  });

  it("with the identity provider's subject makes it active at once", async () => {
    const { user } = await add(home.actor, { subject: " sub-mia " });
    expect(user).toMatchObject({ subject: "sub-mia", status: "ACTIVE" });
  });

  it("whose e-mail address the organization has is refused, naming the one that is there", async () => {
    const { user } = await add(home.actor);
    const again = await refusalsOf(add(home.actor, { email: "MIA@office.example" }));
    expect(again).toMatchObject([
      { code: "USER_EMAIL_TAKEN", field: "email", details: { existingId: user.id } },
    ]);
    await deactivateUser(testContext.as(home.actor), { userId: user.id });
    const [refusal] = await refusalsOf(add(home.actor));
    expect(refusal.message).toContain("it is INACTIVE");
  });

  it("whose subject the organization has is refused, together with its e-mail address", async () => {
    const { user: first } = await add(home.actor, { subject: "sub-1" });
    const { user: second } = await add(home.actor, { email: "b@office.example" });
    const refusals = await refusalsOf(add(home.actor, { email: "b@office.example", subject: "sub-1" }));
    expect(refusals).toMatchObject([
      { code: "USER_EMAIL_TAKEN", details: { existingId: second.id } },
      { code: "USER_SUBJECT_TAKEN", field: "subject", details: { existingId: first.id } },
    ]);
  });

  it("does not mind that another organization has the same person", async () => {
    const other = await aPartner(testContext, {}, GLOBAL_ADMIN);
    await add(home.actor, { subject: "sub-1" });
    expect((await add(other.actor, { subject: "sub-1" })).user.organizationId).toBe(other.partner.id);
  });

  it("reports everything that is wrong at once", async () => {
    const reseller = await aPartner(
      testContext,
      { programmeRole: ProgrammeRole.INDIRECT_RESELLER },
      GLOBAL_ADMIN,
    );
    const refusals = await refusalsOf(
      add(reseller.actor, {
        email: "nobody",
        displayName: " ",
        subject: "x".repeat(201),
        agentRoles: [AgentRole.SALES_AGENT],
      }),
    );
    expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual([
      "FIELD_INVALID email",
      "FIELD_INVALID displayName",
      "FIELD_INVALID subject",
      "ROLE_NOT_OFFERED agentRoles",
    ]);
    expect(await testContext.count("user_account", `organizationId = '${reseller.partner.id}'`)).toBe(1);
  });

  it("twice at once with one address adds one", async () => {
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => add(home.actor)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === "rejected")
        expect(answer.reason).toMatchObject({ problems: [{ code: "USER_EMAIL_TAKEN" }] });
    expect(await typesIn(home.partner.id)).toEqual(["user.added"]);
  });

  it("with the same idempotencyKey again gives the same user", async () => {
    const first = await add(home.actor, { idempotencyKey: "k" });
    expect(await add(home.actor, { idempotencyKey: "k" })).toEqual(first);
    expect(await refusalOf(add(home.actor, { idempotencyKey: "k", displayName: "Other" }))).toBe(
      "IDEMPOTENCY_KEY_REUSED",
    );
    expect(await typesIn(home.partner.id)).toEqual(["user.added"]);
  });

  it("as Global admin is for Global admins", async () => {
    const admin = await aPartnerUser(testContext, home.partner, USER_ADMIN);
    const [refusal] = await refusalsOf(add(admin, { adminRoles: [AdminRole.GLOBAL_ADMIN] }));
    expect(refusal).toMatchObject({
      code: "FORBIDDEN",
      details: { permission: "user.create", roles: ["GLOBAL_ADMIN"] },
    });
    expect((await add(admin)).user.status).toBe("INVITED");
    const made = await add(home.actor, { email: "g@office.example", adminRoles: [AdminRole.GLOBAL_ADMIN] });
    expect(made.user.adminRoles).toEqual(["GLOBAL_ADMIN"]);
  });
});

describe("the person who makes an organization known", () => {
  it.each([
    ["is kept without the address that its issuer does not vouch for", "", null],
    ["is kept without a name for signing in that is no address", "CORP\\ada", null],
    [
      "is kept with its address in the one spelling that is compared",
      "Ada@MÜNCHEN.example",
      "ada@xn--mnchen-3ya.example",
    ],
  ])("%s", async (_what, email, kept) => {
    const person = { organizationId: home.partner.id, subject: "ada", displayName: "Ada" };
    const user = await testContext.system.transaction((tx) =>
      insertUser(tx, { ...person, email, agentRoles: [], adminRoles: [] }),
    );
    expect((await stored(user.id)).email).toBe(kept);
  });
});

describe("a customer's Global admin", () => {
  it("manages the users of its own organization likewise", async () => {
    const { customer, actor } = await aCustomer(testContext);
    const { user } = await add(actor, { adminRoles: [AdminRole.GLOBAL_ADMIN], subject: "second" });
    expect(user).toMatchObject({ organizationId: customer.id, status: "ACTIVE" });
    const { user: demoted } = await updateUser(testContext.as(actor), {
      userId: user.id,
      adminRoles: [AdminRole.USER_MANAGEMENT_ADMIN],
    });
    expect(demoted.adminRoles).toEqual(["USER_MANAGEMENT_ADMIN"]);
    await deactivateUser(testContext.as(actor), { userId: user.id });
    expect(await typesIn(customer.id)).toEqual(["user.added", "user.updated", "user.deactivated"]);
    expect(await refusalOf(deactivateUser(testContext.as(actor), { userId: actor.userId }))).toBe(
      "LAST_GLOBAL_ADMIN",
    );
  });
});
