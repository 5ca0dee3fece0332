import { WebhookDelivery, WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import { type WebhookEndpoint, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import { actorId } from "../access/actor";
import { newId } from "../values/ids";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Transaction } from "../unit-of-work/transaction";
import { webhookErrors } from "./webhook.errors";
import { countPending } from "./webhook.repository";

/** The most tests and repetitions that wait for one endpoint. */
const MAX_PENDING = 100;

/** What to send once, out of turn. */
export type RequestedEvent = Pick<WebhookDelivery, "eventId" | "position" | "eventType" | "attempt">;

/**
 * Writes down that something is to be sent to an endpoint, whose row is locked, as soon as a worker comes by.
 * @throws WEBHOOK_ENDPOINT_DISABLED, WEBHOOK_REPETITIONS_TOO_MANY
 */
export async function requestDelivery(
  ctx: UseCaseContext,
  tx: Transaction,
  endpoint: WebhookEndpoint,
  event: RequestedEvent,
): Promise<WebhookDelivery> {
  if (endpoint.status === WebhookEndpointStatus.DISABLED) {
    throw webhookErrors.WEBHOOK_ENDPOINT_DISABLED(
      "The endpoint is disabled and gets nothing. Enable it first.",
    );
  }
  if ((await countPending(tx, endpoint.id)) >= MAX_PENDING) {
    throw webhookErrors.WEBHOOK_REPETITIONS_TOO_MANY(
      `${MAX_PENDING} tests and repetitions wait for this endpoint. Wait until some are done.`,
      { details: { retryAfterSeconds: 15 } },
    );
  }
  return tx.insert(WebhookDelivery, {
    id: newId(WebhookDelivery),
    endpointId: endpoint.id,
    organizationId: endpoint.organizationId,
    ...event,
    createdAt: tx.now,
    startedAt: null,
    durationMs: null,
    outcome: WebhookDeliveryOutcome.PENDING,
    statusCode: null,
    error: null,
    responseExcerpt: null,
    nextAttemptAt: null,
    requestedBy: actorId(ctx.actor),
    requestId: ctx.requestId,
  });
}
