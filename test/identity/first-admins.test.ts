import { Customer } from "../../entities/customers/customer";
import { randomUUID } from "node:crypto";
import { AdminRole, AgentRole, User } from "../../entities/identity/user";
import { Cloud, Partner, ProgrammeRole } from "../../entities/partners/partner";
import { newId } from "../../src/values/ids";
import { sql } from "../../src/database/sql";
import {
  addGlobalAdmin,
  type AddGlobalAdmin,
  createUser,
  deactivateUser,
  enrolPartner,
  type EnrolPartner,
} from "../../src/identity";
import { aCustomer, aPartner, aPartnerUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const GLOBAL_ADMIN = { admin: [AdminRole.GLOBAL_ADMIN] };

const anEnrolment = (overrides: Partial<EnrolPartner> = {}): EnrolPartner => {
  const tenantId = randomUUID();
  return {
    name: "Contoso",
    programmeRole: ProgrammeRole.DIRECT_BILL,
    country: "US",
    cloud: Cloud.PUBLIC,
    tenantId,
    domain: `contoso-${tenantId.slice(0, 8)}.example`,
    adminEmail: "Ada@Contoso.example",
    adminName: "Ada",
    ...overrides,
  };
};
const enrol = (overrides: Partial<EnrolPartner> = {}) =>
  enrolPartner(testContext.system, anEnrolment(overrides));

describe("enrolling a partner", () => {
  it("makes it with a Global admin who is in the admin-agent group, and begins its stream", async () => {
    const { partner, user } = await enrol({ name: " Contoso ", domain: "CONTOSO-one.Example" });
    expect(partner).toMatchObject({
      name: "Contoso",
      domain: "contoso-one.example",
      programmeRole: "DIRECT_BILL",
    });
    expect(user).toMatchObject({
      organizationId: partner.id,
      email: "ada@contoso.example",
      status: "INVITED",
      agentRoles: ["ADMIN_AGENT"],
      adminRoles: ["GLOBAL_ADMIN"],
    });
    expect(await testContext.eventsOf(partner.id)).toMatchObject([
      { type: "user.added", userId: user.id, position: 1 },
    ]);
  });

  it("with the Global admin's subject lets it sign in at once", async () => {
    expect((await enrol({ adminSubject: "sub-ada" })).user).toMatchObject({
      subject: "sub-ada",
      status: "ACTIVE",
    });
  });

  it("that is known by its tenant id or domain is refused, and changes nothing", async () => {
    const first = anEnrolment();
    const { partner } = await enrolPartner(testContext.system, first);
    const partners = await testContext.count("partner");
    expect(await refusalsOf(enrolPartner(testContext.system, first))).toMatchObject([
      { code: "TENANT_TAKEN", field: "tenantId", details: { existingId: partner.id } },
      { code: "DOMAIN_TAKEN", field: "domain", details: { existingId: partner.id } },
    ]);
    expect(await refusalOf(enrol({ tenantId: first.tenantId }))).toBe("TENANT_TAKEN");
    for (const spelling of [first.tenantId.toUpperCase(), `{${first.tenantId}}`])
      expect(await refusalOf(enrol({ tenantId: spelling }))).toBe("TENANT_TAKEN");
    expect(await refusalOf(enrol({ domain: first.domain.toUpperCase() }))).toBe("DOMAIN_TAKEN");
    expect(await testContext.count("partner")).toBe(partners);
  });

  it("stores the one spelling of a tenant id, and refuses what is none", async () => {
    const tenantId = randomUUID();
    const { partner } = await enrol({ tenantId: `{${tenantId.toUpperCase()}}` });
    expect(partner.tenantId).toBe(tenantId);
    for (const wrong of [tenantId.slice(1), "org\u200b7", "two\nlines", "x".repeat(65)])
      expect(await refusalsOf(enrol({ tenantId: wrong }))).toMatchObject([
        { code: "FIELD_INVALID", field: "tenantId" },
      ]);
  });

  it("of a tenant or domain that is a customer's is refused: one tenant cannot be both", async () => {
    const { customer } = await aCustomer(testContext);
    const { tenantId, domain } = customer;
    const refusals = await refusalsOf(enrol({ tenantId, domain }));
    expect(refusals).toMatchObject([{ details: { existingId: customer.id } }, { code: "DOMAIN_TAKEN" }]);
  });

  it("reports everything that is wrong at once", async () => {
    const wrong = {
      name: "GmbH",
      country: "ZZ",
      tenantId: " ",
      domain: "contoso",
      adminEmail: "ada",
      adminName: "",
    };
    const refusals = await refusalsOf(enrol({ ...wrong, adminSubject: "" }));
    expect(refusals.map(({ field }) => field)).toEqual([
      "name",
      "domain",
      "country",
      "tenantId",
      "adminEmail",
      "adminName",
      "adminSubject",
    ]);
  });

  it("four times at once makes it once", async () => {
    const same = anEnrolment();
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => enrolPartner(testContext.system, same)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await testContext.count("partner", `tenantId = '${same.tenantId}'`)).toBe(1);
    expect(
      await testContext.count("user_account", "email = 'ada@contoso.example' AND displayName = 'Ada'"),
    ).toBe(await testContext.count("partner", "name = 'Contoso'"));
  });
});

describe("adding a Global admin where the last one has left", () => {
  const add = (input: Partial<AddGlobalAdmin> & { organizationId: string }) =>
    addGlobalAdmin(testContext.system, { email: "eve@office.example", name: "Eve", ...input });
  const typesIn = async (id: string) => (await testContext.eventsOf(id)).map(({ type }) => type);

  it.each([
    ["of a partner", async () => (await aPartner(testContext)).partner.id],
    ["of a customer", async () => (await aCustomer(testContext)).customer.id],
  ])("%s invites a new user", async (_what, organization) => {
    const organizationId = await organization();
    const { user, isNew } = await add({ organizationId });
    expect({ isNew, ...user }).toMatchObject({
      isNew: true,
      organizationId,
      adminRoles: ["GLOBAL_ADMIN"],
      status: "INVITED",
    });
    expect(await typesIn(organizationId)).toEqual(["user.added"]);
  });

  it("gives the role to the user that has the address, and leaves it the others", async () => {
    const { partner } = await aPartner(testContext);
    const agent = await aPartnerUser(testContext, partner, {
      agent: [AgentRole.ADMIN_AGENT],
      admin: [AdminRole.BILLING_ADMIN],
    });
    const { user, isNew } = await add({ organizationId: partner.id, email: agent.email.toUpperCase() });
    expect({ isNew, ...user }).toMatchObject({
      isNew: false,
      id: agent.userId,
      displayName: agent.displayName,
      agentRoles: ["ADMIN_AGENT"],
      adminRoles: ["GLOBAL_ADMIN", "BILLING_ADMIN"],
      version: 2,
    });
    expect(await typesIn(partner.id)).toEqual(["user.updated"]);
  });

  it("reactivates a user that was deactivated", async () => {
    const { partner, actor } = await aPartner(testContext, {}, GLOBAL_ADMIN);
    const { userId, email } = await aPartnerUser(testContext, partner, {});
    await deactivateUser(testContext.as(actor), { userId });
    const { user } = await add({ organizationId: partner.id, email });
    expect(user).toMatchObject({ id: userId, status: "ACTIVE", adminRoles: ["GLOBAL_ADMIN"] });
    expect(await typesIn(partner.id)).toEqual(["user.deactivated", "user.reactivated", "user.updated"]);
  });

  it("binds the subject to one that was invited, and not one that another user has", async () => {
    const { partner, actor } = await aPartner(testContext, {}, GLOBAL_ADMIN);
    const organizationId = partner.id;
    const roles = { adminRoles: [AdminRole.GLOBAL_ADMIN] };
    await createUser(testContext.as(actor), { email: "eve@office.example", displayName: "Eve", ...roles });
    expect(await refusalOf(add({ organizationId, subject: actor.subject }))).toBe("USER_SUBJECT_TAKEN");
    const { user } = await add({ organizationId, subject: "sub-eve" });
    expect(user).toMatchObject({ subject: "sub-eve", status: "ACTIVE" });
    expect(await typesIn(partner.id)).toEqual(["user.added", "user.joined"]);
    expect(await refusalOf(add({ organizationId, subject: "another" }))).toBe("USER_EMAIL_TAKEN");
  });

  it("who is one already says so and changes nothing", async () => {
    const { partner, actor } = await aPartner(testContext, {}, GLOBAL_ADMIN);
    expect(await refusalsOf(add({ organizationId: partner.id, email: actor.email }))).toMatchObject([
      { code: "USER_EMAIL_TAKEN", field: "email", details: { existingId: actor.userId } },
    ]);
    const [row] = await testContext.database.read((reads) =>
      reads.all(User, sql`FROM user_account WHERE id = ${actor.userId}`),
    );
    expect(row.version).toBe(1);
  });

  it("of an organization that is none is refused", async () => {
    expect(await refusalOf(add({ organizationId: newId(Partner) }))).toBe("PARTNER_NOT_FOUND");
    expect(await refusalOf(add({ organizationId: newId(Customer) }))).toBe("CUSTOMER_NOT_FOUND");
    const refusals = await refusalsOf(add({ organizationId: newId(User), email: "x", name: "" }));
    expect(refusals.map(({ field }) => field)).toEqual(["organizationId", "email", "name"]);
  });
});
