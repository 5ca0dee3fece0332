import { Offer } from "../../entities/catalog/offer";
import { Customer } from "../../entities/customers/customer";
import { newId } from "../../src/values/ids";
import { getOffer, listOffers, type ListOffers } from "../../src/catalog";
import { makeOfferLoader } from "../../src/catalog/offer.loader";
import { aCustomer, anOffer } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;

// Read only from here on: the catalogue is one for all, so this file has one of its own.
const CATALOGUE = [
  { catalogId: "MAIL", name: "Émail Basic", country: "US" },
  { catalogId: "MAIL", name: "Émail Basic", country: "DE" },
  { catalogId: "MAIL-2", name: "EMAIL plus", country: "US" },
  { catalogId: "STORE", name: "Storage", country: "US", isAddOn: true },
  { catalogId: "TRIAL", name: "Trial", country: "US", isTrial: true },
  { catalogId: "FAX", name: "Fax", country: "US", isAvailableForPurchase: false },
];
beforeAll(async () => {
  testContext = await openTestContext();
  for (const offer of CATALOGUE) await anOffer(testContext, offer);
});
afterAll(() => testContext.close());

const found = async (input: ListOffers) =>
  (await listOffers(testContext.system, input)).nodes.map(({ name, country }) => `${name} ${country}`);

describe("the catalogue", () => {
  it("is in order of names, without regard to letter case and accents", async () => {
    expect(await found({ country: "US" })).toEqual([
      "Émail Basic US",
      "EMAIL plus US",
      "Fax US",
      "Storage US",
      "Trial US",
    ]);
  });

  it.each<[string, ListOffers, string[]]>([
    [
      "the beginning of the name",
      { nameStartsWith: "email" },
      ["Émail Basic US", "Émail Basic DE", "EMAIL plus US"],
    ],
    ["a whole name", { nameStartsWith: "ÉMAIL BASIC", country: "DE" }, ["Émail Basic DE"]],
    ["what is no wildcard", { nameStartsWith: "%" }, []],
    ["a country", { country: "DE" }, ["Émail Basic DE"]],
    ["a country without offers", { country: "FR" }, []],
    ["the publisher's id in any letter case", { catalogId: " store " }, ["Storage US"]],
    ["a part of the publisher's id", { catalogId: "MAI" }, []],
    ["add-ons", { isAddOn: true }, ["Storage US"]],
    ["trials", { isTrial: true }, ["Trial US"]],
    [
      "no add-ons and no trials",
      { isAddOn: false, isTrial: false, country: "US" },
      ["Émail Basic US", "EMAIL plus US", "Fax US"],
    ],
    ["what is still sold", { availableOnly: true, nameStartsWith: "f" }, []],
    ["what does not matter", { availableOnly: false, isAddOn: null, nameStartsWith: "f" }, ["Fax US"]],
  ])("can be searched by %s", async (_what, input, names) => {
    expect((await found(input)).sort()).toEqual([...names].sort());
    expect(await (await listOffers(testContext.system, input)).totalCount).toBe(names.length);
  });

  it("comes in pages, each offer once, also those with equal names", async () => {
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const page = await listOffers(testContext.system, { first: 1, after });
      ids.push(...page.nodes.map(({ id }) => id));
      expect(await page.totalCount).toBe(CATALOGUE.length);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    expect(new Set(ids).size).toBe(CATALOGUE.length);
    expect(ids).toHaveLength(CATALOGUE.length);
  });

  it("refuses bad filters, naming each, a cursor of another list, and a page of no rows", async () => {
    const bad = { country: "us", nameStartsWith: " ", catalogId: "c".repeat(101) };
    expect((await refusalsOf(found(bad))).map(({ code, field }) => `${code} ${field}`)).toEqual([
      "FIELD_INVALID country",
      "FIELD_INVALID nameStartsWith",
      "FIELD_INVALID catalogId",
    ]);
    const after = Buffer.from(JSON.stringify(["customer COMPANY_NAME ASC", "a", "b"])).toString("base64url");
    expect(await refusalOf(found({ after }))).toBe("CURSOR_INVALID");
    expect(await refusalOf(found({ first: 0 }))).toBe("FIELD_INVALID");
  });
});

describe("one offer", () => {
  it("is found by its id, and unknown and malformed ids are told apart", async () => {
    const [{ id }] = (await listOffers(testContext.system, { catalogId: "FAX" })).nodes;
    expect(await getOffer(testContext.system, id)).toMatchObject({
      catalogId: "FAX",
      isAvailableForPurchase: false,
    });
    expect(await refusalsOf(getOffer(testContext.system, newId(Offer)))).toMatchObject([
      { code: "OFFER_NOT_FOUND", field: "id" },
    ]);
    expect(await refusalsOf(getOffer(testContext.system, newId(Customer)))).toMatchObject([
      { code: "ID_MALFORMED", field: "id" },
    ]);
  });

  it("can be read with others by one statement, also by a customer who reads its subscriptions", async () => {
    const { actor } = await aCustomer(testContext);
    const { nodes } = await listOffers(testContext.system, {});
    const before = testContext.statements.length;
    const loaded = await makeOfferLoader(testContext.as(actor)).loadMany([
      nodes[1].id,
      newId(Offer),
      nodes[0].id,
    ]);
    expect(loaded).toMatchObject([{ id: nodes[1].id }, null, { id: nodes[0].id }]);
    expect(testContext.statements.length - before).toBe(1);
  });
});
