import DataLoader from "dataloader";
import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { isOfPartner } from "../access/actor";
import type { UseCaseContext } from "../context/use-case-context";
import { groupBy, inOrderOf } from "../database/batching";
import type { PartnerLoader } from "../partners";
import { findActiveSubscriptionsThrough } from "../subscriptions";
import { removalBlockers } from "./relationship.policy";
import {
  findActiveRelationshipsOf,
  findVisibleRelationships,
  type ListedRelationship,
  relationshipColumns,
} from "./relationship.repository";

/** Loads relationships in batches, under the caller's own visibility. */
export interface RelationshipLoaders {
  byId: DataLoader<string, ResellerRelationship | null>;
  /**
   * The active relationships of a customer, of each what these GraphQL fields are made of, or all where none are named. Their
   * partners are handed to the partner loader. Customers asked for with the same fields share one statement.
   */
  ofCustomer(customerId: string, fields?: readonly string[]): Promise<ListedRelationship[]>;
  /** What keeps the caller's partner from removing its relationship with a customer. */
  removalBlockers: DataLoader<string, ReturnType<typeof removalBlockers>>;
}

/** Makes the loaders of one request. */
export function makeRelationshipLoaders(ctx: UseCaseContext, partners: PartnerLoader): RelationshipLoaders {
  const ofCustomers = new Map<string, DataLoader<string, ListedRelationship[]>>();
  const loaderOf = (fields?: readonly string[]) => {
    const columns = relationshipColumns(fields);
    const key = columns?.key ?? "";
    const loader =
      ofCustomers.get(key) ??
      new DataLoader<string, ListedRelationship[]>(async (customerIds) => {
        const rows = await ctx.read((reads) =>
          findActiveRelationshipsOf(ctx.actor, reads, customerIds, columns),
        );
        for (const partner of new Set(rows.map((row) => row.partner)))
          if (partner) partners.prime(partner.id, partner);
        const byCustomer = groupBy(rows, (row) => row.customerId);
        return customerIds.map((customerId) => byCustomer.get(customerId) ?? []);
      });
    ofCustomers.set(key, loader);
    return loader;
  };
  return {
    byId: new DataLoader(async (ids) => {
      return inOrderOf(ids, await ctx.read((reads) => findVisibleRelationships(ctx.actor, reads, ids)));
    }),
    ofCustomer: (customerId, fields) => loaderOf(fields).load(customerId),
    removalBlockers: new DataLoader(async (customerIds) => {
      const { actor } = ctx;
      const partnerId = isOfPartner(actor) ? actor.partnerId : undefined;
      const rows = partnerId
        ? await ctx.read((reads) => findActiveSubscriptionsThrough(reads, partnerId, customerIds))
        : [];
      const byCustomer = groupBy(rows, (row) => row.customerId);
      return customerIds.map((customerId) => removalBlockers(byCustomer.get(customerId) ?? []));
    }),
  };
}
