import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { webhookErrors } from "./webhook.errors";
import { eventErrors } from "../events/event.errors";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import type { StreamEnds } from "../events/event-cursor";
import { readEndsOf } from "../events/event-log";
import { settlingCursors } from "../events/stream-timeline";
import { placeToBeginAfter } from "./stream-position";
import { checkEndpointId, ensureMayReceiveEvents, lockEndpoint } from "./webhook-checks";
import { revokeLease } from "./webhook-lease";

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
 */
export const replayWebhook = defineMutation(
  {
    name: "replayWebhook",
    permission: "webhook.replay",
    description:
      "Lets an endpoint go on after a place in your stream, further back or further on, in order; each event has the id that it had before. Besides its permission it takes `event.read`.",
    codes: [
      generalErrors.ID_MALFORMED,
      webhookErrors.WEBHOOK_ENDPOINT_NOT_FOUND,
      eventErrors.EVENTS_CURSOR_INVALID,
      eventErrors.EVENTS_CURSOR_FOREIGN,
      eventErrors.EVENTS_CURSOR_AHEAD,
      eventErrors.EVENTS_CURSOR_FROM_BEFORE_RESTORE,
      eventErrors.EVENTS_CURSOR_EXPIRED,
    ],
    forbidden: "without `event.read`",
    events: [],
  },
  async (ctx, input: ReplayWebhook): Promise<{ endpoint: WebhookEndpoint }> => {
    ensureMayReceiveEvents(ctx);
    checkEndpointId(input.endpointId).done();
    const move = (current?: StreamEnds) =>
      ctx.transaction(async (tx) => {
        const found = await lockEndpoint(ctx, tx, input.endpointId);
        const { organizationId } = found;
        const ends = current ?? (await readEndsOf(tx, organizationId));
        const endpoint = await tx.update(WebhookEndpoint, found, {
          ...placeToBeginAfter(organizationId, input.after, ends),
          attempt: 0,
          nextAttemptAt: null,
          ...revokeLease(found, tx.now),
        });
        return { endpoint };
      });
    return settlingCursors(ctx.caller, move);
  },
);
