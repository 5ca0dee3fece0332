import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importOffers, listOffers } from "../../src/catalog";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeEach(async () => {
  testContext = await openTestContext();
});
afterEach(() => testContext.close());

const record = (id: string, changes: object = {}) => ({
  id,
  name: `Offer ${id}`,
  description: "For tests.",
  minimumQuantity: 1,
  maximumQuantity: 300,
  locale: "en-US",
  country: "US",
  termUnitOfMeasure: "Year",
  term: 1,
  prerequisiteOffers: [],
  isAddOn: false,
  isAvailableForPurchase: true,
  billing: "license",
  supportedBillingCycles: ["annual", "monthly"],
  isAutoRenewable: true,
  isTrial: false,
  unitType: "Licenses",
  ...changes,
});
const fileOf = (...items: unknown[]) => JSON.stringify({ totalCount: items.length, items }, null, 1);

/** The statements of a piece of work that write. */
async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
  const before = testContext.statements.length;
  await work();
  return testContext.statements
    .slice(before)
    .filter((sql) => /^\s*(INSERT|UPDATE|DELETE|REPLACE)/i.test(sql));
}

describe("importing offers", () => {
  it("adds what is new, changes what differs, and does not touch the rest", async () => {
    const first = fileOf(
      record("A"),
      record("B"),
      record("C", { country: "DE", locale: "de-DE" }),
      record("C"),
    );
    expect(await importOffers(testContext.system, first)).toEqual({
      added: 4,
      updated: 0,
      unchanged: 0,
      refused: [],
    });
    testContext.clock.now = "2026-04-01T00:00:00.000Z";
    const second = fileOf(record("a", { name: "Offer A" }), record("B", { name: "Renamed" }), record("D"));
    expect(await importOffers(testContext.system, second)).toEqual({
      added: 1,
      updated: 1,
      unchanged: 1,
      refused: [],
    });
    expect(await testContext.count("offer")).toBe(5);
    expect(await testContext.count("offer", "version = 2 AND name = 'Renamed' AND nameKey = 'renamed'")).toBe(
      1,
    );
    expect(await testContext.count("offer", "updatedAt = '2026-04-01T00:00:00.000Z'")).toBe(2);
  });

  it("a second time writes nothing", async () => {
    const text = fileOf(...Array.from({ length: 250 }, (_, at) => record(`OFFER-${at}`)));
    expect((await writesOf(() => importOffers(testContext.system, text))).length).toBeGreaterThan(0);
    let report: unknown;
    const writes = await writesOf(async () => (report = await importOffers(testContext.system, text)));
    expect(report).toEqual({ added: 0, updated: 0, unchanged: 250, refused: [] });
    expect(writes).toEqual([]);
  });

  it("leaves out a broken record, names its line, and takes the others in", async () => {
    const sound = fileOf(
      record("GOOD-1"),
      record("BROKEN"),
      record("BAD", { country: "usa" }),
      record("GOOD-2"),
    );
    const lines = sound.split("\n");
    const at = lines.findIndex((line) => line.includes('"BROKEN"'));
    lines[at] = lines[at].replace('"BROKEN"', '"BROKEN');
    const report = await importOffers(testContext.system, lines.join("\n"));
    const bad = lines.findIndex((line) => line.includes('"BAD"'));
    expect(report).toMatchObject({
      added: 2,
      refused: [
        { line: at, problems: [expect.stringMatching(new RegExp(`line ${at + 1}`, "i"))] },
        { line: bad, catalogId: "BAD", problems: [expect.stringMatching(/^country must/)] },
      ],
    });
    expect(await testContext.count("offer", "catalogId IN ('GOOD-1', 'GOOD-2')")).toBe(2);
  });

  it("of a text that is no catalogue is refused and writes nothing", async () => {
    for (const text of ["", "nonsense", "{}", '{"items": 1}']) {
      expect(await refusalsOf(importOffers(testContext.system, text))).toMatchObject([
        { code: "FIELD_INVALID" },
      ]);
    }
    expect(await testContext.count("offer")).toBe(0);
  });
});

const CATALOGUE = join(__dirname, "../../../shared/data/offers-us.json");

if (existsSync(CATALOGUE)) {
  describe("the publisher's catalogue of the US", () => {
    it("goes in whole, 274 offers, and a second run changes nothing", async () => {
      const text = readFileSync(CATALOGUE, "utf8");
      const all = { added: 274, updated: 0, unchanged: 0, refused: [] };
      expect(await importOffers(testContext.system, text)).toEqual(all);
      expect(await testContext.count("offer", "country = 'US'")).toBe(274);
      let again: unknown;
      const writes = await writesOf(async () => (again = await importOffers(testContext.system, text)));
      expect(again).toEqual({ ...all, added: 0, unchanged: 274 });
      expect(writes).toEqual([]);
    });

    it("is listed by name in pages, each offer once", async () => {
      await importOffers(testContext.system, readFileSync(CATALOGUE, "utf8"));
      const keys: string[] = [];
      const ids = new Set<string>();
      let after: string | null = null;
      do {
        const page = await listOffers(testContext.system, { country: "US", first: 50, after });
        keys.push(...page.nodes.map(({ nameKey }) => nameKey));
        for (const { id } of page.nodes) ids.add(id);
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after);
      expect(ids.size).toBe(274);
      expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    });
  });
}
