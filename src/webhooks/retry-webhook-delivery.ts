import { WebhookDelivery, WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { FieldChecks } from "../errors/field-checks";
import { streamOf } from "../events/follow-events";
import { ensureMayReceiveEvents, lockEndpoint } from "./webhook-checks";
import { findEventAt } from "./webhook-events";
import { RESTORED_EVENT_TYPE, TEST_EVENT_TYPE } from "./webhook-payload";
import { requestDelivery } from "./webhook-request";
import { webhookErrors } from "./webhook.errors";
import { findOwnDelivery } from "./webhook.repository";

/** Which entry of the delivery log to repeat. */
export interface RetryWebhookDelivery {
  deliveryId: string;
  idempotencyKey?: string | null;
}

/**
 * Sends the event of a log entry again, once and out of turn, within about a second, with the same id. Where that was
 * the event that the endpoint is stuck at and it is delivered, the next one follows.
 */
export const retryWebhookDelivery = defineMutation(
  {
    name: "retryWebhookDelivery",
    permission: "webhook.replay",
    description:
      "Sends the event of a log entry again, once and out of turn, with the same id. Where the endpoint was stuck at that event and it is delivered, the next one follows. Besides its permission it takes `event.read`.",
    codes: [
      generalErrors.ID_MALFORMED,
      webhookErrors.WEBHOOK_ENDPOINT_NOT_FOUND,
      webhookErrors.WEBHOOK_DELIVERY_NOT_FOUND,
      webhookErrors.WEBHOOK_DELIVERY_NOT_REPEATABLE,
      webhookErrors.WEBHOOK_ENDPOINT_DISABLED,
      webhookErrors.WEBHOOK_REPETITIONS_TOO_MANY,
    ],
    forbidden: "without `event.read`",
    events: [],
  },
  async (ctx, input: RetryWebhookDelivery): Promise<{ delivery: WebhookDelivery }> => {
    ensureMayReceiveEvents(ctx);
    const organizationId = streamOf(ctx.actor);
    new FieldChecks().id("deliveryId", input.deliveryId, WebhookDelivery).done();
    return ctx.transaction(async (tx) => {
      const before = await findOwnDelivery(tx, organizationId, input.deliveryId);
      if (!before) throw deliveryNotFound();
      const endpoint = await lockEndpoint(ctx, tx, before.endpointId);
      if (before.outcome === WebhookDeliveryOutcome.PENDING) throw notRepeatable("is about to be sent");
      if (before.eventType === TEST_EVENT_TYPE) throw notRepeatable("was a test; send another one");
      if (before.eventType === RESTORED_EVENT_TYPE) throw notRepeatable("was a notice, and no event");
      if (!(await findEventAt(tx, before))) throw notRepeatable("was of an event that is no longer kept");
      const { eventId, position, eventType, attempt } = before;
      const event = { eventId, position, eventType, attempt: attempt + 1 };
      return { delivery: await requestDelivery(ctx, tx, endpoint, event) };
    });
  },
);

function deliveryNotFound() {
  const message = "Your organization's delivery log has no such entry. Entries are kept for 30 days.";
  return webhookErrors.WEBHOOK_DELIVERY_NOT_FOUND(message, { field: "deliveryId" });
}

function notRepeatable(why: string) {
  return webhookErrors.WEBHOOK_DELIVERY_NOT_REPEATABLE(`The delivery ${why}.`, { field: "deliveryId" });
}
