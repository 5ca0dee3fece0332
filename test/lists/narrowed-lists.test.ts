import { Customer } from "../../entities/customers/customer";
import { ActivityOutcome, ActivityResource } from "../../entities/activity/activity-record";
import { exportActivity } from "../../src/activity/export-activity";
import { listActivity } from "../../src/activity/list-activity";
import { newId } from "../../src/values/ids";
import { MAX_CANDIDATES } from "../../src/database/keyset-order";
import { MAX_COUNT } from "../../src/errors/list-bounds";
import { listEvents } from "../../src/events/list-events";
import { aCustomer, aPartner, aRelationship } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { copyRow, joined, numbered, rowsRead } from "../support/many-rows";
import { refusalOf } from "../support/refusals";

/** More than twice as many records as one page looks at, and more than are counted. */
const RECORDS = 12_500;
/** Of so many records one is of the rare operation. */
const ONE_OF = 1_500;

let testContext: TestContext;
let partner: Awaited<ReturnType<typeof aPartner>>;
beforeAll(async () => {
  // One connection, whose counters tell what was read.
  testContext = await openTestContext({ poolSize: 1 });
  partner = await aPartner(testContext);
  await testContext.as(partner.actor).transaction(
    (tx) => {
      const customerId = newId(Customer);
      tx.recordRefusedAttempt({
        errorCode: "X",
        resourceType: ActivityResource.CUSTOMER,
        resourceId: customerId,
        customerId,
      });
      return Promise.resolve();
    },
    { operation: "often" },
  );
  await copyRow(
    testContext,
    "activity_record",
    `organizationId = '${partner.partner.id}' AND operation = 'often'`,
    RECORDS,
    {
      sequence: "sequence + n",
      operation: `CASE WHEN n % ${ONE_OF} = 0 THEN 'rare' ELSE 'often' END`,
      customerNameKey: `CASE WHEN n <= 25 THEN ${joined(testContext, "'many '", "n")} ELSE ${joined(testContext, "'few '", "(n % 3)")} END`,
    },
  );
});
afterAll(() => testContext.close());

type Filter = Parameters<typeof listActivity>[1];

/** All pages of a filter: how long each is, and the ids of all. */
async function walk(filter: Filter): Promise<{ lengths: number[]; ids: string[] }> {
  const lengths: number[] = [];
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const { nodes, pageInfo }: Awaited<ReturnType<typeof listActivity>> = await listActivity(
      testContext.as(partner.actor),
      { ...filter, after },
    );
    lengths.push(nodes.length);
    ids.push(...nodes.map(({ id }) => id));
    if (pageInfo.hasNextPage) expect(pageInfo.endCursor).not.toBe(after);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
  return { lengths, ids };
}

const ALL = { from: "2020-01-01T00:00:00.000Z" };
const RARE = { ...ALL, outcome: ActivityOutcome.REFUSED, operation: "rare" };
/** Two conditions of which the first one, which has the index, holds for nearly every record, and the other for few. */
const WIDE = { ...ALL, resourceType: ActivityResource.CUSTOMER, outcome: ActivityOutcome.SUCCEEDED };
const FEW = { ...ALL, companyName: "few", resourceType: ActivityResource.USER };

describe("several conditions on the activity log at once", () => {
  it("find all that one walk over everything finds, however rare that is", async () => {
    const rare = await walk({ ...ALL, operation: "rare", first: 3 });
    expect(rare.ids).toHaveLength(Math.floor(RECORDS / ONE_OF));
    expect((await walk({ ...RARE, first: 3 })).ids).toEqual(rare.ids);
    expect((await walk({ ...RARE, companyName: "few", first: 3 })).ids.sort()).toEqual(rare.ids.sort());
    const exported: string[] = [];
    for await (const page of await exportActivity(testContext.as(partner.actor), RARE))
      exported.push(...page.map(({ id }) => id));
    expect(exported.sort()).toEqual(rare.ids);
  });

  it("may give a short page, or an empty one, that is not the last one", async () => {
    for (const filter of [WIDE, FEW]) {
      const { lengths, ids } = await walk(filter);
      expect(ids).toEqual([]);
      expect(lengths.length).toBeGreaterThan(Math.floor(RECORDS / MAX_CANDIDATES));
      expect(lengths.length).toBeLessThan(10);
    }
  });

  it("look at a bounded number of records for one page and for the count, however long the log is", async () => {
    for (const filter of [WIDE, FEW, RARE, { ...RARE, companyName: "few" }]) {
      const ctx = testContext.as(partner.actor);
      const read = await rowsRead(testContext, () => listActivity(ctx, filter));
      if (read !== undefined) expect([filter, read < 3 * MAX_CANDIDATES]).toEqual([filter, true]);
      const { totalCount } = await listActivity(ctx, filter);
      await totalCount;
    }
    const { totalCount } = await listActivity(testContext.as(partner.actor), WIDE);
    expect(await totalCount).toBeNull();
    expect(await (await listActivity(testContext.as(partner.actor), RARE)).totalCount).toBe(
      Math.floor(RECORDS / ONE_OF),
    );
  });
});

describe("one condition on the activity log", () => {
  it("reads no more records than the page has", async () => {
    const one = [
      { ...ALL, operation: "rare" },
      { ...ALL, outcome: ActivityOutcome.SUCCEEDED },
      { ...ALL, companyName: "few 1" },
      { ...ALL, companyName: "few" },
    ];
    for (const filter of one) {
      const read = await rowsRead(testContext, () =>
        listActivity(testContext.as(partner.actor), { ...filter, first: 50 }),
      );
      if (read !== undefined) expect([filter, read < 1_000]).toEqual([filter, true]);
    }
  });

  it("reads no more for a later page, though all records are of one instant", async () => {
    const ctx = testContext.as(partner.actor);
    let after: string | null = null;
    for (let page = 0; page < 10; page++) {
      const { pageInfo }: Awaited<ReturnType<typeof listActivity>> = await listActivity(ctx, {
        ...ALL,
        operation: "often",
        first: 500,
        after,
      });
      after = pageInfo.endCursor;
    }
    for (const filter of [ALL, { ...ALL, operation: "often" }]) {
      const read = await rowsRead(testContext, () => listActivity(ctx, { ...filter, first: 50, after }));
      if (read !== undefined) expect([filter, read < 200]).toEqual([filter, true]);
    }
  });

  it("is counted up to ten thousand", async () => {
    const count = async (filter: Filter) =>
      (await listActivity(testContext.as(partner.actor), filter)).totalCount;
    expect(await count(ALL)).toBe(MAX_COUNT + 1);
    expect(await count({ ...ALL, companyName: "few 1" })).toBe(
      Array.from({ length: RECORDS }, (_, at) => at + 1).filter((n) => n > 25 && n % 3 === 1).length,
    );
    expect(await count({ ...ALL, companyName: "few" })).toBe(MAX_COUNT + 1);
  });

  it("takes the beginning of at most twenty names", async () => {
    const found = (companyName: string) =>
      listActivity(testContext.as(partner.actor), { ...ALL, companyName });
    expect(await refusalOf(found("many"))).toBe("FIELD_INVALID");
    expect((await found("MANY 2")).nodes).toHaveLength(7);
    expect((await found("none")).nodes).toEqual([]);
  });
});

describe("other lists that take several conditions", () => {
  it("events by type and customer are ranges of one index, in order, and counted up to ten thousand", async () => {
    const { customer } = await aCustomer(testContext);
    const seller = await aPartner(testContext);
    await aRelationship(testContext, seller.partner, customer);
    const events = `organizationId = '${seller.partner.id}' AND type = 'relationship.established'`;
    await copyRow(testContext, "event", events, RECORDS, {
      position: "position + n",
      type: `CASE WHEN n % ${ONE_OF} = 0 THEN 'relationship.removed' ELSE type END`,
      customerId: `CASE WHEN n % 2 = 0 THEN customerId ELSE ${numbered(testContext, "customerId")} END`,
    });
    const ctx = testContext.as(seller.actor);
    const customerId = customer.id;
    const removed = { customerId, types: ["relationship.removed" as const] };
    const read = await rowsRead(testContext, () => listEvents(ctx, removed));
    if (read !== undefined) expect(read).toBeLessThan(200);
    const page = await listEvents(ctx, removed);
    expect(page.nodes).toHaveLength(Math.floor(RECORDS / ONE_OF));
    expect(await page.totalCount).toBe(Math.floor(RECORDS / ONE_OF));
    const both = await listEvents(ctx, {
      customerId,
      types: ["relationship.removed", "relationship.established"],
      first: 500,
    });
    const positions = both.nodes.map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(both.nodes).toHaveLength(500);
    expect(await both.totalCount).toBe(1 + RECORDS / 2);
    expect(await (await listEvents(ctx, { types: ["relationship.established"] })).totalCount).toBe(
      MAX_COUNT + 1,
    );
  });
});
