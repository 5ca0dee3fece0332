import { RelationshipStatus, ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { groupBy } from "../database/batching";
import type { Reads } from "../database/reads";
import { type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";

/**
 * Locks the active relationships of these partners with a customer, so that none of them can be removed while something is made or
 * comes back to life through it.
 */
export function lockActiveRelationships(
  tx: Transaction,
  customerId: string,
  partnerIds: string[],
): Promise<ResellerRelationship[]> {
  const found = sql`FROM reseller_relationship WHERE customerId = ${customerId} AND partnerId IN ${partnerIds}
    AND status = ${RelationshipStatus.ACTIVE} ORDER BY id`;
  return tx.all(ResellerRelationship, tx.locked(found));
}

/**
 * Locks a partner's active relationship with the customer whose id a select gives, no matter who may see it; null where there is
 * none.
 */
export function lockActiveRelationshipWith(
  tx: Transaction,
  partnerId: string,
  customerId: Sql,
): Promise<ResellerRelationship | null> {
  const found = sql`FROM reseller_relationship WHERE partnerId = ${partnerId} AND customerId = (${customerId})
    AND status = ${RelationshipStatus.ACTIVE}`;
  return tx.one(ResellerRelationship, tx.locked(found));
}

/** Which partners are resellers of each of these customers now. */
export async function findActiveSellers(
  reads: Reads,
  customerIds: readonly string[],
): Promise<Map<string, Set<string>>> {
  const rows = await reads.rows<{ customerId: string; partnerId: string }>(
    sql`SELECT customerId AS customerId, partnerId AS partnerId FROM reseller_relationship
      WHERE customerId IN ${customerIds} AND status = ${RelationshipStatus.ACTIVE}`,
  );
  const byCustomer = groupBy(rows, ({ customerId }) => customerId);
  return new Map([...byCustomer].map(([id, found]) => [id, new Set(found.map((row) => row.partnerId))]));
}
