import DataLoader from "dataloader";
import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { inOrderOf } from "../database/batching";
import { sql } from "../database/sql";
import { deliveriesVisibleTo, endpointsVisibleTo } from "./webhook.repository";

/** Loads endpoints and log entries by id in batches, under the caller's own visibility; null for one it may not see. */
export interface WebhookLoaders {
  endpoint: DataLoader<string, WebhookEndpoint | null>;
  delivery: DataLoader<string, WebhookDelivery | null>;
}

/** Makes the loaders of one request. */
export function makeWebhookLoaders(ctx: UseCaseContext): WebhookLoaders {
  return {
    endpoint: new DataLoader(async (ids) => {
      const rows = await ctx.read((reads) =>
        reads.all(WebhookEndpoint, sql`${endpointsVisibleTo(ctx)} AND id IN ${ids}`),
      );
      return inOrderOf(ids, rows);
    }),
    delivery: new DataLoader(async (ids) => {
      const rows = await ctx.read((reads) =>
        reads.all(WebhookDelivery, sql`${deliveriesVisibleTo(ctx)} AND id IN ${ids}`),
      );
      return inOrderOf(ids, rows);
    }),
  };
}
