import { BillingCycle, type Offer } from "../../entities/catalog/offer";
import { termEnd } from "../../src/values/instant";
import {
  billingCycleOf,
  offerRefusal,
  prerequisiteRefusal,
  quantityRefusal,
} from "../../src/subscriptions/subscription.policy";

const { MONTHLY, ANNUAL, TRIENNIAL, NONE } = BillingCycle;

/** An offer of which the policies look at these fields only. */
const anOffer = (overrides: Partial<Offer> = {}): Offer =>
  ({
    name: "Mail",
    country: "US",
    minimumQuantity: 5,
    maximumQuantity: 300,
    supportedBillingCycles: [MONTHLY, ANNUAL],
    isAddOn: false,
    isAvailableForPurchase: true,
    prerequisiteCatalogIds: [],
    ...overrides,
  }) as Offer;

describe("an offer", () => {
  it.each([
    ["that is sold in the customer's country may be bought", {}, "US", undefined],
    ["of another country may not", {}, "CA", "OFFER_NOT_IN_COUNTRY"],
    ["that is no longer sold may not", { isAvailableForPurchase: false }, "US", "OFFER_NOT_AVAILABLE"],
    [
      "that is no longer sold anywhere may not",
      { isAvailableForPurchase: false },
      "CA",
      "OFFER_NOT_AVAILABLE",
    ],
  ])("%s", (_what, overrides, country, code) => {
    expect(offerRefusal(anOffer(overrides), country)?.code).toBe(code);
  });

  it("of another country names the country that it is for", () => {
    expect(offerRefusal(anOffer(), "CA")).toMatchObject({ field: "offerId", details: { allowed: ["US"] } });
  });
});

it.each([
  [4, "QUANTITY_OUT_OF_RANGE"],
  [5, undefined],
  [6, undefined],
  [299, undefined],
  [300, undefined],
  [301, "QUANTITY_OUT_OF_RANGE"],
  [0, "QUANTITY_OUT_OF_RANGE"],
  [-5, "QUANTITY_OUT_OF_RANGE"],
  [Number.NaN, "QUANTITY_OUT_OF_RANGE"],
])("of an offer from 5 to 300, %d: %s", (quantity, code) => {
  const refusal = quantityRefusal(anOffer(), quantity);
  expect(refusal?.code).toBe(code);
  if (refusal) expect(refusal).toMatchObject({ field: "quantity", details: { minimum: 5, maximum: 300 } });
});

describe("the cycle to bill in", () => {
  it.each([
    ["the offer's first when none is asked for", [MONTHLY, ANNUAL], undefined, MONTHLY],
    ["the offer's first when null is asked for", [ANNUAL, MONTHLY], null, ANNUAL],
    ["the one asked for", [MONTHLY, ANNUAL], ANNUAL, ANNUAL],
    ["none where the offer has none", [], undefined, NONE],
  ])("is %s", (_what, supportedBillingCycles, asked, cycle) => {
    expect(billingCycleOf(anOffer({ supportedBillingCycles }), asked)).toBe(cycle);
  });

  it("that the offer does not have is refused, naming those it has", () => {
    expect(billingCycleOf(anOffer(), TRIENNIAL)).toMatchObject({
      code: "BILLING_CYCLE_NOT_SUPPORTED",
      field: "billingCycle",
      details: { allowed: [MONTHLY, ANNUAL] },
    });
  });
});

describe("an add-on", () => {
  const addOn = { isAddOn: true, prerequisiteCatalogIds: ["BASE", "BASE-PLUS"] };

  it.each([
    ["may be bought by who has one of what it builds on", addOn, ["BASE-PLUS", "OTHER"], undefined],
    ["may not by who has none of it", addOn, ["OTHER"], "PREREQUISITE_MISSING"],
    ["may not by who has nothing", addOn, [], "PREREQUISITE_MISSING"],
    ["that builds on nothing may be bought", { isAddOn: true }, [], undefined],
    ["is told from an offer that only recommends others", { ...addOn, isAddOn: false }, [], undefined],
  ])("%s", (_what, overrides, owned, code) => {
    expect(prerequisiteRefusal(anOffer(overrides), new Set(owned))?.code).toBe(code);
  });

  it("names the offers of which one would do", () => {
    expect(prerequisiteRefusal(anOffer(addOn), new Set())).toMatchObject({
      field: "offerId",
      details: { allowed: ["BASE", "BASE-PLUS"] },
    });
  });
});

it.each([
  ["2026-03-01T12:00:00.000Z", "P1Y", "2027-02-28T23:59:59.999Z"],
  ["2026-03-01T00:00:00.000Z", "P1M", "2026-03-31T23:59:59.999Z"],
  ["2026-03-01T23:59:59.999Z", "P1M", "2026-03-31T23:59:59.999Z"],
  ["2026-01-31T12:00:00.000Z", "P1M", "2026-02-27T23:59:59.999Z"],
  ["2028-02-29T12:00:00.000Z", "P1Y", "2029-02-27T23:59:59.999Z"],
  ["2025-12-31T12:00:00.000Z", "P3Y", "2028-12-30T23:59:59.999Z"],
])(
  "a term that starts at %s and lasts %s ends with the last millisecond of its last day, %s",
  (start, term, end) => {
    expect(termEnd(start, term)).toBe(end);
  },
);
