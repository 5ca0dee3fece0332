import { type Cloud, Partner, type ProgrammeRole } from "../../entities/partners/partner";
import { beginStream } from "../events/event-log";
import type { Transaction } from "../unit-of-work/transaction";
import { newId } from "../values/ids";

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
  const row = { id: newId(Partner), ...partner, createdAt: tx.now, updatedAt: tx.now, version: 1 };
  await beginStream(tx, row.id);
  return tx.insert(Partner, row);
}
