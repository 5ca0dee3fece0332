import {
  WebhookDisabledReason,
  type WebhookEndpoint,
  WebhookEndpointStatus,
} from "../../entities/webhooks/webhook-endpoint";
import { webhookErrors } from "./webhook.errors";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
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
 */
export const disableWebhookEndpoint = defineMutation(
  {
    name: "disableWebhookEndpoint",
    permission: "webhook.update",
    description: "Stops posting to an endpoint until it is enabled again.",
    codes: [
      generalErrors.ID_MALFORMED,
      webhookErrors.WEBHOOK_ENDPOINT_NOT_FOUND,
      generalErrors.STALE_VERSION,
    ],
    events: [],
  },
  async (ctx, input: DisableWebhookEndpoint): Promise<{ endpoint: WebhookEndpoint }> => {
    checkEndpointId(input.endpointId).done();
    return ctx.transaction(async (tx) => {
      const found = await lockEndpoint(ctx, tx, input.endpointId);
      ensureVersion(found, input.expectedVersion);
      const isActive = found.status === WebhookEndpointStatus.ACTIVE;
      return {
        endpoint: isActive ? await disableWebhook(tx, found, WebhookDisabledReason.REQUESTED) : found,
      };
    });
  },
);
