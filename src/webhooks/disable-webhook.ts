import {
  WebhookDelivery,
  WebhookDeliveryError,
  WebhookDeliveryOutcome,
} from "../../entities/webhooks/webhook-delivery";
import {
  WebhookDisabledReason,
  WebhookEndpoint,
  WebhookEndpointStatus,
} from "../../entities/webhooks/webhook-endpoint";
import type { Transaction } from "../unit-of-work/transaction";
import { revokeLease } from "./webhook-lease";

/**
 * Disables an endpoint whose row is locked. What waits for it is not sent any more; and where nobody asked for it, its
 * organization is told by `webhook.disabled`.
 */
export async function disableWebhook(
  tx: Transaction,
  endpoint: WebhookEndpoint,
  reason: WebhookDisabledReason,
): Promise<WebhookEndpoint> {
  const disabled = await tx.update(WebhookEndpoint, endpoint, {
    status: WebhookEndpointStatus.DISABLED,
    disabledReason: reason,
    disabledAt: tx.now,
    attempt: 0,
    nextAttemptAt: null,
    ...revokeLease(endpoint, tx.now),
  });
  const { FAILED, PENDING } = WebhookDeliveryOutcome;
  await tx.updateWhere(
    WebhookDelivery,
    { outcome: FAILED, error: WebhookDeliveryError.ENDPOINT_DISABLED },
    { outcome: PENDING, endpointId: endpoint.id },
  );
  if (reason !== WebhookDisabledReason.REQUESTED) {
    const { id, url, description, organizationId } = endpoint;
    const payload = { webhookEndpointId: id, host: new URL(url).host, description, reason };
    tx.record("webhook.disabled", payload, organizationId);
  }
  return disabled;
}
