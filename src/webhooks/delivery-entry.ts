import type { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import type { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { AttemptResult } from "./webhook-delivery.lifecycle";

/** The row of the delivery log for one attempt: what came of it, and the rest as the caller knows it. */
export function deliveryEntry(
  { id: endpointId, organizationId }: WebhookEndpoint,
  { startedAt, durationMs, statusCode, error, responseExcerpt }: AttemptResult,
  rest: Omit<
    WebhookDelivery,
    "endpointId" | "organizationId" | "startedAt" | "durationMs" | "statusCode" | "error" | "responseExcerpt"
  >,
): WebhookDelivery {
  return {
    ...rest,
    endpointId,
    organizationId,
    startedAt,
    durationMs,
    statusCode: statusCode ?? null,
    error: error ?? null,
    responseExcerpt: responseExcerpt ?? null,
  };
}
