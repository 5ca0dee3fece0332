import { Customer } from "../../entities/customers/customer";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import type { Actor } from "../../src/access/actor";
import { newId } from "../../src/values/ids";
import { createCustomer, getVisibleCustomer, listCustomers, type ListCustomers } from "../../src/customers";
import { makeCustomerLoader } from "../../src/customers/customer.loader";
import { establishRelationship, removeRelationship } from "../../src/relationships";
import { aCustomer, aPartner, aPartnerUser, aRelationship, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const list = (actor: Actor, input: Partial<ListCustomers> = {}) =>
  listCustomers(testContext.as(actor), { direction: "ASC", ...input });
const namesFor = async (actor: Actor, input: Partial<ListCustomers> = {}) =>
  (await list(actor, input)).nodes.map(({ companyName }) => companyName);

/** Customers of a partner with these names. */
async function customersOf(seller: PartnerWithUser, ...names: string[]) {
  const made = [];
  for (const companyName of names) {
    const { customer, actor } = await aCustomer(testContext, { companyName });
    await aRelationship(testContext, seller.partner, customer);
    made.push({ customer, actor });
  }
  return made;
}

describe("the list of customers", () => {
  it("is filtered for a customer's own user as for anybody, by each filter and all at once", async () => {
    const { customer, actor } = await aCustomer(testContext, { companyName: "Évora Ceramics" });
    const filters: [Partial<ListCustomers>, Partial<ListCustomers>][] = [
      [{ companyNameStartsWith: "evora c" }, { companyNameStartsWith: "ceramics" }],
      [{ domainStartsWith: customer.domain.slice(0, 12) }, { domainStartsWith: "zzz" }],
      [{ id: customer.id }, { id: newId(Customer) }],
      [{ tenantId: customer.tenantId }, { tenantId: "other" }],
    ];
    for (const [fitting, other] of filters) {
      for (const [input, names] of [
        [fitting, ["Évora Ceramics"]],
        [{ ...fitting, orderBy: "SINCE", direction: "DESC" }, ["Évora Ceramics"]],
        [other, []],
        ...filters.map(([all]) => [{ ...all, ...other }, []]),
      ] as [Partial<ListCustomers>, string[]][]) {
        const page = await list(actor, input);
        expect([input, page.nodes.map(({ companyName }) => companyName)]).toEqual([input, names]);
        expect(await page.totalCount).toBe(names.length);
      }
    }
    expect(
      await namesFor(actor, Object.assign({}, ...filters.map(([fitting]) => fitting)) as object),
    ).toHaveLength(1);
  });

  it("refuses a name to search by that has no visible character", async () => {
    const { actor } = await aPartner(testContext);
    expect(await refusalOf(list(actor, { companyNameStartsWith: "\u0301" }))).toBe("FIELD_INVALID");
  });

  it("never has another partner's customers, whatever is asked for", async () => {
    const [mine, theirs] = [await aPartner(testContext), await aPartner(testContext)];
    await customersOf(mine, "Alpha");
    const [{ customer: foreign }] = await customersOf(theirs, "Beta");
    expect(await namesFor(mine.actor)).toEqual(["Alpha"]);
    for (const input of [
      { id: foreign.id },
      { tenantId: foreign.tenantId },
      { companyNameStartsWith: "Beta" },
      { domainStartsWith: foreign.domain },
    ]) {
      const page = await list(mine.actor, input);
      expect(page.nodes).toEqual([]);
      expect(await page.totalCount).toBe(0);
    }
    expect(await makeCustomerLoader(testContext.as(mine.actor)).load(foreign.id)).toBeNull();
  });

  it("has a customer of two partners once for each, since when it is theirs", async () => {
    const [first, second] = [await aPartner(testContext), await aPartner(testContext)];
    const [{ customer }] = await customersOf(first, "Shared");
    testContext.clock.now = "2026-04-01T00:00:00.000Z";
    await aRelationship(testContext, second.partner, customer);
    testContext.clock.now = "2026-03-01T12:00:00.000Z";
    const since = async ({ actor }: PartnerWithUser) => (await list(actor)).nodes.map((node) => node.since);
    expect(await since(first)).toEqual(["2026-03-01T12:00:00.000Z"]);
    expect(await since(second)).toEqual(["2026-04-01T00:00:00.000Z"]);
  });

  it("has a customer that came back since it came back", async () => {
    const seller = await aPartner(testContext);
    const [{ customer }] = await customersOf(seller, "Back");
    const { relationshipId } = await getVisibleCustomer(testContext.as(seller.actor), customer.id);
    await removeRelationship(testContext.as(seller.actor), { relationshipId: relationshipId ?? "" });
    testContext.clock.now = "2026-05-01T00:00:00.000Z";
    await testContext.system.transaction((tx) =>
      establishRelationship(tx, { partner: seller.partner, customer, invitationId: null }),
    );
    testContext.clock.now = "2026-03-01T12:00:00.000Z";
    const [back] = (await list(seller.actor)).nodes;
    expect(back?.since).toBe("2026-05-01T00:00:00.000Z");
  });

  it("loses a customer whose relationship is removed", async () => {
    const seller = await aPartner(testContext);
    const [{ customer }] = await customersOf(seller, "Gone", "Stays");
    const { relationshipId } = await getVisibleCustomer(testContext.as(seller.actor), customer.id);
    await removeRelationship(testContext.as(seller.actor), { relationshipId: relationshipId ?? "" });
    expect(await namesFor(seller.actor)).toEqual(["Stays"]);
    expect(await (await list(seller.actor)).totalCount).toBe(1);
    expect(await refusalOf(getVisibleCustomer(testContext.as(seller.actor), customer.id))).toBe(
      "CUSTOMER_NOT_FOUND",
    );
  });

  it("is for the admin agent and the Global admin only: others see no customer", async () => {
    const seller = await aPartner(testContext);
    const [{ customer }] = await customersOf(seller, "Alpha");
    const seenBy = async (roles: { agent?: AgentRole[]; admin?: AdminRole[] }) =>
      namesFor(await aPartnerUser(testContext, seller.partner, roles));
    expect(await seenBy({ admin: [AdminRole.GLOBAL_ADMIN] })).toEqual(["Alpha"]);
    expect(await seenBy({ agent: [AgentRole.ADMIN_AGENT] })).toEqual(["Alpha"]);
    expect(await seenBy({ agent: [AgentRole.SALES_AGENT, AgentRole.HELPDESK_AGENT] })).toEqual([]);
    expect(await seenBy({ admin: [AdminRole.BILLING_ADMIN, AdminRole.USER_MANAGEMENT_ADMIN] })).toEqual([]);
    const agent = await aPartnerUser(testContext, seller.partner, { agent: [AgentRole.SALES_AGENT] });
    expect(await refusalOf(getVisibleCustomer(testContext.as(agent), customer.id))).toBe(
      "CUSTOMER_NOT_FOUND",
    );
    expect(await makeCustomerLoader(testContext.as(agent)).load(customer.id)).toBeNull();
  });

  it("shows a customer's Global admin its own organization, without what partners keep about it", async () => {
    const seller = await aPartner(testContext);
    const [{ customer, actor }] = await customersOf(seller, "Self", "Other");
    const page = await list(actor);
    expect(page.nodes).toMatchObject([{ id: customer.id, companyName: "Self", relationshipId: null }]);
    expect(await page.totalCount).toBe(1);
    expect(Object.keys(page.nodes[0]).filter((key) => key.startsWith("contact"))).toEqual([]);
    expect(await namesFor({ ...actor, permissions: new Set() })).toEqual([]);
  });
});

describe("the search for customers", () => {
  it("by the beginning of the name minds neither letter case nor accents nor width", async () => {
    const seller = await aPartner(testContext);
    await customersOf(
      seller,
      "Ärzte GmbH",
      "ARZTHELFER AG",
      "Straße 1",
      "Zebra",
      "Ｆｕｌｌ Width",
      "東京商会",
    );
    const found = (companyNameStartsWith: string) => namesFor(seller.actor, { companyNameStartsWith });
    expect(await found("arz")).toEqual(["Ärzte GmbH", "ARZTHELFER AG"]);
    expect(await found("ÄRZTE")).toEqual(["Ärzte GmbH"]);
    expect(await found("STRASSE")).toEqual(["Straße 1"]);
    expect(await found("full w")).toEqual(["Ｆｕｌｌ Width"]);
    expect(await found("東京")).toEqual(["東京商会"]);
    expect(await found("rzte")).toEqual([]);
    expect(await found("%")).toEqual([]);
    expect(await found("_rzte")).toEqual([]);
  });

  it("by the beginning of the domain minds no letter case, and takes no wildcard", async () => {
    const seller = await aPartner(testContext);
    const [{ customer }] = await customersOf(seller, "One", "Two");
    const found = (domainStartsWith: string) => namesFor(seller.actor, { domainStartsWith });
    expect(await found(customer.domain)).toEqual(["One"]);
    expect(await found(customer.domain.slice(0, -5).toUpperCase())).toEqual(["One"]);
    expect((await found("customer-")).sort()).toEqual(["One", "Two"]);
    expect(await found("%")).toEqual([]);
    expect(await found("ustomer-")).toEqual([]);
  });

  it("by exact id or tenant id finds the one, and both conditions must hold", async () => {
    const seller = await aPartner(testContext);
    const [{ customer: one }, { customer: two }] = await customersOf(seller, "One", "Two");
    expect(await namesFor(seller.actor, { id: one.id })).toEqual(["One"]);
    expect(await namesFor(seller.actor, { tenantId: two.tenantId })).toEqual(["Two"]);
    expect(await namesFor(seller.actor, { id: one.id, companyNameStartsWith: "Two" })).toEqual([]);
    expect(await namesFor(seller.actor, { id: newId(Customer) })).toEqual([]);
    const page = await list(seller.actor, { companyNameStartsWith: "o", first: 1 });
    expect(await page.totalCount).toBe(1);
  });

  it("takes a tenant id in every spelling of a GUID, and refuses one that is none", async () => {
    const seller = await aPartner(testContext);
    const [{ customer }] = await customersOf(seller, "One");
    const { tenantId } = customer;
    for (const spelling of [tenantId.toUpperCase(), `{${tenantId}}`, ` ${tenantId} `])
      expect(await namesFor(seller.actor, { tenantId: spelling })).toEqual(["One"]);
    expect(await refusalsOf(list(seller.actor, { tenantId: tenantId.slice(1) }))).toMatchObject([
      { code: "FIELD_INVALID", field: "tenantId" },
    ]);
  });

  it("finds an international domain by its beginning as people write it", async () => {
    const seller = await aPartner(testContext);
    const tag = newId(Customer).slice(-10);
    const { customer } = await createCustomer(testContext.as(seller.actor), {
      companyName: "Münchner Bäckerei",
      domain: `münchen.${tag}.example`,
      country: "US",
      contactEmail: "someone@elsewhere.example",
    });
    expect(customer.domain).toBe(`xn--mnchen-3ya.${tag}.example`);
    for (const domainStartsWith of ["münchen", "MÜNCHEN", "mu\u0308nchen", `münchen.${tag}`, "xn--mnchen"])
      expect(await namesFor(seller.actor, { domainStartsWith })).toEqual(["Münchner Bäckerei"]);
    expect(await namesFor(seller.actor, { domainStartsWith: "munchen" })).toEqual([]);
  });

  it("a space at the end of what is searched for does not matter, on either database", async () => {
    const seller = await aPartner(testContext);
    const [{ customer }] = await customersOf(seller, "Space");
    expect(await namesFor(seller.actor, { companyNameStartsWith: "space " })).toEqual(["Space"]);
    expect(await namesFor(seller.actor, { domainStartsWith: `${customer.domain} ` })).toEqual(["Space"]);
    expect(await refusalsOf(list(seller.actor, { id: `${customer.id} ` }))).toMatchObject([
      { code: "ID_MALFORMED" },
    ]);
  });

  it("comes in the order of what is searched for, and says so where another one is asked for", async () => {
    const seller = await aPartner(testContext);
    const [{ customer }] = await customersOf(seller, "One");
    const found = async (input: Partial<ListCustomers>) =>
      (await list(seller.actor, input)).nodes.map(({ companyName }) => companyName);
    const refused = async (input: Partial<ListCustomers>) => refusalsOf(list(seller.actor, input));
    const { domain: domainStartsWith, id } = customer;

    expect(await found({ companyNameStartsWith: "one", orderBy: "COMPANY_NAME" })).toEqual(["One"]);
    expect(await found({ companyNameStartsWith: "one", orderBy: "SINCE", id })).toEqual(["One"]);
    for (const [input, remediation] of [
      [{ companyNameStartsWith: "one", orderBy: "SINCE" }, "order by COMPANY_NAME"],
      [{ domainStartsWith, orderBy: "SINCE" }, "Leave orderBy out"],
      [{ domainStartsWith, orderBy: "COMPANY_NAME" }, "Leave orderBy out"],
    ] as const)
      expect(await refused(input)).toMatchObject([
        { code: "FIELD_INVALID", field: "orderBy", message: expect.stringContaining(remediation) as string },
      ]);
  });

  it("with bad input names each field", async () => {
    const { actor } = await aPartner(testContext);
    const bad = { id: "1", companyNameStartsWith: "n".repeat(201), domainStartsWith: " " };
    expect((await refusalsOf(list(actor, bad))).map(({ code, field }) => `${code} ${field}`)).toEqual([
      "ID_MALFORMED id",
      "FIELD_INVALID companyNameStartsWith",
      "FIELD_INVALID domainStartsWith",
    ]);
  });
});
