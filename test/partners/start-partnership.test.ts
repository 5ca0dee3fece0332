import { Customer } from "../../entities/customers/customer";
import { Cloud, Partner, ProgrammeRole } from "../../entities/partners/partner";
import { Partnership, PartnershipStatus } from "../../entities/partners/partnership";
import { newId } from "../../src/values/ids";
import { listProviders, startPartnership } from "../../src/partners";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

const { INDIRECT_PROVIDER, INDIRECT_RESELLER, DIRECT_BILL } = ProgrammeRole;

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const aProvider = (place = {}) => aPartner(testContext, { programmeRole: INDIRECT_PROVIDER, ...place });
const aReseller = (place = {}) => aPartner(testContext, { programmeRole: INDIRECT_RESELLER, ...place });
const start = (providerId: string, resellerId: string) =>
  startPartnership(testContext.system, { providerId, resellerId });

describe("a partnership", () => {
  it("joins an indirect provider and an indirect reseller", async () => {
    const [provider, reseller] = [await aProvider(), await aReseller()];
    const { partnership } = await start(provider.partner.id, reseller.partner.id);
    expect(partnership.status).toBe("ACTIVE");
    const providers = await listProviders(testContext.as(reseller.actor), reseller.partner, {});
    expect(providers.map(({ id }) => id)).toEqual([provider.partner.id]);
  });

  it("that is there already says so and changes nothing; one that ended begins again", async () => {
    const [provider, reseller] = [await aProvider(), await aReseller()];
    const { partnership } = await start(provider.partner.id, reseller.partner.id);
    expect(await refusalsOf(start(provider.partner.id, reseller.partner.id))).toMatchObject([
      { code: "PARTNERSHIP_ALREADY_ACTIVE", details: { existingId: partnership.id } },
    ]);
    const ended = { status: PartnershipStatus.ENDED };
    await testContext.system.transaction((tx) => tx.update(Partnership, { ...partnership }, ended));
    const again = await start(provider.partner.id, reseller.partner.id);
    expect(again.partnership).toMatchObject({ id: partnership.id, status: "ACTIVE", version: 3 });
  });

  it("takes the two programme roles, one cloud and one market, and names all that is wrong", async () => {
    const direct = await aPartner(testContext, { programmeRole: DIRECT_BILL });
    const far = await aReseller({ cloud: Cloud.CHINA, country: "CN" });
    const [provider, reseller] = [await aProvider(), await aReseller()];
    const refusals = async (one: string, other: string) =>
      (await refusalsOf(start(one, other))).map(({ code, field, message }) => [code, field, message]);
    expect(await refusals(direct.partner.id, direct.partner.id)).toEqual([
      ["PARTNERSHIP_NOT_POSSIBLE", "providerId", expect.stringContaining("DIRECT_BILL")],
      ["PARTNERSHIP_NOT_POSSIBLE", "resellerId", expect.stringContaining("DIRECT_BILL")],
    ]);
    expect(await refusals(provider.partner.id, far.partner.id)).toEqual([
      ["PARTNERSHIP_NOT_POSSIBLE", "resellerId", expect.stringContaining("CHINA")],
      ["PARTNERSHIP_NOT_POSSIBLE", "resellerId", expect.stringContaining("market")],
    ]);
    expect(await refusals(reseller.partner.id, provider.partner.id)).toHaveLength(2);
    expect(await testContext.count("partnership", `providerId = '${direct.partner.id}'`)).toBe(0);
  });

  it("with somebody who is no partner here is refused", async () => {
    const refusals = await refusalsOf(start(newId(Partner), newId(Partner)));
    expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual([
      "PARTNER_NOT_FOUND providerId",
      "PARTNER_NOT_FOUND resellerId",
    ]);
    expect(await refusalOf(start(newId(Customer), "x"))).toBe("ID_MALFORMED ID_MALFORMED");
  });

  it("four times at once is made once", async () => {
    const [provider, reseller] = [await aProvider(), await aReseller()];
    const [one, other] = [provider.partner.id, reseller.partner.id];
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => start(one, other)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await testContext.count("partnership", `providerId = '${one}'`)).toBe(1);
  });
});
