import { Offer } from "../../entities/catalog/offer";
import { newId } from "../values/ids";
import { searchKey } from "../values/search-key";
import type { Transaction } from "../unit-of-work/transaction";
import type { NewOffer } from "./offer-record";
import { type CatalogKey, lockCatalogued } from "./offer.repository";

/** How many offers a write changed. */
export interface SavedOffers {
  added: number;
  updated: number;
  /** How many were the same already; nothing was written for them. */
  unchanged: number;
}

/** The most offers for one call of saveOffers: two statements of bounded length, and no lock held for long. */
export const OFFERS_AT_A_TIME = 100;

/**
 * Brings the catalogue to what these offers say, of which each publisher's id and country is there once: adds what
 * is new, updates what differs. For commands and the demo; nobody may call it through the API.
 */
export async function saveOffers(tx: Transaction, offers: readonly NewOffer[]): Promise<SavedOffers> {
  const stored = new Map((await lockCatalogued(tx, offers)).map((row) => [keyOf(row), row]));
  const rows: Offer[] = [];
  let updated = 0;
  for (const offer of offers) {
    const wanted = { ...offer, nameKey: searchKey(offer.name) };
    const row = stored.get(keyOf(offer));
    if (!row) {
      rows.push({ ...wanted, id: newId(Offer), createdAt: tx.now, updatedAt: tx.now, version: 1 });
    } else if (differs(row, wanted)) {
      await tx.update(Offer, row, wanted);
      updated++;
    }
  }
  if (rows.length > 0) await tx.insertAll(Offer, rows);
  return { added: rows.length, updated, unchanged: offers.length - rows.length - updated };
}

/** What tells two offers apart: one row for each publisher's id and country. */
export function keyOf({ catalogId, country }: CatalogKey): string {
  return `${country} ${catalogId}`;
}

function differs(row: Offer, wanted: Partial<Offer>): boolean {
  const fields = Object.keys(wanted) as (keyof Offer)[];
  return fields.some((field) => JSON.stringify(row[field]) !== JSON.stringify(wanted[field]));
}
