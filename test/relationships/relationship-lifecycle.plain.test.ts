import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import type { RemovalBlocker } from "../../src/errors/error-details";
import { establish, remove } from "../../src/relationships/relationship.lifecycle";
import { findRemovalBlockers, removalRefusal } from "../../src/relationships/removal-blockers";
import { activeSubscriptionsBlock } from "../../src/subscriptions/removal-blockers";
import type { RemovalBlockerSource } from "../../src/unit-of-work/contributions";

const { ACTIVE, REMOVED } = RelationshipStatus;

function outcome(verb: () => unknown): unknown {
  try {
    return verb();
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("a relationship", () => {
  it.each`
    status     | establishing                     | removing
    ${ACTIVE}  | ${"RELATIONSHIP_ALREADY_ACTIVE"} | ${REMOVED}
    ${REMOVED} | ${ACTIVE}                        | ${"RELATIONSHIP_ALREADY_REMOVED"}
  `("that is $status: establish $establishing, remove $removing", ({ status, establishing, removing }) => {
    const relationship = { id: "rel_1", status };
    expect(outcome(() => establish(relationship))).toBe(establishing);
    expect(outcome(() => remove(relationship))).toBe(removing);
  });

  it("that is active already is named to who would establish it", () => {
    expect(() => establish({ id: "rel_1", status: ACTIVE })).toThrow(
      expect.objectContaining({ details: { existingId: "rel_1" } }),
    );
  });
});

describe("the removal of a relationship", () => {
  const active = (subscriptionId: string, offerName: string, quantity: number): RemovalBlocker => ({
    subscriptionId,
    offerName,
    quantity,
  });
  const mail = active("sub_1", "Mail", 3);
  const storage = active("sub_2", "Storage", 40);
  const { describe: inWords } = activeSubscriptionsBlock;

  /** An area in which these are in the way of removing the relationship with one customer. */
  const source = (...rows: RemovalBlocker[]): RemovalBlockerSource => ({
    find: () => Promise.resolve(new Map([["cust_1", { rows, count: rows.length }]])),
    describe: inWords,
  });
  const found = async (...sources: RemovalBlockerSource[]) =>
    (
      await findRemovalBlockers(sources, undefined as never, "part_1", { customerIds: ["cust_1"], first: 2 })
    ).get("cust_1");

  it("is free where no area has anything in the way", async () => {
    expect(await found()).toBeUndefined();
    expect(await found(source(), source())).toBeUndefined();
  });

  it("is refused by naming what is in the way, in details and in words", async () => {
    const refusal = removalRefusal((await found(source(mail, storage)))!);
    expect(refusal).toMatchObject({
      code: "RELATIONSHIP_HAS_BLOCKERS",
      kind: "CONFLICT",
      field: "relationshipId",
      details: {
        blockers: [
          { subscriptionId: "sub_1", offerName: "Mail", quantity: 3 },
          { subscriptionId: "sub_2", offerName: "Storage", quantity: 40 },
        ],
        blockerCount: 2,
      },
    });
    expect(refusal.message).toContain("Mail (sub_1), Storage (sub_2).");
  });

  it("is refused for what several areas have in the way: all of it counts, and the first of it is named", async () => {
    const others = active("sub_3", "Backup", 1);
    const refusal = removalRefusal((await found(source(mail), source(), source(storage, others)))!);
    expect(refusal.details).toEqual({ blockers: [mail, storage], blockerCount: 3 });
    expect(refusal.message).toMatch(/Mail \(sub_1\).*Storage \(sub_2\), Backup \(sub_3\)/);
  });

  it.each([
    [9_990, "9,990 subscriptions are still active: Mail (sub_1) and 9,989 more."],
    [10_001, "more than 10,000 subscriptions are still active: Mail (sub_1) and more than 9,999 more."],
  ])("says how many of %i active subscriptions it does not name", (count, message) => {
    expect(inWords({ rows: [mail], count })).toContain(message);
  });
});
