import fc from "fast-check";
import { Partner } from "../../entities/partners/partner";
import {
  keyset,
  type KeysetOrder,
  lastIdBefore,
  type Page,
  type PageRequest,
  pageOf,
} from "../../src/database/paging";
import { sql } from "../../src/database/sql";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";
import { aPartnerRow, insertPartner, insertPartners } from "./rows";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

type Direction = KeysetOrder["direction"];

const byName = (direction: Direction): KeysetOrder => ({
  name: `partner name ${direction}`,
  column: "partner.name",
  id: "partner.id",
  direction,
});

/** One page of the partners of one country, which is how each round of a test has rows of its own. */
function listPartners(country: string, order: KeysetOrder, request: PageRequest): Promise<Page<Partner>> {
  const keyOf = (row: Partner): [string, string] => [order.column === order.id ? row.id : row.name, row.id];
  return testContext.database.read(async (reads) => {
    const select = keyset(sql`FROM partner WHERE country = ${country}`, order, request);
    return pageOf(await reads.all(Partner, select), order, request, keyOf, () =>
      testContext.count("partner", `country = '${country}'`),
    );
  });
}

/** Every page of a list, one after the other. */
async function allPages(country: string, order: KeysetOrder, first: number): Promise<Page<Partner>[]> {
  const pages: Page<Partner>[] = [];
  for (let after: string | null = null; ;) {
    const page: Page<Partner> = await listPartners(country, order, { first, after });
    pages.push(page);
    if (!page.pageInfo.hasNextPage) return pages;
    after = page.pageInfo.endCursor;
  }
}

let rounds = 0;

/** Both databases compare text byte by byte, so the plain sort does too. */
function plainlySorted(rows: Partner[], keyOf: (row: Partner) => string, direction: Direction): Partner[] {
  const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const sign = direction === "ASC" ? 1 : -1;
  return [...rows].sort((a, b) => sign * (compare(keyOf(a), keyOf(b)) || compare(a.id, b.id)));
}

describe("paging through a list", () => {
  const names = fc.array(fc.constantFrom("a", "b", "B", "é", "e", "ab", "Ω", "😀", "\uff21"), {
    minLength: 0,
    maxLength: 25,
  });
  const direction = fc.constantFrom<Direction>("ASC", "DESC");
  const size = fc.integer({ min: 1, max: 9 });

  it.each(["name", "id"] as const)(
    "by %s gives each row once and in order, whatever the size of the pages, the direction and the ties",
    async (column) => {
      await fc.assert(
        fc.asyncProperty(names, direction, size, async (words, way, first) => {
          const country = (rounds++).toString(36).padStart(2, "0");
          const rows = words.map((name) => aPartnerRow({ name, country }));
          await testContext.system.transaction((tx) =>
            rows.length > 0 ? insertPartners(tx, rows) : Promise.resolve(),
          );
          const order = column === "name" ? byName(way) : { ...byName(way), column: "partner.id" };
          const pages = await allPages(country, order, first);
          const expected = plainlySorted(rows, (row) => row[column], way);

          expect(pages.flatMap(({ nodes }) => nodes.map(({ id }) => id))).toEqual(
            expected.map(({ id }) => id),
          );
          for (const page of pages.slice(0, -1)) expect(page.nodes).toHaveLength(first);
          expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual(pages.map((_, at) => at > 0));
        }),
        { numRuns: 40 },
      );
    },
  );

  it("goes on rightly after a row that was removed, and shows rows that came in behind the cursor", async () => {
    const rows = ["a", "b", "c", "d"].map((name) => aPartnerRow({ name, country: "X1" }));
    await testContext.system.transaction((tx) => insertPartners(tx, rows));
    const { pageInfo } = await listPartners("X1", byName("ASC"), { first: 2 });
    await testContext.system.transaction(async (tx) => {
      await tx.execute("DELETE FROM partner WHERE id = ?", [rows[1]?.id ?? ""]);
      await insertPartner(tx, { name: "bb", country: "X1" });
    });
    const next = await listPartners("X1", byName("ASC"), { first: 9, after: pageInfo.endCursor });
    expect(next.nodes.map(({ name }) => name)).toEqual(["bb", "c", "d"]);
  });

  it("counts the whole list only when somebody reads the count", async () => {
    const rows = ["a", "b", "c"].map((name) => aPartnerRow({ name, country: "X2" }));
    await testContext.system.transaction((tx) => insertPartners(tx, rows));
    const counts = () => testContext.statements.filter((sql) => /count\(/i.test(sql)).length;
    const before = counts();
    const page = await listPartners("X2", byName("ASC"), { first: 1 });
    expect(counts()).toBe(before);
    expect(await page.totalCount).toBe(3);
    expect(counts()).toBe(before + 1);
  });
});

describe("a cursor", () => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const order = byName("ASC");

  it.each([
    ["no text at all", " "],
    ["words", "give me the next page"],
    ["base64 of no JSON", Buffer.from("partner name").toString("base64url")],
    ["null", encoded(null)],
    ["an object", encoded({ name: order.name })],
    ["too short", encoded([order.name, "a"])],
    ["of another list", encoded(["offer name ASC", "a", "id"])],
    ["of the other direction", encoded([byName("DESC").name, "a", "id"])],
    ["with a list for a value", encoded([order.name, ["a"], "id"])],
    ["with an object for an id", encoded([order.name, "a", { $gt: "" }])],
    ["with a number for a value", encoded([order.name, 1, "id"])],
    ["with a number for an id", encoded([order.name, "a", 1])],
    ["with a space at the end, which only one database sees", encoded([order.name, "a ", "id"])],
    ["with half of a character", encoded([order.name, "a\ud800", "id"])],
    ["not UTF-8", Buffer.from(JSON.stringify([order.name, "é", "id"]), "latin1").toString("base64url")],
    ["with nothing for a value", encoded([order.name, null, "id"])],
    ["very long", "A".repeat(100_000)],
  ])("that is %s is refused, naming the argument", async (_what, after) => {
    const [refusal] = await refusalsOf(listPartners("X3", order, { first: 1, after }));
    expect(refusal).toMatchObject({ code: "CURSOR_INVALID", kind: "INVALID", field: "after" });
    expect(await refusalOf(Promise.resolve().then(() => lastIdBefore(order, after)))).toBe("CURSOR_INVALID");
  });

  it("of any text whatever is either refused or taken, and never an error of another kind", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, unit: "binary" }),
        fc.string({ unit: "binary" }),
        async (name, id) => {
          for (const after of [name, encoded([order.name, name, id])]) {
            const outcome = await listPartners("X4", order, { first: 1, after }).then(
              () => "taken",
              (error: unknown) => (error as { code?: string }).code,
            );
            expect(["taken", "CURSOR_INVALID"]).toContain(outcome);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
