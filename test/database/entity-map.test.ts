import type { ColumnMetadata } from "typeorm/metadata/ColumnMetadata.js";
import { allEntities } from "../../entities";
import { Partner } from "../../entities/partners/partner";
import { Subscription } from "../../entities/subscriptions/subscription";
import { name, sql } from "../../src/database/sql";
import { type TestContext, openTestContext } from "../support/test-context";
import { aPartnerRow, insertPartner } from "./rows";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

/** A value of each kind that is stored, unlike any that another row has. */
function valueOf({ type, propertyName, length }: ColumnMetadata, tag: number): unknown {
  if (type === "boolean") return tag % 2 === 0;
  if (type === "simple-json") return [{ text: `"quoted" ${tag} ✓`, list: [1, null, true] }];
  if (type === "varchar" || type === "text" || type === "mediumtext")
    return [...`${tag}é😀 ${propertyName}`].slice(0, Number(length) || 200).join("");
  return tag + 7;
}

const everyEntity = allEntities.map((entity) => ({ entity, what: entity.name }));

describe("rows of every entity", () => {
  it.each(everyEntity)("are written and read as TypeORM does it: $what", async ({ entity }) => {
    const source = testContext.database.schemaSource;
    const { columns, tableName } = source.getMetadata(entity);
    const rowOf = (tag: number, full: boolean) =>
      Object.fromEntries(
        columns.map((column) => [
          column.propertyName,
          column.isNullable && !full ? null : valueOf(column, tag),
        ]),
      );
    const written = [rowOf(1, true), rowOf(2, true), rowOf(3, false)];
    const undone = new Error("the rows belong to nobody");
    const read = testContext.system.transaction(async (tx) => {
      if (tx.family === "mysql") await tx.execute("SET FOREIGN_KEY_CHECKS = 0");
      else await tx.execute("PRAGMA defer_foreign_keys = ON");
      // Not insertAll: nobody is there to be told of these rows.
      const { text, values } = testContext.database.maps.of(entity).insertion(written as never[]);
      await tx.execute(text, values);
      const from = sql`FROM ${name(tableName)} ORDER BY ${name(columns[0]?.propertyName ?? "")}`;
      expect(await tx.all(entity, from)).toEqual(written);
      expect(await tx.one(entity, from)).toEqual(written[0]);
      const raw = await tx.rows<Record<string, unknown>>(sql`SELECT * ${from}`);
      const { driver } = source;
      const asTypeorm = raw.map((row) =>
        Object.fromEntries(
          columns.map((column) => [
            column.propertyName,
            driver.prepareHydratedValue(row[column.databaseName], column) as unknown,
          ]),
        ),
      );
      expect(asTypeorm).toEqual(written);
      if (tx.family === "mysql") await tx.execute("SET FOREIGN_KEY_CHECKS = 1");
      throw undone;
    });
    await expect(read).rejects.toBe(undone);
  });
});

describe("an update", () => {
  it("sets what it changes and nothing else: neither what is so already nor what is undefined", async () => {
    await testContext.system.transaction(async (tx) => {
      const partner = await insertPartner(tx, { name: "Before", updatedAt: "2026-01-01T00:00:00.000Z" });
      testContext.statements.length = 0;
      await tx.update(Partner, partner, { name: "After", country: undefined, domain: partner.domain });
      expect(testContext.statements).toEqual([
        expect.stringMatching(
          /^UPDATE partner SET name = \?, version = \?, updatedAt = \? WHERE \W*partner\W+id\W+= \?\) AND \(\W*partner\W+version\W+= \?\)+$/,
        ),
      ]);
      const stored = await tx.get(Partner, sql`FROM partner WHERE id = ${partner.id}`);
      expect(stored).toMatchObject({ name: "After", country: "US", version: 2 });
    });
  });

  it("of a property that is no column is refused, not left out", async () => {
    await testContext.system.transaction(async (tx) => {
      const partner = await insertPartner(tx, {});
      const odd = { nickname: "Bob" } as Partial<Partner>;
      await expect(tx.update(Partner, partner, odd)).rejects.toThrow("no column for nickname");
    });
  });
});

describe("reading many rows at once", () => {
  it("keeps the order that was asked for, and tells texts, numbers and null apart", async () => {
    const names = ["b", 'a "quoted" \\ one', "ä\n\u2028😀", "1", "null"];
    await testContext.system.transaction(async (tx) => {
      for (const each of names) await insertPartner(tx, { name: each, country: "ZZ" });
    });
    const rows = await testContext.database.read((reads) =>
      reads.rows<object>(
        sql`SELECT name AS name, version AS version, NULL AS none FROM partner WHERE country = ${"ZZ"} ORDER BY name DESC`,
      ),
    );
    const expected = [...names].sort((a, b) => Buffer.compare(Buffer.from(b), Buffer.from(a)));
    expect(rows).toEqual(expected.map((each) => ({ name: each, version: 1, none: null })));
  });

  it("gives an empty list where nothing is found", async () => {
    const none = sql`FROM subscription WHERE id IN ${[]}`;
    expect(await testContext.database.read((reads) => reads.all(Subscription, none))).toEqual([]);
    expect(await testContext.database.read((reads) => reads.one(Subscription, none))).toBeNull();
    await expect(testContext.database.read((reads) => reads.get(Subscription, none))).rejects.toThrow(
      "lacks a row",
    );
  });

  it("finds every id of a list, however long it is and whatever it is filled up with", async () => {
    const rows = Array.from({ length: 777 }, () => aPartnerRow({ country: "YY" }));
    await testContext.system.transaction(async (tx) => {
      await tx.execute(testContext.database.maps.of(Partner).insertion(rows));
    });
    const count = (most: number) =>
      testContext.database.read((reads) =>
        reads.count(sql`FROM partner WHERE id IN ${rows.slice(0, most).map(({ id }) => id)}`),
      );
    for (const most of [0, 1, 2, 3, 7, 50, 51, 499, 501, 777]) expect(await count(most)).toBe(most);
  });
});
