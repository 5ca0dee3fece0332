import { Partnership, PartnershipStatus } from "../../entities/partners/partnership";
import { newId } from "../values/ids";
import type { Transaction } from "../unit-of-work/transaction";

/** Joins an indirect provider and an indirect reseller in an active partnership. For commands and the demo. */
export async function createPartnership(
  tx: Transaction,
  providerId: string,
  resellerId: string,
): Promise<Partnership> {
  const status = PartnershipStatus.ACTIVE;
  const row = { id: newId(Partnership), providerId, resellerId, status, version: 1 };
  return tx.insert(Partnership, { ...row, createdAt: tx.now, updatedAt: tx.now });
}
