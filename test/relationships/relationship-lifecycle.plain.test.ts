import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import type { Subscription } from "../../entities/subscriptions/subscription";
import { establish, remove } from "../../src/relationships/relationship.lifecycle";
import { removalBlockers, removalRefusal } from "../../src/relationships/relationship.policy";

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
  const active = (id: string, offerName: string, quantity: number) =>
    ({ id, offerName, quantity }) as Subscription;

  it("is free where no subscription is active", () => {
    expect(removalBlockers([])).toEqual([]);
    expect(removalRefusal({ rows: [], count: 0 })).toBeUndefined();
  });

  it("is refused by naming every active subscription, in details and in words", () => {
    const refusal = removalRefusal({
      rows: [active("sub_1", "Mail", 3), active("sub_2", "Storage", 40)],
      count: 2,
    });
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
    expect(refusal?.message).toContain("Mail (sub_1), Storage (sub_2).");
  });

  it.each([
    [9_990, "9,990 subscriptions are still active: Mail (sub_1) and 9,989 more."],
    [10_001, "more than 10,000 subscriptions are still active: Mail (sub_1) and more than 9,999 more."],
  ])("says how many of %i it does not name", (count, message) => {
    expect(removalRefusal({ rows: [active("sub_1", "Mail", 3)], count })?.message).toContain(message);
  });
});
