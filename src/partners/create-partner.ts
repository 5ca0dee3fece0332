import { type Cloud, Partner, type ProgrammeRole } from "../../entities/partners/partner";
import { Partnership, PartnershipStatus } from "../../entities/partners/partnership";
import { newId } from "../context/ids";
import type { Transaction } from "../unit-of-work/transaction";
import { beginStream } from "../events/event-log";

/** What a new partner is. */
export interface NewPartner {
  name: string;
  programmeRole: ProgrammeRole;
  country: string;
  cloud: Cloud;
  domain: string;
  tenantId: string;
}

/** Writes a new partner and begins its event stream. For commands and the demo; nobody may call it through the API. */
export async function createPartner(tx: Transaction, partner: NewPartner): Promise<Partner> {
  const row = { id: newId("partner"), ...partner, createdAt: tx.now, updatedAt: tx.now, version: 1 };
  await beginStream(tx, row.id);
  return tx.insert(Partner, row);
}

/** Joins an indirect provider and an indirect reseller in an active partnership. For commands and the demo. */
export async function createPartnership(
  tx: Transaction,
  providerId: string,
  resellerId: string,
): Promise<Partnership> {
  const status = PartnershipStatus.ACTIVE;
  const row = { id: newId("partnership"), providerId, resellerId, status, version: 1 };
  return tx.insert(Partnership, { ...row, createdAt: tx.now, updatedAt: tx.now });
}
