import { AdminRole, AgentRole } from "../../entities/identity/user";
import { Cloud } from "../../entities/partners/partner";
import {
  ActorDirectory,
  createUser,
  deactivateUser,
  joinOrganization,
  reactivateUser,
  type TokenClaims,
} from "../../src/identity";
import { aCustomer, aPartner, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";

let testContext: TestContext;
let home: PartnerWithUser;
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(async () => {
  home = await aPartner(testContext, {}, { admin: [AdminRole.GLOBAL_ADMIN] });
});
afterAll(() => testContext.close());

/** A node's directory, wired as the server does it. */
function aDirectory(): ActorDirectory {
  const { database, matrix, now } = testContext.services;
  return new ActorDirectory({
    read: (work) => database.read(work),
    matrix,
    now,
    join: (claims, organizationId) => joinOrganization(testContext.system, claims, organizationId),
  });
}

const signIn = async (claims: TokenClaims, directory = aDirectory()) =>
  (await directory.bearerOf({ kind: "TOKEN", claims })).actor;

/** What the token says of somebody of the home partner. */
const claimsOf = (overrides: Partial<TokenClaims> = {}): TokenClaims => ({
  tenantId: home.partner.tenantId,
  subject: "sub-mia",
  email: "mia@office.example",
  displayName: "Mia at the issuer",
  isGlobalAdmin: false,
  cloud: Cloud.PUBLIC,
  expiresAt: Number.MAX_SAFE_INTEGER,
  ...overrides,
});

const invite = (email = "mia@office.example") =>
  createUser(testContext.as(home.actor), {
    email,
    displayName: "Mia Long",
    agentRoles: [AgentRole.ADMIN_AGENT],
  });

it("nobody joins as somebody else by an address that only looks like theirs", async () => {
  const { user } = await invite("karl@office.example");
  for (const email of ["\u212aarl@office.example", "karl@o\ufb03ce.example", "karl@of\u00adfice.example"])
    expect(await refusalOf(signIn(claimsOf({ subject: `sub-${email}`, email })))).toBe("USER_UNKNOWN");
  expect(await signIn(claimsOf({ subject: "sub-karl", email: "Karl@Office.example" }))).toMatchObject({
    userId: user.id,
  });
});

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const before = testContext.statements.length;
  await work();
  return testContext.statements.length - before;
}

describe("an invited user", () => {
  it("becomes active when somebody with its e-mail address signs in for the first time", async () => {
    const { user } = await invite();
    expect(await signIn(claimsOf())).toMatchObject({
      kind: "PARTNER_USER",
      userId: user.id,
      subject: "sub-mia",
      displayName: "Mia Long",
      agentRoles: ["ADMIN_AGENT"],
    });
    expect(await testContext.eventsOf(home.partner.id)).toMatchObject([
      { type: "user.added" },
      { type: "user.joined", userId: user.id, email: "mia@office.example", actorId: "system" },
    ]);
    expect(
      await testContext.count("user_account", `id = '${user.id}' AND status = 'ACTIVE' AND version = 2`),
    ).toBe(1);
  });

  it("is recognized whatever the letter case of the address", async () => {
    await invite("Mia@MÜNCHEN.example");
    expect(await signIn(claimsOf({ email: "MIA@münchen.example" }))).toMatchObject({ kind: "PARTNER_USER" });
  });

  it("joins once when its first requests come at once, on several nodes", async () => {
    const { user } = await invite();
    const nodes = [aDirectory(), aDirectory(), aDirectory()];
    const actors = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => signIn(claimsOf(), nodes[n % 3])));
    for (const actor of actors) expect(actor).toMatchObject({ userId: user.id });
    const types = (await testContext.eventsOf(home.partner.id)).map(({ type }) => type);
    expect(types).toEqual(["user.added", "user.joined"]);
  });

  it("is one person's: of two with one address at once one joins, the other is unknown", async () => {
    const { user } = await invite();
    const answers = await Promise.allSettled(
      ["sub-1", "sub-2"].map((subject) => signIn(claimsOf({ subject }))),
    );
    const [joined] = answers.filter((answer) => answer.status === "fulfilled");
    const [refused] = answers.filter((answer) => answer.status === "rejected");
    expect(joined.value).toMatchObject({ userId: user.id });
    expect(refused.reason).toMatchObject({ code: "USER_UNKNOWN" });
  });

  it("is not lost to somebody who has a user already", async () => {
    const { user } = await invite();
    const { subject, email } = home.actor;
    expect(await signIn(claimsOf({ subject, email: "mia@office.example" }))).toMatchObject({ email });
    await joinOrganization(testContext.system, { subject, email: "mia@office.example" }, home.partner.id);
    expect(await testContext.count("user_account", `id = '${user.id}' AND status = 'INVITED'`)).toBe(1);
  });

  it.each([
    ["whose e-mail address the issuer does not vouch for", { email: "" }],
    ["who has another address", { email: "other@office.example" }],
    ["of another tenant", { tenantId: "elsewhere" }],
    ["of the same tenant id in another cloud", { cloud: Cloud.CHINA }],
  ])("is not for somebody %s", async (_what, overrides) => {
    const { user } = await invite();
    expect(["USER_UNKNOWN", "TENANT_UNKNOWN"]).toContain(await refusalOf(signIn(claimsOf(overrides))));
    expect(await testContext.count("user_account", `id = '${user.id}' AND status = 'INVITED'`)).toBe(1);
  });

  it("is not for somebody of another known organization", async () => {
    await invite();
    const { actor } = await aCustomer(testContext);
    expect(await refusalOf(signIn(claimsOf({ tenantId: actor.tenantId })))).toBe("USER_UNKNOWN");
  });

  it("cannot join while it is deactivated, and can again afterwards", async () => {
    const { user } = await invite();
    await deactivateUser(testContext.as(home.actor), { userId: user.id });
    expect(await refusalOf(signIn(claimsOf()))).toBe("USER_UNKNOWN");
    await joinOrganization(testContext.system, claimsOf(), home.partner.id);
    expect(await testContext.count("user_account", `id = '${user.id}' AND status = 'INACTIVE'`)).toBe(1);
    await reactivateUser(testContext.as(home.actor), { userId: user.id });
    expect(await signIn(claimsOf())).toMatchObject({ userId: user.id });
  });

  it("of a customer joins likewise", async () => {
    const { customer, actor } = await aCustomer(testContext);
    await createUser(testContext.as(actor), { email: "mia@office.example", displayName: "Mia" });
    const claims = claimsOf({ tenantId: customer.tenantId });
    expect(await signIn(claims)).toMatchObject({ kind: "CUSTOMER_USER", customerId: customer.id });
  });
});

describe("what signing in costs", () => {
  it("is one statement for who has a user, none when asked again", async () => {
    await invite();
    await signIn(claimsOf());
    const directory = aDirectory();
    expect(await statementsOf(() => signIn(claimsOf(), directory))).toBe(1);
    expect(await statementsOf(() => signIn(claimsOf(), directory))).toBe(0);
  });

  it("is one statement and no transaction for an anonymous caller whom nobody invited", async () => {
    expect(await statementsOf(() => refusalOf(signIn(claimsOf())))).toBe(1);
  });
});

it("a second Global admin of a customer's tenant is unknown until it is invited", async () => {
  const { customer, actor } = await aCustomer(testContext);
  const claims = claimsOf({ tenantId: customer.tenantId, isGlobalAdmin: true });
  expect(await refusalOf(signIn(claims))).toBe("USER_UNKNOWN");
  const roles = { adminRoles: [AdminRole.GLOBAL_ADMIN] };
  await createUser(testContext.as(actor), { email: "mia@office.example", displayName: "Mia", ...roles });
  expect(await signIn(claims)).toMatchObject({ kind: "CUSTOMER_USER", adminRoles: ["GLOBAL_ADMIN"] });
});
