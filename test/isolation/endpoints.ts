import { WebhookDelivery, WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import type { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { newId } from "../../src/values/ids";
import { readEvents } from "../../src/events/event-log";
import { createWebhookEndpoint, disableWebhookEndpoint } from "../../src/webhooks";
import { personOf } from "./people";
import type { PartnerKey } from "./fixture-plan";
import { idOf, type FixtureWorld } from "./fixture-world";

/** How many endpoints a partner has; an even one is disabled. */
const ENDPOINTS = 6;

/** Webhook endpoints in both states, and in each one's delivery log an attempt that failed. */
export async function openEndpoints(world: FixtureWorld, partner: PartnerKey): Promise<void> {
  const ctx = world.testContext.as(personOf(world, partner, "admin-agent").actor);
  for (let at = 0; at < ENDPOINTS; at++) {
    const canary = world.canaries.make(partner, "webhook endpoint");
    const input = { url: `http://127.0.0.1:9/${canary}`, description: `${canary} receiver`, eventTypes: [] };
    const { endpoint } = await createWebhookEndpoint(ctx, input);
    await failOnce(world, partner, endpoint, canary);
    if (at % 2) await disableWebhookEndpoint(ctx, { endpointId: endpoint.id });
  }
}

async function failOnce(
  { testContext, ...world }: FixtureWorld,
  partner: PartnerKey,
  endpoint: WebhookEndpoint,
  canary: string,
): Promise<void> {
  const organizationId = idOf({ testContext, ...world }, partner);
  const [event] = await testContext.database.read((reads) => readEvents(reads, organizationId, 0, 1));
  if (!event) throw new Error(`${partner} has no event yet`);
  await testContext.system.transaction((tx) =>
    tx.insert(WebhookDelivery, {
      id: newId(WebhookDelivery),
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
      responseExcerpt: `${canary} says no`,
      nextAttemptAt: null,
      requestedBy: null,
      requestId: null,
    }),
  );
}
