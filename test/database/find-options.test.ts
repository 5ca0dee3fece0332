import {
  Between,
  Equal,
  In,
  IsNull,
  LessThan,
  LessThanOrEqual,
  Like,
  MoreThan,
  MoreThanOrEqual,
  Not,
} from "typeorm";
import type { FindOptionsWhere } from "typeorm";
import { Offer } from "../../entities/catalog/offer";
import { OrganizationHead } from "../../entities/events/organization-head";
import { User } from "../../entities/identity/user";
import { Partner } from "../../entities/partners/partner";
import type { Reads } from "../../src/database/reads";
import { sql } from "../../src/database/sql";
import { aPartner } from "../support/builders";
import { openTestContext, type TestContext } from "../support/test-context";

let testContext: TestContext;
let ids: string[];
beforeAll(async () => {
  testContext = await openTestContext();
  const partners: Partner[] = [];
  for (let at = 0; at < 3; at++) partners.push((await aPartner(testContext)).partner);
  ids = partners.map(({ id }) => id).sort();
});
afterAll(() => testContext.close());

/** What work gives that reads. */
const read = <T>(work: (reads: Reads) => Promise<T>) => testContext.system.read(work);

/** The ids of the three partners that a condition finds, in order. */
async function found(where: FindOptionsWhere<Partner>): Promise<string[]> {
  const rows = await read((reads) =>
    reads.find(Partner, { where: { ...where, id: where.id ?? In(ids) }, order: { id: "ASC" } }),
  );
  return rows.map(({ id }) => id);
}

/** The text that find options on partners have. */
function textOf(where: FindOptionsWhere<Partner> | FindOptionsWhere<Partner>[], take?: number): string {
  const options = { where, ...(take !== undefined && { take }) };
  return testContext.database.maps.finding(Partner).select(options).text;
}

describe("find options", () => {
  test("read the same whole rows as a statement by hand", async () => {
    const byHand = await read((reads) =>
      reads.all(Partner, sql`FROM partner WHERE id IN ${ids} ORDER BY id`),
    );
    const rows = await read((reads) => reads.find(Partner, { where: { id: In(ids) }, order: { id: "ASC" } }));
    expect(rows).toEqual(byHand);
    expect(rows).toHaveLength(3);
  });

  test("compare with each operator that is supported", async () => {
    const [first, middle, last] = ids;
    expect(await found({ id: middle })).toEqual([middle]);
    expect(await found({ id: Equal(middle) })).toEqual([middle]);
    expect(await found({ id: LessThan(middle) }).then((rows) => rows.includes(middle))).toBe(false);
    expect(await found({ id: LessThanOrEqual(first) }).then((rows) => rows.at(-1))).toBe(first);
    expect(await found({ id: MoreThan(last) })).not.toContain(last);
    expect(await found({ id: MoreThanOrEqual(middle) }).then((rows) => rows.slice(0, 2))).toEqual([
      middle,
      last,
    ]);
    expect(await found({ tenantId: IsNull() })).toEqual([]);
    expect(await found({ tenantId: Not(IsNull()) })).toEqual(ids);
    const { name } = await read((reads) => reads.getOne(Partner, { id: middle }));
    const others = await read((reads) => reads.find(Partner, { where: { id: In(ids), name: Not(name) } }));
    expect(others.map(({ id }) => id)).not.toContain(middle);
  });

  test("find any alternative of a list, in the order wanted, no more than taken", async () => {
    const rows = await read((reads) =>
      reads.find(Partner, {
        where: [{ id: ids[0] }, { id: ids[2] }, { id: ids[1], name: "no such name" }],
        order: { id: "DESC" },
      }),
    );
    expect(rows.map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    const one = await read((reads) =>
      reads.find(Partner, { where: { id: In(ids) }, order: { id: "DESC" }, take: 1 }),
    );
    expect(one.map(({ id }) => id)).toEqual([ids[2]]);
  });

  test("find nothing by an empty list, and exclude nothing that was not named", async () => {
    expect(await found({ id: In([]) })).toEqual([]);
    expect(() => textOf({ id: Not(In(ids)) })).toThrow("not supported");
  });

  test("compare booleans and large numbers as both databases store them", async () => {
    const { id } = await read((reads) => reads.getOne(Partner, { id: ids[0] }));
    expect(await read((reads) => reads.countWhere(Offer, { isTrial: true, id }))).toBe(0);
    const head = await read((reads) => reads.getOne(OrganizationHead, { organizationId: id }));
    const { lastPosition } = head;
    expect(
      await read((reads) => reads.findOne(OrganizationHead, { where: { organizationId: id, lastPosition } })),
    ).toEqual(head);
  });

  test.each([
    ["undefined", { id: undefined }],
    ["null", { id: null as never }],
    ["undefined in an operator", { id: LessThan(undefined as never) }],
    ["null in a list", { id: In(["partner", null as never]) }],
    ["undefined in a negation", { id: Not(undefined as never) }],
    ["an unknown property", { nobody: "x" } as never],
    ["an operator that is not supported", { id: Like("p%") }],
    ["a range", { id: Between("a", "b") }],
    ["no alternative", []],
    ["an empty alternative", [{ id: "partner" }, {}]],
  ] satisfies [string, FindOptionsWhere<Partner> | FindOptionsWhere<Partner>[]][])(
    "never leave out a condition: %s is refused",
    (_what, where) => {
      expect(() => textOf(where)).toThrow();
    },
  );

  test("refuse to compare JSON, whose text depends on how it was written", async () => {
    await expect(read((reads) => reads.find(User, { where: { agentRoles: [] as never } }))).rejects.toThrow(
      "no column agentRoles to compare",
    );
  });

  test("have one text for each shape, whatever the values are", () => {
    expect(textOf({ id: "a", name: "b" })).toBe(textOf({ id: "c", name: "d" }));
    expect(textOf({ id: In(["a", "b", "c"]) })).toBe(textOf({ id: In(["a", "b", "c", "d", "e"]) }));
    const others = [
      textOf({ id: "a" }),
      textOf({ id: "a" }, 1),
      textOf({ name: "a" }),
      textOf({ id: MoreThan("a") }),
      textOf({ id: MoreThanOrEqual("a") }),
      textOf({ id: Not("a") }),
      textOf({ id: IsNull() }),
      textOf({ id: Not(IsNull()) }),
      textOf({ id: In(["a", "b"]) }),
      textOf([{ id: "a" }, { name: "b" }]),
      textOf({ id: "a", name: "b" }),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  test("send the values in the order of the placeholders", () => {
    const { text, values } = testContext.database.maps
      .finding(Partner)
      .select({ where: [{ name: "one", id: In(["two", "three"]) }, { country: Not("four") }] });
    const columns = [...text.replace(/["`]/g, "").matchAll(/partner\.(\w+) (?:=|!=|IN)/g)].map(
      ([, name]) => name,
    );
    expect(columns).toEqual(["name", "id", "country"]);
    expect(values).toEqual(["one", "two", "three", "four"]);
  });
});

describe("writes by find options", () => {
  test("lock on MySQL and MariaDB, and change and delete only what the condition names", async () => {
    const [changed, untouched] = ids;
    const undone = new Error("undone");
    const work = testContext.system.transaction(async (tx) => {
      const locked = await tx.findOneLocked(Partner, { where: { id: changed } });
      expect(locked?.id).toBe(changed);
      const before = await tx.getOne(Partner, { id: untouched });
      expect(
        await tx.updateWhere(Partner, { name: "Renamed" }, { id: changed, version: locked?.version }),
      ).toBe(1);
      expect((await tx.getOne(Partner, { id: changed })).name).toBe("Renamed");
      expect(await tx.getOne(Partner, { id: untouched })).toEqual(before);
      expect(await tx.deleteWhere(User, { organizationId: "nobody" })).toBe(0);
      throw undone;
    });
    await expect(work).rejects.toBe(undone);
  });

  test("are refused without a condition", async () => {
    const work = testContext.system.transaction((tx) => tx.deleteWhere(Partner, {}));
    await expect(work).rejects.toThrow("names no column");
    const update = testContext.system.transaction((tx) => tx.updateWhere(Partner, { name: "x" }, {}));
    await expect(update).rejects.toThrow("names no column");
  });
});
