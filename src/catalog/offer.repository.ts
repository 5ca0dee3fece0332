import { In } from "typeorm";
import { Offer } from "../../entities/catalog/offer";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { type KeysetOrder, type Page, type PageRequest, readPage } from "../database/paging";
import type { Reads } from "../database/reads";
import { searchKey } from "../values/search-key";
import { type CustomerGrants, hasGrant } from "../database/scope";
import { and, beginsWith, byIndex, name, Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";
import { normalizeCatalogId } from "../values/catalog-id";
import { offerErrors } from "./offer.errors";

// No read here starts from what an actor may see: the catalogue is public knowledge, the same for every partner, and
// a customer's user reads the offers of its own subscriptions as nested objects. Who may list the catalogue is asked at the
// root field (permission `offer.read`), and who may read an offer by id where it is loaded (offer.loader.ts).

const BY_NAME: KeysetOrder = { name: "offer", column: "nameKey", id: "id", direction: "ASC" };

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
  const offer = await reads.findOne(Offer, { where: { id } });
  if (!offer) throw offerErrors.OFFER_NOT_FOUND("There is no such offer in the catalogue.", { field });
  return offer;
}

/** The offers of these ids that exist; none where grants are named and there is none of them. */
export function findOffers(reads: Reads, ids: readonly string[], grants?: CustomerGrants): Promise<Offer[]> {
  return reads.all(Offer, and(sql`FROM offer WHERE id IN ${ids}`, grants && hasGrant(grants)));
}

/** One page of the catalogue, by name. */
export function pageOfOffers(
  ctx: UseCaseContext,
  filter: OfferFilter,
  page: PageRequest,
): Promise<Page<Offer>> {
  return readPage(ctx, Offer, [rangeOf(filter)], BY_NAME, {
    page,
    rest: restOf(filter),
    keyOf: (offer) => [offer.nameKey, offer.id],
  });
}

/** The offers of these publisher's ids in these countries, locked until the end of the transaction. */
export function lockCatalogued(tx: Transaction, keys: readonly CatalogKey[]): Promise<Offer[]> {
  const catalogIds = [...new Set(keys.map((key) => key.catalogId))];
  const countries = [...new Set(keys.map((key) => key.country))];
  // Every id in every country, which may be more than was asked for, but is one range scan for each id.
  return tx.findLocked(Offer, { where: { catalogId: In(catalogIds), country: In(countries) } });
}

/** By the publisher's id there is an offer for each country; else the list of one country, or of all, has an index. */
function rangeOf({ country, nameStartsWith, catalogId }: OfferFilter): Sql {
  const beginning = nameStartsWith ? searchKey(nameStartsWith) : undefined;
  if (catalogId) {
    const ofId = sql`FROM offer ${byIndex("offer_by_catalog_id_country")} WHERE catalogId = ${normalizeCatalogId(catalogId)}`;
    return and(ofId, country && sql`country = ${country}`, beginning && beginsWith(sql`+nameKey`, beginning));
  }
  const from = sql`FROM offer ${byIndex(country ? "offer_by_country_name_key_id" : "offer_by_name_key_id")} WHERE 1 = 1`;
  return and(from, country && sql`country = ${country}`, beginning && beginsWith(name("nameKey"), beginning));
}

function restOf({ isAddOn, isTrial, availableOnly }: OfferFilter): Sql | undefined {
  const conditions = [
    isAddOn != null && sql`isAddOn = ${isAddOn}`,
    isTrial != null && sql`isTrial = ${isTrial}`,
    availableOnly && sql`isAvailableForPurchase = ${true}`,
  ];
  const [first, ...others] = conditions.filter((condition) => condition instanceof Sql);
  return first && and(first, ...others);
}
