import { randomBytes } from "node:crypto";
import { createCustomer, type CreateCustomer } from "../../src/customers";
import { aCustomer, aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const details = (overrides: Partial<CreateCustomer> = {}): CreateCustomer => ({
  companyName: "Fourth Coffee",
  domain: `coffee-${randomBytes(5).toString("hex")}.example`,
  country: "US",
  contactEmail: "owner@fourth-coffee.example",
  ...overrides,
});

describe("creating a customer", () => {
  it("makes an organization with a tenant of its own, the relationship, and tells both", async () => {
    const seller = await aPartner(testContext);
    const input = details({
      companyName: "  Ünique & Söhne ",
      contactEmail: " Owner@Shop.EXAMPLE ",
      contactPhone: " +1 206 555 0123 ",
      contactFirstName: "Zoë",
      contactMiddleName: null,
      contactLastName: " O'Neill ",
    });
    input.domain = input.domain.toUpperCase();

    const { customer } = await createCustomer(testContext.as(seller.actor), input);

    expect(customer).toMatchObject({
      companyName: "Ünique & Söhne",
      domain: input.domain.toLowerCase(),
      country: "US",
      cloud: "PUBLIC",
      contactEmail: "owner@shop.example",
      contactPhone: "+1 206 555 0123",
      contactFirstName: "Zoë",
      contactMiddleName: null,
      contactLastName: "O'Neill",
      registrationNumber: null,
      since: testContext.clock.now,
      version: 1,
    });
    expect(customer.tenantId).toMatch(/^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/);
    const told = (await testContext.eventsOf(seller.partner.id)).map(({ type }) => type);
    expect(told).toEqual(["customer.added", "relationship.established"]);
    expect(await testContext.eventsOf(customer.id)).toHaveLength(2);
  });

  it("with an idempotency key, five times at once, creates it once", async () => {
    const seller = await aPartner(testContext);
    const input = details({ idempotencyKey: "new customer" });
    const made = await Promise.all(
      Array.from({ length: 5 }, () => createCustomer(testContext.as(seller.actor), input)),
    );
    expect(new Set(made.map(({ customer }) => JSON.stringify(customer))).size).toBe(1);
    expect(await testContext.count("customer", `domain = '${input.domain}'`)).toBe(1);
  });

  it("in a country that asks for it takes a registration number and a phone number", async () => {
    const seller = await aPartner(testContext, { country: "IN" });
    const input = details({ country: "IN" });
    const refusals = await refusalsOf(createCustomer(testContext.as(seller.actor), input));
    expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual([
      "FIELD_INVALID contactPhone",
      "FIELD_INVALID registrationNumber",
    ]);
    const complete = { ...input, contactPhone: "+91 22 2778 2183", registrationNumber: "AAAPL1234C" };
    const { customer } = await createCustomer(testContext.as(seller.actor), complete);
    expect(customer).toMatchObject({ registrationNumber: "AAAPL1234C" });
  });
});

describe("a bad customer", () => {
  it("is refused with every field that is wrong, and leaves nothing behind", async () => {
    const seller = await aPartner(testContext);
    const input = details({
      companyName: "LLC",
      domain: "http://x",
      country: "USA",
      contactEmail: "x",
      contactFirstName: "",
      contactMiddleName: "m".repeat(51),
      contactLastName: " ",
      registrationNumber: "1\n2",
    });
    const refusals = await refusalsOf(createCustomer(testContext.as(seller.actor), input));
    expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual([
      "FIELD_INVALID companyName",
      "FIELD_INVALID domain",
      "FIELD_INVALID country",
      "FIELD_INVALID contactEmail",
      "FIELD_INVALID registrationNumber",
      "FIELD_INVALID contactFirstName",
      "FIELD_INVALID contactMiddleName",
      "FIELD_INVALID contactLastName",
    ]);
    expect(await testContext.eventsOf(seller.partner.id)).toEqual([]);
  });

  it.each(["us", "XX", "840", "U", "", "US "])("in the country %p is refused", async (country) => {
    const seller = await aPartner(testContext);
    const refusals = await refusalsOf(createCustomer(testContext.as(seller.actor), details({ country })));
    expect(refusals).toMatchObject([{ code: "FIELD_INVALID", field: "country" }]);
  });

  it("with a phone number that is longer than what is stored is refused", async () => {
    const seller = await aPartner(testContext);
    const contactPhone = `+1${"-".repeat(31)}2065550123`;
    const refusals = await refusalsOf(
      createCustomer(testContext.as(seller.actor), details({ contactPhone })),
    );
    expect(refusals).toMatchObject([
      { code: "FIELD_INVALID", field: "contactPhone", details: { maximum: 40 } },
    ]);
  });

  it("outside the partner's market is refused, within it is not", async () => {
    const seller = await aPartner(testContext, { country: "DE" });
    const refusals = await refusalsOf(
      createCustomer(testContext.as(seller.actor), details({ country: "US" })),
    );
    expect(refusals).toMatchObject([{ code: "CUSTOMER_IN_OTHER_MARKET", field: "country" }]);
    await createCustomer(testContext.as(seller.actor), details({ country: "FR" }));
  });

  it("whose domain another organization has is refused, in any spelling, and leaves nothing behind", async () => {
    const seller = await aPartner(testContext);
    const { customer: other } = await aCustomer(testContext);
    const before = await testContext.count("customer");
    const domain = ` ${other.domain.toUpperCase()} `;
    const refusals = await refusalsOf(createCustomer(testContext.as(seller.actor), details({ domain })));
    expect(refusals).toMatchObject([{ code: "DOMAIN_TAKEN", field: "domain", details: undefined }]);
    expect(refusals[0]?.message).not.toContain(other.companyName);
    expect(await testContext.count("customer")).toBe(before);
    expect(await testContext.eventsOf(seller.partner.id)).toEqual([]);
  });

  it("whose domain a customer of the caller has is refused with that customer's name and id, if the caller may see it", async () => {
    const seller = await aPartner(testContext);
    const input = details();
    const { customer } = await createCustomer(testContext.as(seller.actor), input);
    const refusals = await refusalsOf(createCustomer(testContext.as(seller.actor), input));
    expect(refusals).toMatchObject([
      { code: "DOMAIN_TAKEN", field: "domain", details: { existingId: customer.id } },
    ]);
    expect(refusals[0]?.message).toContain(`Your customer ${customer.companyName} has the domain`);
    const permissions = new Set([...seller.actor.permissions].filter((name) => name !== "customer.read"));
    const blind = await refusalsOf(createCustomer(testContext.as({ ...seller.actor, permissions }), input));
    expect(blind).toMatchObject([{ code: "DOMAIN_TAKEN", details: undefined }]);
    expect(blind[0]?.message).not.toContain(customer.companyName);
  });

  it.each([
    ["United States", "US"],
    ["UNITED_STATES", "US"],
    ["germany", "DE"],
    ["deu", "DE"],
    ["fr", "FR"],
  ])("in a country that is written as %s is asked whether %s is meant", async (country, meant) => {
    const seller = await aPartner(testContext);
    const [refusal] = await refusalsOf(createCustomer(testContext.as(seller.actor), details({ country })));
    expect(refusal).toMatchObject({ code: "FIELD_INVALID", field: "country" });
    expect(refusal?.message).toMatch(new RegExp(`such as US or DE\\. Did you mean ${meant}\\?$`));
  });

  it("of one domain five times at once is created once", async () => {
    const seller = await aPartner(testContext);
    const input = details();
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, () => createCustomer(testContext.as(seller.actor), input)),
    );
    const refused = answers.filter((answer) => answer.status === "rejected");
    expect(refused).toHaveLength(4);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "DOMAIN_TAKEN" });
    expect(await testContext.eventsOf(seller.partner.id)).toHaveLength(2);
  });

  it("is refused to a customer's user", async () => {
    const { actor } = await aCustomer(testContext);
    expect(await refusalOf(createCustomer(testContext.as(actor), details()))).toBe("FORBIDDEN");
  });
});
