import type { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import type { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Page } from "../database/paging";
import { type PageInput, pageRequest } from "../errors/field-checks";
import { pageOfDeliveries, pageOfEndpoints } from "./webhook.repository";

/**
 * The webhook endpoints of the caller's organization, oldest first.
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listWebhookEndpoints(
  ctx: UseCaseContext,
  input: PageInput,
): Promise<Page<WebhookEndpoint>> {
  return pageOfEndpoints(ctx, pageRequest(input));
}

/**
 * An endpoint's delivery log of the last 30 days, newest first.
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listWebhookDeliveries(
  ctx: UseCaseContext,
  endpointId: string,
  input: PageInput,
): Promise<Page<WebhookDelivery>> {
  return pageOfDeliveries(ctx, endpointId, pageRequest(input));
}
