import { WebhookEndpoint, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
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
 * @throws WEBHOOK_ENDPOINT_NOT_FOUND, STALE_VERSION
 */
export async function deleteWebhookEndpoint(
  ctx: UseCaseContext,
  input: DeleteWebhookEndpoint,
): Promise<{ deletedEndpointId: string }> {
  checkEndpointId(input.endpointId).done();
  return ctx.transaction(
    async (tx) => {
      const found = await lockEndpoint(ctx, tx, input.endpointId);
      ensureVersion(found, input.expectedVersion);
      // The activity log tells of changed rows; this is the last change of this one.
      if (found.status === WebhookEndpointStatus.DISABLED) await tx.countChange(WebhookEndpoint, found);
      else await tx.update(WebhookEndpoint, found, { status: WebhookEndpointStatus.DISABLED });
      await eraseEndpoint(tx, found.id);
      return { deletedEndpointId: found.id };
    },
    { operation: "deleteWebhookEndpoint", key: input.idempotencyKey, input },
  );
}
