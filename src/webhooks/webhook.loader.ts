import DataLoader from "dataloader";
import type { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import type { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../context/use-case-context";
import { inOrderOf } from "../database/batching";
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
        endpointsVisibleTo(ctx.actor, reads).andWhere("endpoint.id IN (:...ids)", { ids }).getMany(),
      );
      return inOrderOf(ids, rows);
    }),
    delivery: new DataLoader(async (ids) => {
      const rows = await ctx.read((reads) =>
        deliveriesVisibleTo(ctx.actor, reads).andWhere("delivery.id IN (:...ids)", { ids }).getMany(),
      );
      return inOrderOf(ids, rows);
    }),
  };
}
