import { Customer } from "../../entities/customers/customer";
import { Partner } from "../../entities/partners/partner";
import { newId } from "../../src/values/ids";
import { listEvents } from "../../src/events/list-events";
import { beginStream, readEvents } from "../../src/events/event-log";
import { forgetOldEvents } from "../../src/events/forget-old-events";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { range } from "./streams";
import { recordFor } from "../support/record-for";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const customers = range(1, 20).map(() => newId(Customer));

/** Three streams of some thousand events, most of one type, so that an optimizer has something to choose. */
async function manyEvents(): Promise<Awaited<ReturnType<typeof aPartner>>> {
  const partners = [await aPartner(testContext), await aPartner(testContext), await aPartner(testContext)];
  // Organizations that have no event yet, as most have.
  await testContext.system.transaction(async (tx) => {
    for (let left = 200; left > 0; left--) await beginStream(tx, newId(Partner));
  });
  const audience = partners.map(({ partner }) => partner.id);
  for (const part of range(1, 6))
    await testContext.system.transaction(async (tx) => {
      for (const n of range(1, 300)) {
        const customerId = customers[n % 20] ?? "";
        const facts = { customerId, partnerId: "p", companyName: `${part}.${n}`, domain: "d.example" };
        recordFor(tx, n % 100 === 0 ? "customer.added" : "customer.updated", facts, audience);
      }
      return Promise.resolve();
    });
  const isSqlite = testContext.database.family === "sqlite";
  await testContext.database.schemaSource.query(
    isSqlite ? "ANALYZE" : "ANALYZE TABLE event, organization_head",
  );
  return partners[1];
}

/** How the database finds the rows of the statements that some work sends, a line each. */
async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  testContext.statements.length = 0;
  await work();
  const isSqlite = testContext.database.family === "sqlite";
  const plans: string[] = [];
  for (const sql of testContext.statements.filter((statement) => /^\s*SELECT/.test(statement))) {
    // The values do not matter: plans are made for ranges in the middle of the streams.
    let at = 0;
    const filled = sql.replace(/\?/g, () => values[at++] ?? "''");
    // By the writer: libsql keeps a reader that has explained something at what it saw then.
    const rows = await testContext.database.schemaSource.query<Record<string, unknown>[]>(
      `EXPLAIN ${isSqlite ? "QUERY PLAN " : ""}${filled}`,
    );
    plans.push(
      rows
        .map((row) =>
          isSqlite
            ? String(row.detail)
            : `${String(row.table)} ${String(row.type)} ${String(row.key)} ${String(row.rows)} ${String(row.Extra)}`,
        )
        .join("\n"),
    );
  }
  return plans;
}
let values: string[] = [];

/** Reading a table row by row, sorting, or keeping more than a page aside. */
const COSTLY = /SCAN (event|head)\b|^(event|head) (ALL|index)|^(event|told|head).*(filesort|temporary)/m;

describe("reading the event log", () => {
  it("finds a page by ranges of an index, whatever is filtered: no scan, and no sorting of events", async () => {
    const { partner, actor } = await manyEvents();
    const ctx = testContext.as(actor);
    const id = `'${partner.id}'`;
    const customer = `'${customers[3] ?? ""}'`;
    const customerId = customers[3];
    const cases: [filter: object, values: string[], index: string][] = [
      [{}, [id, "900", id], testContext.database.family === "sqlite" ? "autoindex_event_1" : "PRIMARY"],
      [
        { types: ["customer.added"] },
        [id, "'customer.added'", "900", id],
        "event_by_organization_id_type_position",
      ],
      [
        { types: ["customer.updated"] },
        [id, "'customer.updated'", "900", id],
        "event_by_organization_id_type_position",
      ],
      [
        { types: ["customer.added", "customer.updated"] },
        [id, "'customer.added'", "900", id, "'customer.updated'", "900", id],
        "event_by_organization_id_type_position",
      ],
      [{ customerId }, [id, customer, "900", id], "event_by_organization_id_customer_id_position"],
      [
        { customerId, types: ["customer.updated"] },
        [id, customer, "'customer.updated'", "900", id],
        "event_by_organization_id_customer_id_type_position",
      ],
      [
        { customerId, types: ["customer.added", "customer.updated"] },
        [id, customer, "'customer.added'", "900", id, customer, "'customer.updated'", "900", id],
        "event_by_organization_id_customer_id_type_position",
      ],
    ];
    for (const [filter, filled, index] of cases) {
      values = filled;
      const [plan = ""] = await plansOf(() => listEvents(ctx, { first: 50, ...filter }));
      if (process.env.SHOW_PLANS) process.stdout.write(`${JSON.stringify(filter)}\n${plan}\n\n`);
      expect([filter, plan]).toEqual([filter, expect.stringContaining(index)]);
      expect([filter, plan]).toEqual([filter, expect.not.stringMatching(COSTLY)]);
    }
  });

  it("finds what the live tail and the webhooks read, and what is to be forgotten, by keys", async () => {
    const { partner } = await manyEvents();
    values = [`'${partner.id}'`, "900", `'${partner.id}'`];
    const [tail = ""] = await plansOf(() =>
      testContext.database.read((reads) => readEvents(reads, partner.id, 900, 200)),
    );
    expect(tail).not.toMatch(COSTLY);

    testContext.clock.now = new Date(Date.parse(testContext.clock.now) + 40 * 86_400_000).toISOString();
    values = [`'${partner.id}'`];
    const plans = await plansOf(() => forgetOldEvents(testContext.system, 30));
    expect(plans.length).toBeGreaterThan(1);
    for (const plan of new Set(plans)) {
      if (process.env.SHOW_PLANS) process.stdout.write(`${plan}\n\n`);
      expect(plan).not.toMatch(/SCAN event\b|^event (ALL|index)|^event.*filesort/m);
    }
  });
});
