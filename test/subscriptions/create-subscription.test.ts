import { Customer } from "../../entities/customers/customer";
import { BillingCycle, Offer } from "../../entities/catalog/offer";
import { Partner, ProgrammeRole } from "../../entities/partners/partner";
import { newId } from "../../src/values/ids";
import { createSubscription, type CreateSubscription, suspendSubscription } from "../../src/subscriptions";
import { removeRelationship } from "../../src/relationships";
import {
  aCustomer,
  anOffer,
  aPartner,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

/** A partner, its customer, and a way to buy for it. */
async function market() {
  const seller = await aPartner(testContext);
  const { customer } = await aCustomer(testContext);
  const relationship = await aRelationship(testContext, seller.partner, customer);
  const buy = (input: Partial<CreateSubscription> & { offerId: string }) =>
    createSubscription(testContext.as(seller.actor), { customerId: customer.id, quantity: 5, ...input });
  return { seller, customer, relationship, buy };
}

describe("buying a subscription", () => {
  it("starts it at once for the offer's term, billed as asked, and tells customer and partner", async () => {
    const { seller, customer, buy } = await market();
    const { id: offerId, catalogId } = await anOffer(testContext);

    const { subscription } = await buy({
      offerId,
      billingCycle: BillingCycle.ANNUAL,
      friendlyName: "  Büro ",
    });

    expect(subscription).toMatchObject({
      customerId: customer.id,
      partnerId: seller.partner.id,
      resellerId: null,
      offerName: `Offer ${catalogId}`,
      friendlyName: "Büro",
      quantity: 5,
      status: "ACTIVE",
      billingCycle: "ANNUAL",
      autoRenewEnabled: true,
      startsAt: "2026-03-01T12:00:00.000Z",
      termEndsAt: "2027-02-28T23:59:59.999Z",
      version: 1,
    });
    for (const organizationId of [seller.partner.id, customer.id]) {
      expect((await testContext.eventsOf(organizationId)).at(-1)).toMatchObject({
        type: "subscription.created",
        subscriptionId: subscription.id,
        quantity: 5,
      });
    }
  });

  it("takes the offer's name and first cycle where none is given", async () => {
    const { buy } = await market();
    const { id: offerId, catalogId } = await anOffer(testContext);
    const { subscription } = await buy({ offerId, friendlyName: null, billingCycle: null });
    expect(subscription).toMatchObject({ friendlyName: `Offer ${catalogId}`, billingCycle: "MONTHLY" });
  });

  it("of an add-on takes an active subscription of what it builds on", async () => {
    const { seller, customer, buy } = await market();
    const base = await anOffer(testContext);
    const addOn = await anOffer(testContext, { isAddOn: true, prerequisiteCatalogIds: [base.catalogId] });
    expect(await refusalsOf(buy({ offerId: addOn.id }))).toMatchObject([
      { code: "PREREQUISITE_MISSING", field: "offerId", details: { allowed: [base.catalogId] } },
    ]);
    const { id: subscriptionId } = await aSubscription(testContext, seller, customer, { offerId: base.id });
    await buy({ offerId: addOn.id });
    await suspendSubscription(testContext.as(seller.actor), { subscriptionId });
    expect(await refusalOf(buy({ offerId: addOn.id }))).toBe("PREREQUISITE_MISSING");
  });

  it("with an idempotency key, five times at once, buys once", async () => {
    const { customer, buy } = await market();
    const { id: offerId } = await anOffer(testContext);
    const answers = await Promise.all(Array.from({ length: 5 }, () => buy({ offerId, idempotencyKey: "k" })));
    expect(new Set(answers.map(({ subscription }) => subscription.id)).size).toBe(1);
    expect(await testContext.count("subscription", `customerId = '${customer.id}'`)).toBe(1);
    expect(
      (await testContext.eventsOf(customer.id)).filter(({ type }) => type === "subscription.created"),
    ).toHaveLength(1);
  });

  it("by a provider for its reseller's customer names the reseller of record, and tells it too", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer } = await aCustomer(testContext);
    for (const { partner } of [reseller, provider]) await aRelationship(testContext, partner, customer);
    const bought = await aSubscription(testContext, provider, customer, { resellerId: reseller.partner.id });
    expect(bought).toMatchObject({ partnerId: provider.partner.id, resellerId: reseller.partner.id });
    for (const organizationId of [reseller.partner.id, provider.partner.id, customer.id]) {
      const types = (await testContext.eventsOf(organizationId)).map(({ type }) => type);
      expect(types.at(-1)).toBe("subscription.created");
    }
  });
});

describe("a bad purchase", () => {
  it("names every rule that it breaks at once, with the limits", async () => {
    const { customer, buy } = await market();
    const { id: offerId } = await anOffer(testContext, {
      country: "DE",
      minimumQuantity: 10,
      maximumQuantity: 20,
      isAddOn: true,
      prerequisiteCatalogIds: ["BASE"],
    });
    const refusals = await refusalsOf(buy({ offerId, billingCycle: BillingCycle.TRIENNIAL }));
    expect(refusals).toMatchObject([
      { code: "OFFER_NOT_IN_COUNTRY", field: "offerId", details: { allowed: ["DE"] } },
      { code: "QUANTITY_OUT_OF_RANGE", field: "quantity", details: { minimum: 10, maximum: 20 } },
      {
        code: "BILLING_CYCLE_NOT_SUPPORTED",
        field: "billingCycle",
        details: { allowed: ["MONTHLY", "ANNUAL"] },
      },
      { code: "PREREQUISITE_MISSING", field: "offerId", details: { allowed: ["BASE"] } },
    ]);
    expect(await testContext.count("subscription", `customerId = '${customer.id}'`)).toBe(0);
  });

  it.each([0, -1, 301])("of %d pieces, where 1 to 300 may be bought, is refused", async (quantity) => {
    const { buy } = await market();
    const { id: offerId } = await anOffer(testContext);
    expect(await refusalOf(buy({ offerId, quantity }))).toBe("QUANTITY_OUT_OF_RANGE");
  });

  it("of an offer that is no longer sold is refused", async () => {
    const { buy } = await market();
    const { id: offerId } = await anOffer(testContext, { isAvailableForPurchase: false });
    expect(await refusalOf(buy({ offerId }))).toBe("OFFER_NOT_AVAILABLE");
  });

  it("of an unknown offer, and with malformed ids and a long name, names each field", async () => {
    const { buy } = await market();
    expect(await refusalsOf(buy({ offerId: newId(Offer) }))).toMatchObject([
      { code: "OFFER_NOT_FOUND", field: "offerId" },
    ]);
    const bad = buy({ offerId: "1", customerId: "2", resellerId: "3", friendlyName: "n".repeat(301) });
    expect((await refusalsOf(bad)).map(({ code, field }) => `${code} ${field}`)).toEqual([
      "ID_MALFORMED customerId",
      "ID_MALFORMED offerId",
      "ID_MALFORMED resellerId",
      "FIELD_INVALID friendlyName",
    ]);
  });

  it("for an unknown, another partner's or a former customer gets one and the same answer", async () => {
    const { seller, customer: former, relationship, buy } = await market();
    const { customer: foreign } = await market();
    await removeRelationship(testContext.as(seller.actor), { relationshipId: relationship.id });
    const { id: offerId } = await anOffer(testContext);
    const unknown = await refusalsOf(buy({ offerId, customerId: newId(Customer) }));
    expect(unknown).toMatchObject([{ code: "SUBSCRIPTION_CUSTOMER_NOT_FOUND", field: "customerId" }]);
    expect(await refusalsOf(buy({ offerId, customerId: foreign.id }))).toEqual(unknown);
    expect(await refusalsOf(buy({ offerId, customerId: former.id }))).toEqual(unknown);
  });

  it("for a reseller of record that the partner does not work with, or is itself, is refused", async () => {
    const { seller, customer, buy } = await market();
    const outsider = await aPartner(testContext, { programmeRole: ProgrammeRole.INDIRECT_RESELLER });
    await aRelationship(testContext, outsider.partner, customer);
    const { id: offerId } = await anOffer(testContext);
    for (const resellerId of [outsider.partner.id, newId(Partner), seller.partner.id]) {
      expect(await refusalsOf(buy({ offerId, resellerId }))).toMatchObject([
        { code: "PARTNER_NOT_FOUND", field: "resellerId" },
      ]);
    }
  });

  it("for a reseller of record that has no relationship with the customer is refused", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, provider.partner, customer);
    const attempt = aSubscription(testContext, provider, customer, { resellerId: reseller.partner.id });
    expect(await refusalsOf(attempt)).toMatchObject([
      { code: "SUBSCRIPTION_CUSTOMER_NOT_FOUND", field: "resellerId" },
    ]);
  });

  it("by a customer's user is forbidden", async () => {
    const { customer } = await market();
    const { actor } = await aCustomer(testContext);
    const { id: offerId } = await anOffer(testContext);
    const attempt = createSubscription(testContext.as(actor), {
      customerId: customer.id,
      offerId,
      quantity: 1,
    });
    expect(await refusalOf(attempt)).toBe("FORBIDDEN");
  });
});
