import type { Reads } from "../database/reads";
import type { DomainError } from "../errors/domain-error";
import type { RemovalBlocker } from "../errors/error-details";
import type { BoundedList } from "../errors/list-bounds";
import type { RemovalBlockerSource } from "../unit-of-work/contributions";
import { relationshipErrors } from "./relationship.errors";

/** The first of what is in the way of removing a relationship, how much there is, and what to do about it. */
export interface FoundBlockers extends BoundedList<RemovalBlocker> {
  /** A sentence or two of each area that has something in the way. */
  descriptions: string[];
}

/** What keeps a partner from removing its relationships with these customers, by all areas; a customer without any is not in the map. */
export async function findRemovalBlockers(
  sources: readonly RemovalBlockerSource[],
  reads: Reads,
  partnerId: string,
  { customerIds, first }: { customerIds: readonly string[]; first: number },
): Promise<Map<string, FoundBlockers>> {
  const all = new Map<string, FoundBlockers>();
  for (const source of sources)
    for (const [customerId, found] of await source.find(reads, partnerId, customerIds, first)) {
      if (found.count === 0) continue;
      const before = all.get(customerId) ?? { rows: [], count: 0, descriptions: [] };
      all.set(customerId, {
        rows: [...before.rows, ...found.rows].slice(0, first),
        count: before.count + found.count,
        descriptions: [...before.descriptions, source.describe(found)],
      });
    }
  return all;
}

/** Why a relationship cannot be removed. */
export function removalRefusal({ rows, count, descriptions }: FoundBlockers): DomainError {
  return relationshipErrors.RELATIONSHIP_HAS_BLOCKERS(descriptions.join(" "), {
    field: "relationshipId",
    details: { blockers: rows, blockerCount: count },
  });
}
