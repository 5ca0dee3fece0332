import DataLoader from "dataloader";
import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { isOfPartner } from "../access/actor";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { inOrderOf, latestKept } from "../database/batching";
import { type FirstInput, pageRequest } from "../errors/field-checks";
import { type BoundedList, LIST_BOUNDS } from "../errors/list-bounds";
import type { RemovalBlocker } from "../errors/error-details";
import { findRemovalBlockers } from "./removal-blockers";
import {
  findActiveRelationshipsOf,
  findVisibleRelationships,
  type ListedPartner,
  type ListedRelationship,
} from "./relationship.repository";
import { relationshipColumns } from "./relationship-columns";

/** Where partners are kept that came with something else, so that nobody has to read them again. */
export interface PartnerCache {
  prime(id: string, partner: ListedPartner): unknown;
}

/** Loads relationships in batches, under the caller's own visibility. */
export interface RelationshipLoaders {
  byId: DataLoader<string, ResellerRelationship | null>;
  /**
   * The first active relationships of a customer, of each what these GraphQL fields are made of, or all where none are named,
   * and how many there are. Their partners are put into the partner loader. Customers asked for alike share one statement.
   * @throws FIELD_INVALID at once, not as a rejection: `first` is outside 1..500
   */
  ofCustomer(
    customerId: string,
    input: FirstInput,
    fields?: readonly string[],
  ): Promise<BoundedList<ListedRelationship>>;
  /**
   * The first of what keeps the caller's partner from removing its relationship with a customer, and how many there are.
   * @throws FIELD_INVALID `first` is outside 1..500
   */
  removalBlockers(customerId: string, input: FirstInput): Promise<BoundedList<RemovalBlocker>>;
}

/** Makes the loaders of one request; `partner` is that of the same request. */
export function makeRelationshipLoaders(
  ctx: UseCaseContext,
  { partner: partners }: { partner: PartnerCache },
): RelationshipLoaders {
  const relationships = new Map<string, DataLoader<string, BoundedList<ListedRelationship>>>();
  const loaderFor = latestKept((input, fields) => {
    const { first } = pageRequest(input, LIST_BOUNDS.customerRelationships);
    const columns = relationshipColumns(fields);
    return loaderOf(relationships, `${first} ${columns?.key ?? ""}`, async (customerIds) => {
      const wanted = { first, columns };
      const found = await ctx.read((reads) => findActiveRelationshipsOf(ctx, reads, customerIds, wanted));
      for (const partner of partnersIn(found)) partners.prime(partner.id, partner);
      return found;
    });
  });
  const blockers = new Map<string, DataLoader<string, BoundedList<RemovalBlocker>>>();
  return {
    byId: new DataLoader(async (ids) => {
      return inOrderOf(ids, await ctx.read((reads) => findVisibleRelationships(ctx, reads, ids)));
    }),
    ofCustomer: (customerId, input, fields) => loaderFor(input, fields).load(customerId),
    removalBlockers: async (customerId, input) => {
      const { first } = pageRequest(input, LIST_BOUNDS.removalBlockers);
      const { actor } = ctx;
      if (!isOfPartner(actor)) return { rows: [], count: 0 };
      const sources = ctx.contributions.removalBlockers;
      const loader = loaderOf(blockers, String(first), (customerIds) =>
        ctx.read((reads) => findRemovalBlockers(sources, reads, actor.partnerId, { customerIds, first })),
      );
      return loader.load(customerId);
    },
  };
}

/** Relationships with one partner share it, so it is found once. */
function partnersIn(found: ReadonlyMap<string, BoundedList<ListedRelationship>>): Set<ListedPartner> {
  const partners = new Set<ListedPartner>();
  for (const { rows } of found.values()) for (const { partner } of rows) if (partner) partners.add(partner);
  return partners;
}

/** The loader of a key, made where there is none yet; what it does not find is an empty list. */
function loaderOf<Row>(
  loaders: Map<string, DataLoader<string, BoundedList<Row>>>,
  key: string,
  find: (customerIds: readonly string[]) => Promise<Map<string, BoundedList<Row>>>,
): DataLoader<string, BoundedList<Row>> {
  const known = loaders.get(key);
  if (known) return known;
  const made = new DataLoader<string, BoundedList<Row>>(async (customerIds) => {
    const found = await find(customerIds);
    return customerIds.map((customerId) => found.get(customerId) ?? { rows: [], count: 0 });
  });
  loaders.set(key, made);
  return made;
}
