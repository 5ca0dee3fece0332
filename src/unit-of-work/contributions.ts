import type { Caller } from "../access/grant";
import type { AuditedRows } from "../activity/audited-rows";
import type { Reads } from "../database/reads";
import type { RemovalBlocker } from "../errors/error-details";
import type { BoundedList } from "../errors/list-bounds";
import type { Transaction } from "./transaction";

/** What one area finds that keeps a partner from removing its relationships with customers. */
export interface RemovalBlockerSource {
  /**
   * The first of what is in the way of each of these customers' relationship with a partner, and how much there is; a customer
   * without any is not in the map.
   */
  find(
    reads: Reads,
    partnerId: string,
    customerIds: readonly string[],
    first: number,
  ): Promise<Map<string, BoundedList<RemovalBlocker>>>;
  /** What is in the way, in a sentence, and what to do about it in another one. */
  describe(found: BoundedList<RemovalBlocker>): string;
}

/** A partner that is about to sell something to a customer. */
export interface Purchase {
  caller: Caller;
  partnerId: string;
  customerId: string;
  /** The reseller of record, where an indirect provider sells through one. */
  resellerId?: string | null;
}

/**
 * What one area demands of every purchase. It locks the rows that it relies on, so that they hold until the commit, and throws
 * where the purchase may not be.
 */
export type PurchaseRequirement = (tx: Transaction, purchase: Purchase) => Promise<void>;

/** What the areas contribute to use cases and mechanisms that do not know them; `src/areas.ts` joins it. */
export interface Contributions {
  /** Rows whose changes the activity log tells of, and which of them are counted. */
  auditedRows: AuditedRows;
  /** What blocks the removal of a relationship. */
  removalBlockers: readonly RemovalBlockerSource[];
  /** What a purchase must fulfil, in the order in which it is looked at. */
  purchaseRequirements: readonly PurchaseRequirement[];
}
