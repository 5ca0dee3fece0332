import DataLoader from "dataloader";
import type { Subscription } from "../../entities/subscriptions/subscription";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { groupBy, inOrderOf, latestKept } from "../database/batching";
import type { Page } from "../database/paging";
import { type PageInput, pageRequest } from "../errors/field-checks";
import { LIST_BOUNDS } from "../errors/list-bounds";
import { findActiveSellers } from "../relationships";
import {
  countSubscriptionsOf,
  findVisibleSubscriptions,
  firstSubscriptionsOf,
  subscriptionPage,
} from "./subscription.repository";
import { subscriptionColumns, type SubscriptionPart } from "./subscription-columns";

/** Loads subscriptions in batches, under the caller's own visibility. */
export interface SubscriptionLoaders {
  byId: DataLoader<string, Subscription | null>;
  /** The partners that are a customer's resellers now: its own affair, for deciding what can be done with its subscriptions. */
  activeSellers: DataLoader<string, ReadonlySet<string>>;
  /**
   * The first subscriptions of a customer, of each what these GraphQL fields are made of, or all where none are named.
   * Customers asked for with the same page and the same fields share one statement.
   * @throws FIELD_INVALID at once, not as a rejection: `first` is outside 1..500
   */
  ofCustomer(
    customerId: string,
    page: PageInput,
    fields?: readonly string[],
  ): Promise<Page<SubscriptionPart>>;
}

/** Makes the loaders of one request. */
export function makeSubscriptionLoaders(ctx: UseCaseContext): SubscriptionLoaders {
  const pages = new Map<string, DataLoader<string, Page<SubscriptionPart>>>();
  const counts = new DataLoader<string, number>(async (customerIds) => {
    const found = await ctx.read((reads) => countSubscriptionsOf(ctx, reads, customerIds));
    return customerIds.map((customerId) => found.get(customerId) ?? 0);
  });
  const loaderOf = latestKept((input, fields) => {
    const page = pageRequest(input, LIST_BOUNDS.customerSubscriptions);
    const columns = subscriptionColumns(fields);
    const key = `${page.first} ${page.after ?? ""} ${columns?.key ?? ""}`;
    const loader =
      pages.get(key) ??
      new DataLoader<string, Page<SubscriptionPart>>(async (customerIds) => {
        const rows = await ctx.read((reads) => firstSubscriptionsOf(ctx, reads, customerIds, page, columns));
        const byCustomer = groupBy(rows, (row) => row.customerId);
        return customerIds.map((customerId) =>
          subscriptionPage(byCustomer.get(customerId) ?? [], page, () => counts.load(customerId)),
        );
      });
    pages.set(key, loader);
    return loader;
  });
  return {
    byId: new DataLoader(async (ids) =>
      inOrderOf(ids, await ctx.read((reads) => findVisibleSubscriptions(ctx, reads, ids))),
    ),
    activeSellers: new DataLoader(async (customerIds) => {
      const found = await ctx.read((reads) => findActiveSellers(reads, customerIds));
      return customerIds.map((customerId) => found.get(customerId) ?? new Set<string>());
    }),
    ofCustomer: (customerId, page, fields) => loaderOf(page, fields).load(customerId),
  };
}
