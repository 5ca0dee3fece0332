import { AdminRole, AgentRole } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import { defaultMatrix, PermissionMatrix } from "../../src/access/permission-matrix";
import { createApiKey } from "../../src/identity";
import { aCustomer, aPartnerUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";
import { actorOf, anApiKey, aPartnerWithAdmin } from "./api-keys";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const PEOPLE_ONLY = [
  "user.create",
  "user.update",
  "user.assign-agent-roles",
  "user.bind-subject",
  "user.deactivate",
  "user.reactivate",
  "api-key.create",
  "api-key.rotate",
  "api-key.revoke",
  "webhook.create",
  "webhook.update",
] as const;

describe("the permissions of an API key", () => {
  const reasons = async (...args: Parameters<typeof anApiKey>) =>
    (await refusalsOf(anApiKey(...args))).map(({ code, field, message }) => {
      expect([code, field]).toEqual(["FIELD_INVALID", "permissions"]);
      return message;
    });

  it("can be all that its creator has, but for what only people may", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const most = [...actor.permissions].filter((name) => !(PEOPLE_ONLY as readonly string[]).includes(name));
    const { apiKey } = await anApiKey(testContext, actor, { permissions: most });
    expect(apiKey.permissions).toEqual(most);
    expect(most).toContain("api-key.read");
  });

  it("are each refused by name with the reason, and those that would do are listed", async () => {
    const { actor } = await aPartnerWithAdmin(testContext, {
      programmeRole: ProgrammeRole.INDIRECT_RESELLER,
    });
    const permissions = [
      "event.read",
      "customer.create",
      "customers.red",
      "api-key.create",
      "invitation.accept",
    ];
    expect(await reasons(testContext, actor, { permissions })).toEqual([
      "customer.create takes a partner whose programme role is DIRECT_BILL or INDIRECT_PROVIDER; yours is INDIRECT_RESELLER.",
      "permissions[2] (customers.red) is no permission. Permissions are written like customer.read.",
      "api-key.create is for people only: no API key may have it.",
      "invitation.accept is for people only: no API key may have it.",
    ]);
    const [{ details } = {}] = await refusalsOf(anApiKey(testContext, actor, { permissions }));
    const reseller = defaultMatrix.mostOfKeys({
      side: "PARTNER",
      programmeRole: ProgrammeRole.INDIRECT_RESELLER,
    });
    expect(details?.allowed).toEqual([...reseller]);
    expect(details?.allowed).not.toContain("subscription.create");
  });

  it.each(PEOPLE_ONLY)("are never %s, though its creator has it", async (permission) => {
    const { actor } = await aPartnerWithAdmin(testContext);
    expect(actor.permissions.has(permission)).toBe(true);
    expect(await reasons(testContext, actor, { permissions: [permission] })).toEqual([
      `${permission} is for people only: no API key may have it.`,
    ]);
  });

  it("are no more than its creator's own, where an operator lets others create keys", async () => {
    const matrix = new PermissionMatrix({ "api-key.create": { partner: [AgentRole.HELPDESK_AGENT] } });
    const { partner } = await aPartnerWithAdmin(testContext);
    const helpdesk = await aPartnerUser(testContext, partner, { agent: [AgentRole.HELPDESK_AGENT] });
    const creator = { ...testContext.as(helpdesk), matrix };
    const [refusal] = await refusalsOf(
      createApiKey(creator, { name: "Key", permissions: ["customer.read", "subscription.read"] }),
    );
    expect(refusal?.message).toBe("customer.read is not yours to give: your own roles do not have it.");
    expect(refusal?.details?.allowed).toEqual([
      "viewer.read",
      "node.read",
      "offer.read",
      "subscription.read",
      "subscription.suspend",
      "subscription.reactivate",
      "webhook.read",
    ]);
  });

  it("are none that the other side alone has, nor one that the operator gave to nobody", async () => {
    const { actor: customerAdmin } = await aCustomer(testContext);
    expect(await reasons(testContext, customerAdmin, { permissions: ["customer.update"] })).toEqual([
      "customer.update is nothing that a customer may have here.",
    ]);
    const matrix = new PermissionMatrix({ "relationship.remove": { partner: [] } });
    const { actor } = await aPartnerWithAdmin(testContext);
    const [refusal] = await refusalsOf(
      createApiKey(
        { ...testContext.as(actor), matrix },
        { name: "Key", permissions: ["relationship.remove"] },
      ),
    );
    expect(refusal?.message).toBe("relationship.remove is nothing that a partner may have here.");
  });

  it("do not repeat what cannot be a permission's name: somebody may have pasted a secret", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const permissions = ["Bearer hunter2", "event.read\u0000", "a".repeat(40) + ".read", "toString"];
    const told = await reasons(testContext, actor, { permissions });
    expect(told.map((message) => message.split(".")[0])).toEqual(
      permissions.map((_, at) => `permissions[${at}] is no permission`),
    );
    expect(told.join()).not.toMatch(/hunter2|\0|aaa|toString/);
  });

  it("are named where they are unknown, with the one that was meant", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const permissions = ["event.read", "CUSTOMER_READ", "customers:read", "read.customer"];
    expect(await reasons(testContext, actor, { permissions })).toEqual(
      [1, 2, 3].map(
        (at) => `permissions[${at}] (${permissions[at]}) is no permission. Did you mean customer.read?`,
      ),
    );
  });

  it("are at least one and not endlessly many", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    expect(await reasons(testContext, actor, { permissions: [] })).toEqual([
      "permissions must name at least one; a key without any opens nothing.",
    ]);
    expect(await reasons(testContext, actor, { permissions: Array(201).fill("event.read") })).toEqual([
      "permissions must have at most 40 values; it has 201.",
    ]);
  });
});

describe("what an API key's organization may no longer have, its key does not get", () => {
  it("where the operator's table was narrowed", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const { secret } = await anApiKey(testContext, actor, { permissions: ["event.read", "customer.read"] });
    const narrowed = new PermissionMatrix({ "customer.read": { partner: [] } });
    expect((await actorOf(testContext, secret, narrowed)) as object).toMatchObject({
      permissions: new Set(["event.read"]),
    });
    const elsewhere = new PermissionMatrix({ "customer.read": { partner: [AdminRole.BILLING_ADMIN] } });
    expect((await actorOf(testContext, secret, elsewhere)) as object).toMatchObject({
      permissions: new Set(["customer.read", "event.read"]),
    });
  });

  it("where its partner's programme role changed", async () => {
    const { partner, actor } = await aPartnerWithAdmin(testContext);
    const { secret } = await anApiKey(testContext, actor, {
      permissions: ["event.read", "subscription.create"],
    });
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE partner SET programmeRole = ? WHERE id = ?", ["INDIRECT_RESELLER", partner.id]),
    );
    expect((await actorOf(testContext, secret)) as object).toMatchObject({
      permissions: new Set(["event.read"]),
    });
  });

  it("and what only people may, it does not get even if it stood in its row", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const { apiKey, secret } = await anApiKey(testContext, actor);
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE api_key SET permissions = ? WHERE id = ?", [
        '["event.read","user.update","api-key.create","no.such"]',
        apiKey.id,
      ]),
    );
    expect((await actorOf(testContext, secret)) as object).toMatchObject({
      permissions: new Set(["event.read"]),
    });
  });
});
