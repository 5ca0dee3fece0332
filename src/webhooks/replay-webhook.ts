import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { StreamEnds } from "../events/event-cursor";
import { readEndsOf } from "../events/event-log";
import { settlingCursors } from "../events/stream-timeline";
import { placeToBeginAfter } from "./stream-position";
import { checkEndpointId, ensureMayReceiveEvents, lockEndpoint } from "./webhook-checks";
import { leaseTakenAway } from "./webhook-lease";

/** From where an endpoint goes on. */
export interface ReplayWebhook {
  endpointId: string;
  /** Cursor of the last event that the receiver need not get. */
  after: string;
  idempotencyKey?: string | null;
}

/**
 * Lets an endpoint go on after a place in the stream, further back or further on, in order, each event with the same id
 * as before. A disabled endpoint does so when it is enabled.
 * @throws FORBIDDEN the caller may not read events, or not repeat deliveries
 * @throws WEBHOOK_ENDPOINT_NOT_FOUND
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE,
 * EVENTS_CURSOR_EXPIRED
 */
export async function replayWebhook(
  ctx: UseCaseContext,
  input: ReplayWebhook,
): Promise<{ endpoint: WebhookEndpoint }> {
  ensureMayReceiveEvents(ctx);
  checkEndpointId(input.endpointId).done();
  const move = (current?: StreamEnds) =>
    ctx.transaction(
      async (tx) => {
        const found = await lockEndpoint(ctx, tx, input.endpointId);
        const { organizationId } = found;
        const ends = current ?? (await readEndsOf(tx, organizationId));
        const endpoint = await tx.update(WebhookEndpoint, found, {
          ...placeToBeginAfter(organizationId, input.after, ends),
          attempt: 0,
          nextAttemptAt: null,
          ...leaseTakenAway(found, tx.now),
        });
        return { endpoint };
      },
      { operation: "replayWebhook", key: input.idempotencyKey, input },
    );
  return settlingCursors(ctx, move);
}
