import { AgentRole } from "../../entities/identity/user";
import { Subscription, SubscriptionStatus } from "../../entities/subscriptions/subscription";
import type { Actor } from "../../src/access/actor";
import { newId } from "../../src/values/ids";
import { sql } from "../../src/database/sql";
import { listSubscriptions, type ListSubscriptions, suspendSubscription } from "../../src/subscriptions";
import { makeSubscriptionLoaders } from "../../src/subscriptions/subscription.loader";
import {
  aCustomer,
  anOffer,
  aPartner,
  aPartnerUser,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
  type PartnerWithUser,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const idsFor = async (actor: Actor, input: ListSubscriptions = {}) =>
  (await listSubscriptions(testContext.as(actor), input)).nodes.map(({ id }) => id);

/** A customer of a partner with this many subscriptions, oldest first. */
async function customerWith(seller: PartnerWithUser, many: number, offerId: string) {
  const { customer, actor } = await aCustomer(testContext);
  await aRelationship(testContext, seller.partner, customer);
  const ids: string[] = [];
  for (let at = 0; at < many; at++)
    ids.push((await aSubscription(testContext, seller, customer, { offerId })).id);
  return { customer, actor, ids };
}

describe("the list of subscriptions", () => {
  it("has the oldest first, page by page, each once, by customer and status", async () => {
    const seller = await aPartner(testContext);
    const { id: offerId } = await anOffer(testContext);
    const first = await customerWith(seller, 5, offerId);
    const second = await customerWith(seller, 2, offerId);
    await suspendSubscription(testContext.as(seller.actor), { subscriptionId: first.ids[1] });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await listSubscriptions(testContext.as(seller.actor), { first: 3, after });
      seen.push(...page.nodes.map(({ id }) => id));
      expect(await page.totalCount).toBe(7);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual([...first.ids, ...second.ids]);
    expect(await idsFor(seller.actor, { customerId: second.customer.id })).toEqual(second.ids);
    expect(await idsFor(seller.actor, { status: SubscriptionStatus.SUSPENDED })).toEqual([first.ids[1]]);
  });

  it("shows seller, reseller of record and customer the same, and other partners nothing", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer, actor } = await aCustomer(testContext);
    for (const { partner } of [reseller, provider]) await aRelationship(testContext, partner, customer);
    const { id } = await aSubscription(testContext, provider, customer, { resellerId: reseller.partner.id });
    const own = await aSubscription(testContext, provider, customer);
    const other = await aPartner(testContext);
    await aRelationship(testContext, other.partner, customer);
    expect(await idsFor(provider.actor)).toEqual([id, own.id]);
    expect(await idsFor(reseller.actor)).toEqual([id]);
    expect(await idsFor(actor)).toEqual([id, own.id]);
    expect(await idsFor(other.actor, { customerId: customer.id })).toEqual([]);
    expect(await makeSubscriptionLoaders(testContext.as(other.actor)).byId.load(id)).toBeNull();
  });

  it("has each once and in order, across pages, also what a partner both sold and is the reseller of record of", async () => {
    const [mine, other] = [await aPartner(testContext), await aPartner(testContext)];
    const { customer, ids } = await customerWith(mine, 1, (await anOffer(testContext)).id);
    const [seller, me] = [other.partner.id, mine.partner.id];
    const sides = [{}, { resellerId: me }, { partnerId: seller, resellerId: me }, { partnerId: seller }, {}];
    const made = await testContext.system.transaction(async (tx) => {
      const pattern = await tx.get(Subscription, sql`FROM subscription WHERE id = ${ids[0]}`);
      const rows = [...sides, ...sides].map((side) => ({ ...pattern, id: newId(Subscription), ...side }));
      await tx.insertAll(Subscription, rows);
      return [pattern, ...rows];
    });
    const seen = made.filter((row) => row.partnerId === me || row.resellerId === me).map(({ id }) => id);
    for (const input of [{}, { status: SubscriptionStatus.ACTIVE }, { customerId: customer.id }]) {
      for (const first of [1, 2, 3, 4, 8]) {
        const found: string[] = [];
        let after: string | null = null;
        do {
          const page = await listSubscriptions(testContext.as(mine.actor), { ...input, first, after });
          found.push(...page.nodes.map(({ id }) => id));
          after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
        } while (after);
        expect(found).toEqual(seen);
      }
      const page = await listSubscriptions(testContext.as(mine.actor), { customerId: customer.id });
      expect(await page.totalCount).toBe(9);
    }
  });

  it("is open to sales and helpdesk agents, and to nobody without a role", async () => {
    const seller = await aPartner(testContext);
    const { ids } = await customerWith(seller, 1, (await anOffer(testContext)).id);
    for (const role of [AgentRole.SALES_AGENT, AgentRole.HELPDESK_AGENT]) {
      expect(await idsFor(await aPartnerUser(testContext, seller.partner, { agent: [role] }))).toEqual(ids);
    }
    expect(await idsFor(await aPartnerUser(testContext, seller.partner, {}))).toEqual([]);
  });
});

describe("the subscriptions of many customers", () => {
  it("are read with one statement, the same page of each, and with another one for all the counts", async () => {
    const seller = await aPartner(testContext);
    const { id: offerId } = await anOffer(testContext);
    const customers = [];
    for (const many of [3, 0, 1]) customers.push(await customerWith(seller, many, offerId));
    const loaders = makeSubscriptionLoaders(testContext.as(seller.actor));
    const before = testContext.statements.length;

    const pages = await Promise.all(
      customers.map(({ customer }) => loaders.ofCustomer(customer.id, { first: 2 })),
    );

    expect(testContext.statements.length - before).toBe(1);
    expect(pages.map((page) => page.nodes.map(({ id }) => id))).toEqual([
      customers[0].ids.slice(0, 2),
      [],
      customers[2].ids,
    ]);
    expect(pages.map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, false, false]);
    expect(await Promise.all(pages.map((page) => page.totalCount))).toEqual([3, 0, 1]);
    expect(testContext.statements.length - before).toBe(2);

    const after = pages[0].pageInfo.endCursor;
    const next = await loaders.ofCustomer(customers[0].customer.id, { first: 2, after });
    expect(next.nodes.map(({ id }) => id)).toEqual(customers[0].ids.slice(2));
    expect(next.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it("are only those that the reader may see", async () => {
    const [seller, other] = [await aPartner(testContext), await aPartner(testContext)];
    const { customer } = await customerWith(seller, 2, (await anOffer(testContext)).id);
    await aRelationship(testContext, other.partner, customer);
    const page = await makeSubscriptionLoaders(testContext.as(other.actor)).ofCustomer(customer.id, {});
    expect(page.nodes).toEqual([]);
    expect(await page.totalCount).toBe(0);
  });

  it("refuse a cursor of another list and a page of no rows", async () => {
    const { actor } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    const { ofCustomer } = makeSubscriptionLoaders(testContext.as(actor));
    expect(await refusalOf(ofCustomer(customer.id, { after: "x" }))).toBe("CURSOR_INVALID");
    expect(() => ofCustomer(customer.id, { first: 0 })).toThrow("first must be from 1 to 500; it is 0.");
  });
});
