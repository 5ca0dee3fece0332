import {
  WebhookDisabledReason,
  type WebhookEndpoint,
  WebhookEndpointStatus,
} from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { ensureVersion } from "../database/writes";
import { disableWebhook } from "./disable-webhook";
import { checkEndpointId, lockEndpoint } from "./webhook-checks";

/** Which endpoint to disable. */
export interface DisableWebhookEndpoint {
  endpointId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Stops posting to an endpoint until it is enabled again; one that is disabled stays as it is.
 * @throws WEBHOOK_ENDPOINT_NOT_FOUND, STALE_VERSION
 */
export async function disableWebhookEndpoint(
  ctx: UseCaseContext,
  input: DisableWebhookEndpoint,
): Promise<{ endpoint: WebhookEndpoint }> {
  checkEndpointId(input.endpointId).done();
  return ctx.transaction(
    async (tx) => {
      const found = await lockEndpoint(ctx, tx, input.endpointId);
      ensureVersion(found, input.expectedVersion);
      const isActive = found.status === WebhookEndpointStatus.ACTIVE;
      return {
        endpoint: isActive ? await disableWebhook(tx, found, WebhookDisabledReason.REQUESTED) : found,
      };
    },
    { operation: "disableWebhookEndpoint", key: input.idempotencyKey, input },
  );
}
