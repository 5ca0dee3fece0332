import { WebhookEndpoint, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import { webhookErrors } from "./webhook.errors";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { checkEndpointId, lockEndpoint } from "./webhook-checks";
import { eraseEndpoint } from "./webhook.repository";

/** Which endpoint to delete. */
export interface DeleteWebhookEndpoint {
  endpointId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Deletes an endpoint for good, with its secrets and its delivery log.
 */
export const deleteWebhookEndpoint = defineMutation(
  {
    name: "deleteWebhookEndpoint",
    permission: "webhook.delete",
    description: "Deletes an endpoint for good, with its secrets and its delivery log.",
    codes: [
      generalErrors.ID_MALFORMED,
      webhookErrors.WEBHOOK_ENDPOINT_NOT_FOUND,
      generalErrors.STALE_VERSION,
    ],
    events: [],
  },
  async (ctx, input: DeleteWebhookEndpoint): Promise<{ deletedEndpointId: string }> => {
    checkEndpointId(input.endpointId).done();
    return ctx.transaction(async (tx) => {
      const found = await lockEndpoint(ctx, tx, input.endpointId);
      ensureVersion(found, input.expectedVersion);
      // The activity log tells of changed rows; this is the last change of this one.
      if (found.status === WebhookEndpointStatus.DISABLED) await tx.countChange(WebhookEndpoint, found);
      else await tx.update(WebhookEndpoint, found, { status: WebhookEndpointStatus.DISABLED });
      await eraseEndpoint(tx, found.id);
      return { deletedEndpointId: found.id };
    });
  },
);
