import { Subscription } from "../../entities/subscriptions/subscription";
import type { Actor } from "../../src/access/actor";
import { newId } from "../../src/values/ids";
import { sql } from "../../src/database/sql";
import type { PageInput } from "../../src/errors/field-checks";
import { makeSubscriptionLoaders } from "../../src/subscriptions/subscription.loader";
import { MAX_AT_ONCE } from "../../src/subscriptions/top-n-per-group";
import { aCustomer, aPartner, aRelationship, aSubscription, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

/** Who sold each of a customer's subscriptions, oldest first, and for which reseller of record. */
type Sales = { by: PartnerWithUser; for?: PartnerWithUser }[];

/** A customer with these subscriptions; gives their ids in the order of their making. */
async function aCustomerWith(sales: Sales): Promise<{ customerId: string; actor: Actor; ids: string[] }> {
  const { customer, actor } = await aCustomer(testContext);
  const seller = await aPartner(testContext);
  await aRelationship(testContext, seller.partner, customer);
  const pattern = await aSubscription(testContext, seller, customer);
  const rows = sales.map((sale) => ({
    ...pattern,
    id: newId(Subscription),
    partnerId: sale.by.partner.id,
    resellerId: sale.for?.partner.id ?? null,
  }));
  await testContext.system.transaction((tx) =>
    tx.execute(sql`DELETE FROM subscription WHERE id = ${pattern.id}`),
  );
  for (let from = 0; from < rows.length; from += 500)
    await testContext.system.transaction((tx) => tx.insertAll(Subscription, rows.slice(from, from + 500)));
  return { customerId: customer.id, actor, ids: rows.map(({ id }) => id) };
}

describe.each([
  ["few subscriptions, which are read whole", 0],
  ["more than are read whole, of another seller", MAX_AT_ONCE + 1],
])("the first subscriptions of several customers, of which one has %s,", (_of, many) => {
  let asWell: string;
  beforeAll(async () => {
    const seller = await aPartner(testContext);
    asWell = (await aCustomerWith(Array(many).fill({ by: seller }))).customerId;
  });

  const pagesOf = (actor: Actor, customerIds: string[], page: PageInput) => {
    const loaders = makeSubscriptionLoaders(testContext.as(actor));
    const pages = [...customerIds, asWell].map((id) => loaders.ofCustomer(id, page));
    return Promise.all(pages.slice(0, customerIds.length));
  };

  async function firstOf(actor: Actor, customerIds: string[], first: number, after?: string | null) {
    const pages = await pagesOf(actor, customerIds, { first, after });
    return pages.map(({ nodes, pageInfo }) => ({
      ids: nodes.map(({ id }) => id),
      more: pageInfo.hasNextPage,
    }));
  }

  it("are each customer's oldest: fewer than asked for, just as many, more, and none", async () => {
    const mine = await aPartner(testContext);
    const made = [];
    for (const many of [2, 3, 4, 0, 9]) made.push(await aCustomerWith(Array(many).fill({ by: mine })));
    const found = await firstOf(
      mine.actor,
      made.map(({ customerId }) => customerId),
      3,
    );
    expect(found).toEqual(made.map(({ ids }) => ({ ids: ids.slice(0, 3), more: ids.length > 3 })));
  });

  it("are only those that the reader sold or is the reseller of, however they lie among others' ones", async () => {
    const [mine, other, provider] = [
      await aPartner(testContext),
      await aPartner(testContext),
      await aPartner(testContext),
    ];
    const sales: Sales = [
      { by: other },
      { by: provider, for: mine },
      { by: other },
      { by: mine },
      { by: provider, for: other },
      { by: mine, for: mine },
      { by: other },
      { by: provider, for: mine },
      { by: mine },
    ];
    const { customerId, actor, ids } = await aCustomerWith(sales);
    const seen = ids.filter((_id, at) => sales[at]?.by === mine || sales[at]?.for === mine);
    for (const first of [1, 2, 3, 4, 5, 6]) {
      const [page] = await firstOf(mine.actor, [customerId], first);
      expect(page).toEqual({ ids: seen.slice(0, first), more: seen.length > first });
    }
    const [own] = await firstOf(actor, [customerId], 7);
    expect(own).toEqual({ ids: ids.slice(0, 7), more: true });
  });

  it("go on behind a cursor, each once, to the end", async () => {
    const [mine, other] = [await aPartner(testContext), await aPartner(testContext)];
    const { customerId, ids } = await aCustomerWith(
      Array.from({ length: 13 }, (_, at) => ({ by: at % 3 === 0 ? other : mine })),
    );
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const [page]: Awaited<ReturnType<typeof pagesOf>> = await pagesOf(mine.actor, [customerId], {
        first: 2,
        after,
      });
      seen.push(...(page?.nodes ?? []).map(({ id }) => id));
      after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual(ids.filter((_id, at) => at % 3 !== 0));
  });

  it("cost one statement for all customers, and a second one only where they have too many", async () => {
    const mine = await aPartner(testContext);
    const made = [await aCustomerWith([{ by: mine }]), await aCustomerWith([{ by: mine }, { by: mine }])];
    testContext.statements.length = 0;
    await firstOf(
      mine.actor,
      made.map(({ customerId }) => customerId),
      10,
    );
    expect(testContext.statements).toHaveLength(many === 0 ? 1 : 2);
  });
});
