import type { Actor } from "../../src/access/actor";
import { ProgrammeRole } from "../../entities/partners/partner";
import { makeOfferLoader } from "../../src/catalog/offer.loader";
import { createPartnership, listProviders } from "../../src/partners";
import { makePartnerLoader } from "../../src/partners/partner.loader";
import { removeRelationship } from "../../src/relationships";
import {
  aCustomer,
  anOffer,
  aPartner,
  aPartnerUser,
  aProspect,
  aRelationship,
  aResellerWithProvider,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const sees = async (actor: Actor, partnerId: string) =>
  (await makePartnerLoader(testContext.as(actor)).load(partnerId)) !== null;
const endPartnershipsOf = (resellerId: string) =>
  testContext.system.transaction((tx) =>
    tx.execute("UPDATE partnership SET status = 'ENDED' WHERE resellerId = ?", [resellerId]),
  );

describe("the partners that one may see", () => {
  it("are a partner's own and those it works with now, from either side", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const outsider = await aPartner(testContext);
    expect(await sees(reseller.actor, reseller.partner.id)).toBe(true);
    expect(await sees(reseller.actor, provider.partner.id)).toBe(true);
    expect(await sees(provider.actor, reseller.partner.id)).toBe(true);
    expect(await sees(outsider.actor, reseller.partner.id)).toBe(false);
    expect(await sees(reseller.actor, outsider.partner.id)).toBe(false);
    await endPartnershipsOf(reseller.partner.id);
    expect(await sees(reseller.actor, provider.partner.id)).toBe(false);
    expect(await sees(provider.actor, reseller.partner.id)).toBe(false);
  });

  it("are not the other resellers of one's provider", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const sibling = await aPartner(testContext, { programmeRole: ProgrammeRole.INDIRECT_RESELLER });
    await testContext.system.transaction((tx) =>
      createPartnership(tx, provider.partner.id, sibling.partner.id),
    );
    expect(await sees(reseller.actor, sibling.partner.id)).toBe(false);
  });

  it("are for a customer those that it has or had a relationship with, and for a prospect none", async () => {
    const [seller, outsider] = [await aPartner(testContext), await aPartner(testContext)];
    const { customer, actor } = await aCustomer(testContext);
    const { id } = await aRelationship(testContext, seller.partner, customer);
    expect(await sees(actor, seller.partner.id)).toBe(true);
    expect(await sees(actor, outsider.partner.id)).toBe(false);
    await removeRelationship(testContext.as(seller.actor), { relationshipId: id });
    expect(await sees(actor, seller.partner.id)).toBe(true);
    expect(await sees(aProspect(), seller.partner.id)).toBe(false);
  });
});

it("are one's own only, for somebody without a role, who sees no offer either", async () => {
  const { reseller, provider } = await aResellerWithProvider(testContext);
  const roleless = await aPartnerUser(testContext, reseller.partner, {});
  const { actor } = await aCustomer(testContext);
  const { id: offerId } = await anOffer(testContext);
  const offers = (by: Actor) => makeOfferLoader(testContext.as(by)).load(offerId);
  expect(await sees(roleless, reseller.partner.id)).toBe(true);
  expect(await sees(roleless, provider.partner.id)).toBe(false);
  expect(await listProviders(testContext.as(roleless), reseller.partner, {})).toEqual([]);
  expect(await offers(roleless)).toBeNull();
  for (const by of [reseller.actor, actor]) expect(await offers(by)).toMatchObject({ id: offerId });
  expect(await offers({ ...actor, permissions: new Set(["user.read"]) })).toBeNull();
});

describe("the providers of a reseller", () => {
  it("are listed by name to its own users only, while they work together", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const first = await aPartner(testContext, {
      name: "AAA First",
      programmeRole: ProgrammeRole.INDIRECT_PROVIDER,
    });
    await testContext.system.transaction((tx) =>
      createPartnership(tx, first.partner.id, reseller.partner.id),
    );
    const namesFor = async (actor: Actor) =>
      (await listProviders(testContext.as(actor), reseller.partner, {})).map(({ name }) => name);
    expect(await namesFor(reseller.actor)).toEqual(["AAA First", provider.partner.name]);
    expect(await namesFor(provider.actor)).toEqual([]);
    expect(await namesFor((await aCustomer(testContext)).actor)).toEqual([]);
    await endPartnershipsOf(reseller.partner.id);
    expect(await namesFor(reseller.actor)).toEqual([]);
  });
});
