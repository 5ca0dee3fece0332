import { WebhookDelivery, WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import type { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { newId } from "../../src/context/ids";
import { readEvents } from "../../src/events/event-log";
import { createWebhookEndpoint, disableWebhookEndpoint } from "../../src/webhooks";
import { personOf } from "./people";
import type { PartnerKey } from "./town-plan";
import { idOf, type Town } from "./town";

/** How many endpoints a partner has; an even one is disabled. */
const ENDPOINTS = 6;

/** Webhook endpoints in both states, and in each one's delivery log an attempt that failed. */
export async function openEndpoints(town: Town, partner: PartnerKey): Promise<void> {
  const ctx = town.house.as(personOf(town, partner, "admin-agent").actor);
  for (let at = 0; at < ENDPOINTS; at++) {
    const mark = town.marks.make(partner, "webhook endpoint");
    const input = { url: `http://127.0.0.1:9/${mark}`, description: `${mark} receiver`, eventTypes: [] };
    const { endpoint } = await createWebhookEndpoint(ctx, input);
    await failOnce(town, partner, endpoint, mark);
    if (at % 2) await disableWebhookEndpoint(ctx, { endpointId: endpoint.id });
  }
}

async function failOnce(
  { house, ...town }: Town,
  partner: PartnerKey,
  endpoint: WebhookEndpoint,
  mark: string,
): Promise<void> {
  const organizationId = idOf({ house, ...town }, partner);
  const [event] = await house.database.read((reads) => readEvents(reads, organizationId, 0, 1));
  if (!event) throw new Error(`${partner} has no event yet`);
  await house.system.transaction((tx) =>
    tx.insert(WebhookDelivery, {
      id: newId("webhookDelivery"),
      endpointId: endpoint.id,
      organizationId,
      eventId: event.id,
      position: event.position,
      eventType: event.type,
      attempt: 1,
      createdAt: tx.now,
      startedAt: tx.now,
      durationMs: 5,
      outcome: WebhookDeliveryOutcome.FAILED,
      statusCode: 500,
      error: null,
      responseExcerpt: `${mark} says no`,
      nextAttemptAt: null,
      requestedBy: null,
      requestId: null,
    }),
  );
}
