import { Customer } from "../../entities/customers/customer";
import { newId } from "../../src/values/ids";
import { getVisibleCustomer, listCustomers, updateCustomer, type UpdateCustomer } from "../../src/customers";
import { removeRelationship } from "../../src/relationships";
import { aCustomer, aPartner, aRelationship, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

/** Two partners of one customer, and what the first of them changes about it. */
async function shared() {
  const [seller, other] = [await aPartner(testContext), await aPartner(testContext)];
  const { customer, actor } = await aCustomer(testContext, { companyName: "Tenant's Own" });
  const relationship = await aRelationship(testContext, seller.partner, customer);
  await aRelationship(testContext, other.partner, customer);
  const update = (changes: Partial<UpdateCustomer>, by: PartnerWithUser = seller) =>
    updateCustomer(testContext.as(by.actor), { customerId: customer.id, ...changes });
  const seenBy = (by: { actor: PartnerWithUser["actor"] }) =>
    getVisibleCustomer(testContext.as(by.actor), customer.id);
  return { seller, other, customer, customerAdmin: actor, relationship, update, seenBy };
}

const CONTACT = {
  contactEmail: "owner@shop.example",
  contactPhone: "+1 206 555 0123",
  contactFirstName: "Ada",
  contactMiddleName: "M.",
  contactLastName: "King",
  registrationNumber: "12-345",
};

describe("updating a customer", () => {
  it("changes the partner's own view, and tells that partner only", async () => {
    const { seller, other, customer, customerAdmin, update, seenBy } = await shared();
    const before = await seenBy(other);

    const updated = (await update({ companyName: " Our Best Customer ", ...CONTACT, expectedVersion: 1 }))
      .customer;

    expect(updated).toMatchObject({ companyName: "Our Best Customer", ...CONTACT, version: 2 });
    expect(await seenBy(seller)).toEqual(updated);
    expect(await seenBy(other)).toEqual(before);
    const own = await getVisibleCustomer(testContext.as(customerAdmin), customer.id);
    expect(own).toMatchObject({ companyName: "Tenant's Own" });
    expect((await testContext.eventsOf(seller.partner.id)).at(-1)).toMatchObject({
      type: "customer.updated",
      companyName: "Our Best Customer",
    });
    for (const organizationId of [other.partner.id, customer.id]) {
      const types = (await testContext.eventsOf(organizationId)).map(({ type }) => type);
      expect(types).not.toContain("customer.updated");
    }
  });

  it("makes it found under its new name, and no longer under the old one", async () => {
    const { seller, update } = await shared();
    await update({ companyName: "Überall" });
    const found = async (companyNameStartsWith: string) => {
      const order = { orderBy: "COMPANY_NAME", direction: "ASC" } as const;
      return (await listCustomers(testContext.as(seller.actor), { ...order, companyNameStartsWith })).nodes
        .length;
    };
    expect(await found("UBER")).toBe(1);
    expect(await found("Tenant")).toBe(0);
  });

  it("leaves alone what is absent, empties what is null, and sets what has a value", async () => {
    const { update } = await shared();
    await update(CONTACT);
    const { customer } = await update({
      contactFirstName: null,
      registrationNumber: null,
      contactEmail: null,
      contactLastName: "Byron",
    });
    expect(customer).toMatchObject({
      companyName: "Tenant's Own",
      ...CONTACT,
      contactFirstName: null,
      registrationNumber: null,
      contactEmail: null,
      contactLastName: "Byron",
      version: 3,
    });
  });

  it("keeps its notes while the relationship is removed and until it comes back", async () => {
    const { seller, customer, relationship, update } = await shared();
    await update(CONTACT);
    await removeRelationship(testContext.as(seller.actor), { relationshipId: relationship.id });
    expect(await refusalOf(update({ contactFirstName: "X" }))).toBe("CUSTOMER_NOT_FOUND");
    await aRelationship(testContext, seller.partner, customer);
    expect(await getVisibleCustomer(testContext.as(seller.actor), customer.id)).toMatchObject(CONTACT);
  });
});

describe("a bad update", () => {
  it("is refused with every field that is wrong, and changes nothing", async () => {
    const { seller, update, seenBy } = await shared();
    const before = await seenBy(seller);
    const refusals = await refusalsOf(
      update({
        companyName: null,
        contactEmail: "no",
        contactPhone: "12",
        contactFirstName: "f".repeat(51),
        registrationNumber: " ",
      }),
    );
    expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual([
      "FIELD_INVALID contactEmail",
      "FIELD_INVALID contactPhone",
      "FIELD_INVALID registrationNumber",
      "FIELD_INVALID contactFirstName",
      "FIELD_INVALID companyName",
    ]);
    expect(await seenBy(seller)).toEqual(before);
  });

  it("that empties what the country requires is refused, leaving it out is not", async () => {
    const seller = await aPartner(testContext, { country: "IN" });
    const { customer } = await aCustomer(testContext, { country: "IN" });
    await aRelationship(testContext, seller.partner, customer);
    const update = (changes: Partial<UpdateCustomer>) =>
      updateCustomer(testContext.as(seller.actor), { customerId: customer.id, ...changes });
    const refusals = await refusalsOf(update({ contactPhone: null, registrationNumber: null }));
    expect(refusals.map(({ field }) => field)).toEqual(["contactPhone", "registrationNumber"]);
    await update({ contactFirstName: "Asha" });
  });

  it("of an older version is refused, naming the version now", async () => {
    const { update } = await shared();
    await update({ contactFirstName: "A", expectedVersion: 1 });
    expect(await refusalsOf(update({ contactFirstName: "B", expectedVersion: 1 }))).toMatchObject([
      { code: "STALE_VERSION", field: "expectedVersion", details: { currentVersion: 2 } },
    ]);
  });

  it("of five at once from one version lets one through", async () => {
    const { update } = await shared();
    const answers = await Promise.allSettled(
      ["A", "B", "C", "D", "E"].map((contactFirstName) => update({ contactFirstName, expectedVersion: 1 })),
    );
    const refused = answers.filter((answer) => answer.status === "rejected");
    expect(refused).toHaveLength(4);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "STALE_VERSION" });
  });

  it("of another partner's or an unknown customer finds nothing; a malformed id is named", async () => {
    const { update } = await shared();
    const outsider = await aPartner(testContext);
    const foreign = await refusalsOf(update({ companyName: "Mine" }, outsider));
    const unknown = await refusalsOf(update({ companyName: "Mine", customerId: newId(Customer) }));
    expect(foreign).toMatchObject([{ code: "CUSTOMER_NOT_FOUND", field: "customerId" }]);
    expect(unknown).toEqual(foreign);
    expect(await refusalsOf(update({ customerId: "cust_1" }))).toMatchObject([
      { code: "ID_MALFORMED", field: "customerId" },
    ]);
  });

  it("by the customer's own user is forbidden", async () => {
    const { customer, customerAdmin } = await shared();
    const attempt = updateCustomer(testContext.as(customerAdmin), {
      customerId: customer.id,
      companyName: "Me",
    });
    expect(await refusalOf(attempt)).toBe("FORBIDDEN");
  });
});
