import type { Actor } from "../../src/access/actor";
import { listCustomers, type ListCustomers } from "../../src/customers";
import { aCustomer, aPartner, aRelationship, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";

let testContext: TestContext;
let seller: PartnerWithUser;

const MANY = 25;
const NAMES = ["Ähre", "ahre", "Zoo", "Beta", "Beta"];
const ORDERS = [
  { orderBy: "COMPANY_NAME", direction: "ASC" },
  { orderBy: "COMPANY_NAME", direction: "DESC" },
  { orderBy: "SINCE", direction: "ASC" },
  { orderBy: "SINCE", direction: "DESC" },
] as const;

// Read only from here on: 25 customers of one partner, five of each name, three of each day.
beforeAll(async () => {
  testContext = await openTestContext();
  seller = await aPartner(testContext);
  const other = await aPartner(testContext);
  for (let at = 0; at < MANY; at++) {
    testContext.clock.now = `2026-02-${String(10 + Math.floor(at / 3))}T12:00:00.000Z`;
    const { customer } = await aCustomer(testContext, { companyName: NAMES[at % NAMES.length] });
    await aRelationship(testContext, seller.partner, customer);
    if (at % 2) await aRelationship(testContext, other.partner, customer);
  }
});
afterAll(() => testContext.close());

const list = (actor: Actor, input: ListCustomers) => listCustomers(testContext.as(actor), input);

/** All customers, by pages of seven. */
async function walk(order: (typeof ORDERS)[number]) {
  const pages = [];
  let after: string | null = null;
  do {
    const page = await list(seller.actor, { ...order, first: 7, after });
    pages.push(page);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after);
  return pages;
}

describe("25 customers in pages of seven", () => {
  it.each(ORDERS)(
    "by $orderBy $direction come each once and in order, also those with equal keys",
    async (order) => {
      const pages = await walk(order);
      const rows = pages.flatMap(({ nodes }) => nodes);
      const key = (row: (typeof rows)[number]) =>
        order.orderBy === "SINCE" ? row.since : row.companyNameKey;
      const inOrder = [...rows].sort((a, b) => (key(a) + a.id < key(b) + b.id ? -1 : 1));
      if (order.direction === "DESC") inOrder.reverse();

      expect(pages.map(({ nodes }) => nodes.length)).toEqual([7, 7, 7, 4]);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(MANY);
      expect(rows.map(({ id }) => id)).toEqual(inOrder.map(({ id }) => id));
    },
  );

  it("tell before and after which page there are more, and how many there are in all", async () => {
    const pages = await walk(ORDERS[0]);
    expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual([false, true, true, true]);
    expect(pages.map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, true, false]);
    for (const { edges, pageInfo } of pages) {
      expect(pageInfo.startCursor).toBe(edges[0].cursor);
      expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor);
    }
    expect(await Promise.all(pages.map((page) => page.totalCount))).toEqual([MANY, MANY, MANY, MANY]);
  });

  it("cost one statement a page, and the count another one only when it is asked for", async () => {
    const before = testContext.statements.length;
    const page = await list(seller.actor, { ...ORDERS[0], first: 7 });
    expect(testContext.statements.length - before).toBe(1);
    await page.totalCount;
    expect(testContext.statements.length - before).toBe(2);
  });

  it("are names without regard to letter case and accents", async () => {
    const { nodes } = await list(seller.actor, { ...ORDERS[0], first: 10 });
    expect(nodes.every(({ companyName }) => /^[aä]hre$/i.test(companyName ?? ""))).toBe(true);
  });

  it("come by domain, page by page, where that is searched for", async () => {
    const input = { direction: "ASC", domainStartsWith: "customer-" } as const;
    const found: string[] = [];
    let after: string | null = null;
    do {
      const page = await list(seller.actor, { ...input, first: 7, after });
      found.push(...page.nodes.map(({ domain }) => domain));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    const byName = await list(seller.actor, { ...ORDERS[0], first: 500 });
    const domains = byName.nodes.map(({ domain }) => domain);
    expect(found).toHaveLength(MANY);
    expect(found).toEqual([...domains].sort());
    expect(found).not.toEqual(domains);
    const { endCursor } = (await list(seller.actor, { ...input, first: 1 })).pageInfo;
    expect(await refusalsOf(list(seller.actor, { ...ORDERS[0], after: endCursor }))).toMatchObject([
      { code: "CURSOR_INVALID", field: "after" },
    ]);
  });

  it("go on from any row's cursor", async () => {
    const all = await list(seller.actor, { ...ORDERS[0], first: 500 });
    const after = all.edges[12].cursor;
    const rest = await list(seller.actor, { ...ORDERS[0], after });
    expect(rest.nodes.map(({ id }) => id)).toEqual(all.nodes.slice(13).map(({ id }) => id));
  });

  it("are also paged where they are searched", async () => {
    const input = { ...ORDERS[0], companyNameStartsWith: "beta", first: 7 };
    const first = await list(seller.actor, input);
    const second = await list(seller.actor, { ...input, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes].map(({ companyName }) => companyName)).toEqual(
      Array.from({ length: 10 }, () => "Beta"),
    );
    expect(await second.totalCount).toBe(10);
  });
});

describe("a cursor", () => {
  it("of another order or direction, of another list, or of nobody's making is refused", async () => {
    const { pageInfo } = await list(seller.actor, { ...ORDERS[0], first: 1 });
    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const cursors = [
      ...ORDERS.slice(1).map((order) => ({ ...order, after: pageInfo.endCursor })),
      { ...ORDERS[0], after: "nonsense" },
      { ...ORDERS[0], after: forged(null) },
      { ...ORDERS[0], after: forged(["customer COMPANY_NAME ASC", { a: 1 }, "x"]) },
      { ...ORDERS[0], after: forged(["offer", "beta", "x"]) },
    ];
    for (const input of cursors) {
      expect(await refusalsOf(list(seller.actor, input))).toMatchObject([
        { code: "CURSOR_INVALID", field: "after" },
      ]);
    }
  });

  it("of one partner shows another nothing but its own", async () => {
    const outsider = await aPartner(testContext);
    const { pageInfo } = await list(seller.actor, { ...ORDERS[0], first: 1 });
    const page = await list(outsider.actor, { ...ORDERS[0], after: pageInfo.endCursor });
    expect(page.nodes).toEqual([]);
  });

  it.each([0, -1, 501])("for %d rows is refused: a page has 1 to 500", async (first) => {
    expect(await refusalsOf(list(seller.actor, { ...ORDERS[0], first }))).toMatchObject([
      { code: "FIELD_INVALID", field: "first", details: { minimum: 1, maximum: 500 } },
    ]);
  });
});
