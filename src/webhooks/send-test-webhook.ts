import { Event } from "../../entities/events/event";
import type { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { newId } from "../values/ids";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { secondsAfter, secondsBetween } from "./instants";
import { checkEndpointId, lockEndpoint } from "./webhook-checks";
import { TEST_EVENT_TYPE } from "./webhook-payload";
import { requestDelivery } from "./webhook-request";
import { webhookErrors } from "./webhook.errors";

/** Tests of one endpoint within a minute (the figure of docs/sources.md, webhooks). */
const TESTS = 2;
const WITHIN_SECONDS = 60;

/** Which endpoint to test. */
export interface SendTestWebhook {
  endpointId: string;
  idempotencyKey?: string | null;
}

/**
 * Sends a `webhook.test` event to one endpoint only, once, within about a second. It is in nobody's stream.
 */
export const sendTestWebhook = defineMutation(
  {
    name: "sendTestWebhook",
    permission: "webhook.test",
    description:
      "Sends a `webhook.test` event to one endpoint only, once, within about a second; at most two a minute.",
    codes: [
      generalErrors.ID_MALFORMED,
      webhookErrors.WEBHOOK_ENDPOINT_NOT_FOUND,
      webhookErrors.WEBHOOK_ENDPOINT_DISABLED,
      webhookErrors.WEBHOOK_TESTS_TOO_MANY,
      webhookErrors.WEBHOOK_REPETITIONS_TOO_MANY,
    ],
    events: [],
  },
  async (ctx, input: SendTestWebhook): Promise<{ delivery: WebhookDelivery }> => {
    checkEndpointId(input.endpointId).done();
    return ctx.transaction(async (tx) => {
      const found = await lockEndpoint(ctx, tx, input.endpointId);
      const recent = found.testedAt.filter((at) => secondsAfter(at, WITHIN_SECONDS) > tx.now);
      const oldest = recent[TESTS - 1];
      if (oldest) {
        const wait = Math.ceil(secondsBetween(tx.now, secondsAfter(oldest, WITHIN_SECONDS)));
        throw webhookErrors.WEBHOOK_TESTS_TOO_MANY(
          `An endpoint gets at most ${TESTS} tests a minute. Try again in ${wait} s.`,
          { details: { retryAfterSeconds: wait } },
        );
      }
      const event = { eventId: newId(Event), position: 0, eventType: TEST_EVENT_TYPE, attempt: 1 };
      const delivery = await requestDelivery(ctx, tx, found, event);
      const testedAt = [tx.now, ...recent].slice(0, TESTS);
      await tx.updateWhere(WebhookEndpoint, { testedAt }, { id: found.id });
      return { delivery };
    });
  },
);
