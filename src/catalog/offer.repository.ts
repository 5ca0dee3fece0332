import type { SelectQueryBuilder } from "typeorm";
import { Offer } from "../../entities/catalog/offer";
import type { UseCaseContext } from "../context/use-case-context";
import { keyset, type KeysetOrder, type Page, pageOf, type PageRequest } from "../database/paging";
import type { Reads } from "../database/reads";
import { searchKey } from "../database/search-key";
import type { Transaction } from "../database/transaction";
import { offerErrors } from "./offer.errors";

// No read here starts from what an actor may see: the catalogue is public knowledge, the same for every partner, and
// a customer's user reads the offers of its own subscriptions as nested objects. Who may walk through the whole
// catalogue is the door's question (permission `offer.read`).

const BY_NAME: KeysetOrder = { name: "offer", column: "offer.nameKey", id: "offer.id", direction: "ASC" };

/** Greater than every character that a search key may go on with. */
const LAST_CHARACTER = "\u{10FFFF}";

/** Which offers a list is asked for; what is absent does not matter. */
export interface OfferFilter {
  country?: string | null;
  /** Letter case, accents and width of letters do not matter. */
  nameStartsWith?: string | null;
  /** The publisher's id, in any letter case. */
  catalogId?: string | null;
  isAddOn?: boolean | null;
  isTrial?: boolean | null;
  /** Leaves out what is no longer sold. */
  availableOnly?: boolean | null;
}

/** What identifies an offer in the publisher's catalogue. */
export type CatalogKey = Pick<Offer, "catalogId" | "country">;

/**
 * One offer.
 * @throws OFFER_NOT_FOUND the catalogue has no such offer
 */
export async function findOffer(reads: Reads, id: string, field = "offerId"): Promise<Offer> {
  const offer = await reads.from(Offer, "offer").where("offer.id = :id", { id }).getOne();
  if (!offer) throw offerErrors.OFFER_NOT_FOUND("There is no such offer in the catalogue.", { field });
  return offer;
}

/** The offers of these ids that exist. */
export function findOffers(reads: Reads, ids: readonly string[]): Promise<Offer[]> {
  return reads.from(Offer, "offer").where("offer.id IN (:...ids)", { ids }).getMany();
}

/** One page of the catalogue, by name. */
export async function pageOfOffers(
  ctx: UseCaseContext,
  filter: OfferFilter,
  page: PageRequest,
): Promise<Page<Offer>> {
  const filtered = (reads: Reads) => applyFilter(reads.from(Offer, "offer"), filter);
  const rows = await ctx.read((reads) => keyset(filtered(reads), BY_NAME, page).getMany());
  const count = () => ctx.read((reads) => filtered(reads).getCount());
  return pageOf(rows, BY_NAME, page, (offer) => [offer.nameKey, offer.id], count);
}

/** The offers of these publisher's ids in these countries, locked until the end of the transaction. */
export function lockCatalogued(tx: Transaction, keys: readonly CatalogKey[]): Promise<Offer[]> {
  // Every id in every country, which may be more than was asked for, but is one range scan for each id.
  return tx
    .locked(tx.from(Offer, "offer"))
    .where("offer.catalogId IN (:...catalogIds) AND offer.country IN (:...countries)", {
      catalogIds: [...new Set(keys.map((key) => key.catalogId))],
      countries: [...new Set(keys.map((key) => key.country))],
    })
    .getMany();
}

function applyFilter(select: SelectQueryBuilder<Offer>, filter: OfferFilter): SelectQueryBuilder<Offer> {
  const { country, nameStartsWith, catalogId, isAddOn, isTrial, availableOnly } = filter;
  if (country) select.andWhere("offer.country = :country", { country });
  if (nameStartsWith) {
    const from = searchKey(nameStartsWith);
    select.andWhere("offer.nameKey >= :nameFrom AND offer.nameKey < :nameTo", {
      nameFrom: from,
      nameTo: from + LAST_CHARACTER,
    });
  }
  if (catalogId) {
    select.andWhere("offer.catalogId = :catalogId", { catalogId: catalogId.trim().toUpperCase() });
  }
  if (isAddOn != null) select.andWhere("offer.isAddOn = :isAddOn", { isAddOn });
  if (isTrial != null) select.andWhere("offer.isTrial = :isTrial", { isTrial });
  if (availableOnly) select.andWhere("offer.isAvailableForPurchase = :available", { available: true });
  return select;
}
