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
} from "./relationship.repository";

/** Loads relationships in batches, under the caller's own visibility. */
export interface RelationshipLoaders {
  byId: DataLoader<string, ResellerRelationship | null>;
  /** The active relationships of a customer; their partners are handed to the partner loader. */
  ofCustomer: DataLoader<string, ListedRelationship[]>;
  /** What keeps the caller's partner from removing its relationship with a customer. */
  removalBlockers: DataLoader<string, ReturnType<typeof removalBlockers>>;
}

/** Makes the loaders of one request. */
export function makeRelationshipLoaders(ctx: UseCaseContext, partners: PartnerLoader): RelationshipLoaders {
  return {
    byId: new DataLoader(async (ids) => {
      return inOrderOf(ids, await ctx.read((reads) => findVisibleRelationships(ctx.actor, reads, ids)));
    }),
    ofCustomer: new DataLoader(async (customerIds) => {
      const rows = await ctx.read((reads) => findActiveRelationshipsOf(ctx.actor, reads, customerIds));
      for (const { partner } of rows) partners.prime(partner.id, partner);
      const byCustomer = groupBy(rows, (row) => row.customerId);
      return customerIds.map((customerId) => byCustomer.get(customerId) ?? []);
    }),
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
