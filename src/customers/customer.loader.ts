import DataLoader from "dataloader";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { inOrderOf } from "../database/batching";
import { findVisibleCustomers, type VisibleCustomer } from "./customer.repository";

/** Loads customers by id in batches, under the caller's own visibility; null for one it may not see. */
export type CustomerLoader = DataLoader<string, VisibleCustomer | null>;

/** Makes the loader of one request. */
export function makeCustomerLoader(ctx: UseCaseContext): CustomerLoader {
  return new DataLoader(async (ids) => {
    return inOrderOf(ids, await ctx.read((reads) => findVisibleCustomers(ctx, reads, ids)));
  });
}
