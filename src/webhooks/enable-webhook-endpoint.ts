import { WebhookEndpoint, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../context/use-case-context";
import { ensureVersion } from "../database/transaction";
import { checkEndpointId, ensureMayReceiveEvents, lockEndpoint } from "./webhook-checks";
import { leaseTakenAway } from "./webhook-lease";

/** Which endpoint to enable. */
export interface EnableWebhookEndpoint {
  endpointId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Lets a disabled endpoint get events again, beginning with the first one that it did not get; an active one stays as
 * it is.
 * @throws FORBIDDEN the caller may not read events, or not change receivers
 * @throws WEBHOOK_ENDPOINT_NOT_FOUND, STALE_VERSION
 */
export async function enableWebhookEndpoint(
  ctx: UseCaseContext,
  input: EnableWebhookEndpoint,
): Promise<{ endpoint: WebhookEndpoint }> {
  ensureMayReceiveEvents(ctx);
  checkEndpointId(input.endpointId).done();
  return ctx.transaction(
    async (tx) => {
      const found = await lockEndpoint(ctx, tx, input.endpointId);
      ensureVersion(found, input.expectedVersion);
      if (found.status === WebhookEndpointStatus.ACTIVE) return { endpoint: found };
      const endpoint = await tx.update(WebhookEndpoint, found, {
        status: WebhookEndpointStatus.ACTIVE,
        disabledReason: null,
        disabledAt: null,
        attempt: 0,
        nextAttemptAt: null,
        failingSince: null,
        ...leaseTakenAway(found, tx.now),
      });
      return { endpoint };
    },
    { operation: "enableWebhookEndpoint", key: input.idempotencyKey, input },
  );
}
