import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import type { Transaction } from "../unit-of-work/transaction";
import { searchKey } from "../values/search-key";
import type { CustomerContact } from "./establish-relationship";

/** What a partner keeps about a customer: the name in its list, and whom to talk to. */
export type KeptDetails = CustomerContact & Pick<ResellerRelationship, "companyName">;

/**
 * Changes what a partner keeps about a customer, in a relationship that the caller has locked; what is absent stays. Where nothing is
 * different nothing is written, and `onChange` is not called. For other use cases, in their transaction.
 */
export function changeKeptDetails(
  tx: Transaction,
  relationship: ResellerRelationship,
  details: Partial<KeptDetails>,
  onChange: (changed: ResellerRelationship) => void,
): Promise<ResellerRelationship> {
  const { companyName } = details;
  const changes = {
    ...details,
    ...(companyName !== undefined && { companyNameKey: searchKey(companyName) }),
  };
  return tx.update(ResellerRelationship, relationship, changes, onChange);
}
