import { AdminRole, AgentRole, UserStatus } from "../../entities/identity/user";
import type { Actor, PartnerKeyActor } from "../../src/access/actor";
import type { Permission } from "../../src/access/permissions";
import { createUser, deactivateUser, listUsers, type ListUsers } from "../../src/identity";
import { makeUserLoader } from "../../src/identity/user.loader";
import { aCustomer, aPartner, aPartnerUser, aProspect, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";

const MANY = 25;

let testContext: TestContext;
let home: PartnerWithUser;
let outsider: PartnerWithUser;

// Read only from here on: one Global admin and 25 users, every fifth deactivated, the others invited.
beforeAll(async () => {
  testContext = await openTestContext();
  home = await aPartner(testContext, {}, { admin: [AdminRole.GLOBAL_ADMIN] });
  outsider = await aPartner(testContext, {}, { admin: [AdminRole.GLOBAL_ADMIN] });
  for (let at = 0; at < MANY; at++) {
    const email = `${at % 2 ? "odd" : "even"}-${at}@office.example`;
    const { user } = await createUser(testContext.as(home.actor), { email, displayName: `User ${at}` });
    if (at % 5 === 0) await deactivateUser(testContext.as(home.actor), { userId: user.id });
  }
});
afterAll(() => testContext.close());

const list = (actor: Actor, input: ListUsers = {}) => listUsers(testContext.as(actor), input);
const seen = async (actor: Actor, id: string) => (await makeUserLoader(testContext.as(actor)).load(id))?.id;

/** An API key of the partner with these permissions only. */
function aKey(permissions: Permission[]): PartnerKeyActor {
  const { id: partnerId, programmeRole, tenantId } = home.partner;
  const key = { apiKeyId: "key_1", displayName: "Sync", permissions: new Set(permissions) };
  return { kind: "PARTNER_KEY", ...key, tenantId, partnerId, programmeRole };
}

describe("the list of an organization's users", () => {
  it("comes in pages, each user once, oldest first, and counts when asked", async () => {
    const pages = [];
    let after: string | null = null;
    do {
      const page = await list(home.actor, { first: 10, after });
      pages.push(page);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    const ids = pages.flatMap(({ nodes }) => nodes.map(({ id }) => id));
    expect(pages.map(({ nodes }) => nodes.length)).toEqual([10, 10, 6]);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids[0]).toBe(home.actor.userId);
    expect(await Promise.all(pages.map((page) => page.totalCount))).toEqual([26, 26, 26]);
  });

  it.each([
    ["by status", { status: UserStatus.INACTIVE }, 5],
    ["by another status", { status: UserStatus.ACTIVE }, 1],
    ["by the beginning of the e-mail address, without regard to case", { emailStartsWith: " ODD-1" }, 6],
    ["by both", { status: UserStatus.INVITED, emailStartsWith: "odd-1" }, 5],
    ["by what nobody's address begins with", { emailStartsWith: "%" }, 0],
  ])("is filtered %s", async (_what, input, count) => {
    const page = await list(home.actor, { ...input, first: 500 });
    expect(page.nodes).toHaveLength(count);
    expect(await page.totalCount).toBe(count);
  });

  it("refuses a cursor of another list, a page too large, and an unending beginning", async () => {
    expect(await refusalOf(list(home.actor, { after: "nonsense" }))).toBe("CURSOR_INVALID");
    expect(await refusalOf(list(home.actor, { first: 501 }))).toBe("FIELD_INVALID");
    expect(await refusalOf(list(home.actor, { emailStartsWith: "x".repeat(255) }))).toBe("FIELD_INVALID");
  });

  it("holds nobody of another organization", async () => {
    expect((await list(outsider.actor)).nodes.map(({ id }) => id)).toEqual([outsider.actor.userId]);
    const { pageInfo } = await list(home.actor, { first: 1 });
    const page = await list(outsider.actor, { after: pageInfo.startCursor });
    expect(page.nodes.every(({ organizationId }) => organizationId === outsider.partner.id)).toBe(true);
  });
});

describe("one user", () => {
  it("is seen by who may see all of its organization", async () => {
    const userAdmin = await aPartnerUser(testContext, outsider.partner, {
      admin: [AdminRole.USER_MANAGEMENT_ADMIN],
    });
    expect(await seen(userAdmin, outsider.actor.userId)).toBe(outsider.actor.userId);
    expect(await seen(outsider.actor, userAdmin.userId)).toBe(userAdmin.userId);
  });

  it("is hidden from every other organization", async () => {
    const { actor: customer } = await aCustomer(testContext);
    for (const actor of [outsider.actor, customer, aProspect()])
      expect(await seen(actor, home.actor.userId)).toBeUndefined();
    expect(await seen(home.actor, customer.userId)).toBeUndefined();
  });

  it("without the roles sees itself and nobody else", async () => {
    const { partner } = await aPartner(testContext, {}, { admin: [AdminRole.GLOBAL_ADMIN] });
    const agent = await aPartnerUser(testContext, partner, { agent: [AgentRole.ADMIN_AGENT] });
    const plain = await aPartnerUser(testContext, partner, {});
    expect(await seen(plain, plain.userId)).toBe(plain.userId);
    expect(await seen(plain, agent.userId)).toBeUndefined();
    expect(await seen(agent, plain.userId)).toBeUndefined();
  });

  it("is seen by an API key only with the permission", async () => {
    expect(await seen(aKey(["user.read"]), home.actor.userId)).toBe(home.actor.userId);
    expect(await seen(aKey(["customer.read"]), home.actor.userId)).toBeUndefined();
  });
});
