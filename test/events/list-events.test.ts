import { Customer } from "../../entities/customers/customer";
import { Partner } from "../../entities/partners/partner";
import { newId } from "../../src/values/ids";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { eventCursor } from "../../src/events/event-cursor";
import { passesFilter } from "../../src/events/event-filter";
import { allEventTypes, type EventType } from "../../src/events/event-map";
import { forgetOldEvents } from "../../src/events/forget-old-events";
import { listEvents } from "../../src/events/list-events";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";
import { positions, range, write } from "./streams";
import { recordFor } from "../support/record-for";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

interface Stream {
  id: string;
  ctx: UseCaseContext;
}

/** A partner with so many events, all of them of one kind. */
async function aStreamOf(count: number): Promise<Stream> {
  const { partner, actor } = await aPartner(testContext);
  if (count > 0)
    await write(
      testContext,
      [partner.id],
      range(1, count).map((n) => `e${n}`),
    );
  return { id: partner.id, ctx: testContext.as(actor) };
}

const customers = [newId(Customer), newId(Customer), newId(Customer)];

/** A partner with thirty events about three customers, in four types, and one that is about no customer. */
async function aMixedStream(): Promise<Stream> {
  const stream = await aStreamOf(0);
  const types = ["customer.added", "customer.updated"] as const;
  await testContext.system.transaction(async (tx) => {
    for (const n of range(0, 29)) {
      const customerId = customers[n % 3] ?? "";
      const facts = { customerId, partnerId: stream.id, companyName: `c${n}`, domain: "d.example" };
      if (n % 5 === 4) {
        const names = { relationshipId: "r", partnerName: "p", invitationId: null };
        recordFor(tx, "relationship.removed", { ...facts, ...names }, [stream.id]);
      } else recordFor(tx, types[n % 2] ?? "customer.added", facts, [stream.id]);
    }
    const invitation = { invitationId: "i", partnerId: stream.id, partnerName: "p", providerId: null };
    recordFor(tx, "invitation.sent", { ...invitation, recipientEmail: null, reusable: true }, [stream.id]);
    return Promise.resolve();
  });
  return stream;
}

/** Lets all events so far grow old, and be forgotten. */
async function forgetAll(): Promise<void> {
  const { now } = testContext.clock;
  testContext.clock.now = new Date(Date.parse(now) + 31 * 86_400_000).toISOString();
  await forgetOldEvents(testContext.system, 30);
}

async function statementsOf<T>(work: () => Promise<T>): Promise<{ result: T; count: number }> {
  testContext.statements.length = 0;
  const result = await work();
  return { result, count: testContext.statements.length };
}

describe("the events query", () => {
  it("costs one statement a page, its totalCount included", async () => {
    const { ctx } = await aStreamOf(7);
    const { result, count } = await statementsOf(async () => {
      const page = await listEvents(ctx, { first: 3 });
      return { page, total: await page.totalCount };
    });
    expect(count).toBe(1);
    expect(positions(result.page.nodes)).toEqual([1, 2, 3]);
    expect(result.total).toBe(7);
    expect(result.page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });

    const { result: last } = await statementsOf(() =>
      listEvents(ctx, { first: 4, after: result.page.pageInfo.endCursor }),
    );
    expect(positions(last.nodes)).toEqual([4, 5, 6, 7]);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it("is an empty page at the end, and of a stream that has no event yet", async () => {
    const { ctx, id } = await aStreamOf(0);
    for (const after of [undefined, eventCursor(id, 0)]) {
      const page = await listEvents(ctx, { after });
      expect([page.nodes, await page.totalCount, page.pageInfo.endCursor]).toEqual([[], 0, null]);
    }
  });

  it("refuses each fault of a cursor by its own code, the shapeless ones without asking the database", async () => {
    const { ctx, id } = await aStreamOf(3);
    await forgetAll();
    await write(testContext, [id], ["kept"]);
    const other = await aStreamOf(1);
    const faults: [string, string, number][] = [
      [eventCursor(id, 3).slice(0, -1), "EVENTS_CURSOR_INVALID", 0],
      [eventCursor(other.id, 1), "EVENTS_CURSOR_FOREIGN", 0],
      [eventCursor(newId(Partner), 1), "EVENTS_CURSOR_FOREIGN", 0],
      [eventCursor(id, 2), "EVENTS_CURSOR_EXPIRED", 1],
    ];
    for (const [after, code, cost] of faults) {
      for (const more of [{}, { types: ["customer.updated"] as const }, { customerId: customers[0] }]) {
        const { result, count } = await statementsOf(() => refusalsOf(listEvents(ctx, { after, ...more })));
        expect([result.map((refusal) => [refusal.code, refusal.kind, refusal.field]), count]).toEqual([
          [[code, "INVALID", "after"]],
          cost,
        ]);
      }
    }
  });

  it("begins with the oldest event that is kept, and counts those that are", async () => {
    const { ctx, id } = await aStreamOf(5);
    await forgetAll();
    await write(testContext, [id], ["six", "seven"]);
    const page = await listEvents(ctx, {});
    expect(positions(page.nodes)).toEqual([6, 7]);
    expect(await page.totalCount).toBe(2);
    expect(page.pageInfo.hasPreviousPage).toBe(false);

    const [expired] = await refusalsOf(listEvents(ctx, { after: eventCursor(id, 0) }));
    const resumed = await listEvents(ctx, { after: expired?.details?.oldestCursor });
    expect(positions(resumed.nodes)).toEqual([6, 7]);
    expect(resumed.pageInfo.hasPreviousPage).toBe(false);
  });

  it("says so when the events went that a reader would have read next, and all that were left", async () => {
    const { ctx, id } = await aStreamOf(10);
    const { pageInfo } = await listEvents(ctx, { first: 4 });
    await forgetAll();
    expect(await refusalOf(listEvents(ctx, { first: 4, after: pageInfo.endCursor }))).toBe(
      "EVENTS_CURSOR_EXPIRED",
    );
    // The newest event's own reader has missed nothing.
    expect((await listEvents(ctx, { after: eventCursor(id, 10) })).nodes).toEqual([]);
  });
});

describe("a filter of the events query", () => {
  const filters: { types?: EventType[]; customerId?: string }[] = [
    { types: ["customer.added"] },
    { types: ["relationship.removed", "customer.added"] },
    { types: ["customer.added", "customer.added", "invitation.sent", "user.added"] },
    { types: allEventTypes },
    { types: ["api-key.created"] },
    { customerId: customers[1] },
    { customerId: customers[2], types: ["customer.updated"] },
    { customerId: customers[2], types: ["customer.updated", "relationship.removed"] },
    { customerId: newId(Customer) },
  ];

  it.each(filters)("%j finds the events that pass it, page by page, in order, each once", async (filter) => {
    const { ctx, id } = await aMixedStream();
    const wanted = (await testContext.eventsOf(id)).filter((event) => passesFilter(event, filter));
    const found: number[] = [];
    for (let after: string | null = null; ;) {
      const page = await listEvents(ctx, { ...filter, first: 2, after });
      found.push(...positions(page.nodes));
      expect(await page.totalCount).toBe(wanted.length);
      for (const { node, cursor } of page.edges) expect(cursor).toBe(node.cursor);
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(found).toEqual(positions(wanted));
  });

  it("costs one statement a page, and one for totalCount where that is asked for", async () => {
    const { ctx } = await aMixedStream();
    for (const filter of filters.filter(({ types }) => types !== allEventTypes)) {
      const { result, count } = await statementsOf(() => listEvents(ctx, filter));
      expect(count).toBe(1);
      expect((await statementsOf(() => result.totalCount)).count).toBe(1);
    }
  });

  it("takes any cursor of the stream, also that of an event which does not pass it", async () => {
    const { ctx, id } = await aMixedStream();
    const all = await testContext.eventsOf(id);
    for (const { cursor, position } of all) {
      const { nodes } = await listEvents(ctx, { types: ["relationship.removed"], after: cursor });
      const wanted = all.filter(
        (event) => event.position > position && event.type === "relationship.removed",
      );
      expect(positions(nodes)).toEqual(positions(wanted));
    }
  });

  it("never finds an event of somebody else's stream, though it is about the same customer", async () => {
    const one = await aMixedStream();
    await aMixedStream();
    const { nodes } = await listEvents(one.ctx, { customerId: customers[0], first: 500 });
    expect(nodes).toHaveLength(10);
    expect(nodes.every(({ organizationId }) => organizationId === one.id)).toBe(true);
  });

  it("is refused when it names no type, or something that is no customer, with everything that is wrong at once", async () => {
    const { ctx } = await aStreamOf(0);
    const refusals = await refusalsOf(listEvents(ctx, { types: [], customerId: "cust_1" }));
    expect(refusals.map(({ code, field }) => [code, field])).toEqual([
      ["FIELD_INVALID", "types"],
      ["ID_MALFORMED", "customerId"],
    ]);
    expect(refusals[0]?.message).toBe("types must name a type. Leave it out to get every type.");
    expect(await refusalOf(listEvents(ctx, { customerId: "" }))).toBe("ID_MALFORMED");
  });
});
