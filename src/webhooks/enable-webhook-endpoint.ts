import { WebhookEndpoint, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { ensureVersion } from "../database/writes";
import type { Transaction } from "../unit-of-work/transaction";
import { cursorExpired } from "../events/event-cursor";
import { readEndsOf } from "../events/event-log";
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
 * @throws EVENTS_CURSOR_EXPIRED events that it did not get are no longer kept; replayWebhook moves it to where they are
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
      await ensureNothingMissed(tx, found);
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

/** To go on with the oldest event that is kept is for the user to decide, who then knows that some are missing. */
async function ensureNothingMissed(
  tx: Transaction,
  { organizationId, deliveredPosition }: WebhookEndpoint,
): Promise<void> {
  const ends = await readEndsOf(tx, organizationId);
  if (deliveredPosition >= ends.forgottenPosition) return;
  throw cursorExpired(
    organizationId,
    ends,
    "Events that this endpoint did not get are no longer kept. Call replayWebhook with `after: details.oldestCursor`, behind which come all that are still kept, or with a newer cursor; then enable it.",
    "endpointId",
  );
}
