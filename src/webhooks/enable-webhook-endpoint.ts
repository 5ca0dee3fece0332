import { WebhookEndpoint, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import { webhookErrors } from "./webhook.errors";
import { eventErrors } from "../events/event.errors";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import type { Transaction } from "../unit-of-work/transaction";
import { cursorExpired } from "../events/event-cursor";
import { readEndsOf } from "../events/event-log";
import { checkEndpointId, ensureMayReceiveEvents, lockEndpoint } from "./webhook-checks";
import { revokeLease } from "./webhook-lease";

/** Which endpoint to enable. */
export interface EnableWebhookEndpoint {
  endpointId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Lets a disabled endpoint get events again, beginning with the first one that it did not get; an active one stays as
 * it is.
 */
export const enableWebhookEndpoint = defineMutation(
  {
    name: "enableWebhookEndpoint",
    permission: "webhook.update",
    description:
      "Lets a disabled endpoint get events again, beginning with the first one that it did not get; refused where that one is no longer kept, until `replayWebhook` has moved the endpoint on. Besides its permission it takes `event.read`.",
    codes: [
      generalErrors.ID_MALFORMED,
      webhookErrors.WEBHOOK_ENDPOINT_NOT_FOUND,
      eventErrors.EVENTS_CURSOR_EXPIRED,
      generalErrors.STALE_VERSION,
    ],
    forbidden: "without `event.read`",
    events: [],
  },
  async (ctx, input: EnableWebhookEndpoint): Promise<{ endpoint: WebhookEndpoint }> => {
    ensureMayReceiveEvents(ctx);
    checkEndpointId(input.endpointId).done();
    return ctx.transaction(async (tx) => {
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
        ...revokeLease(found, tx.now),
      });
      return { endpoint };
    });
  },
);

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
