import { Event } from "../../entities/events/event";
import { OrganizationHead } from "../../entities/events/organization-head";
import type { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { derivedId } from "../values/ids";
import type { Instant } from "../values/instant";
import type { Reads } from "../database/reads";
import { eventCursor, type StreamEnds } from "../events/event-cursor";
import { restoredPayload } from "./webhook-payload";

/** What a receiver is told before it gets events of a restored stream. */
export interface RestoredNotice {
  /** The same at every attempt. */
  id: string;
  body: string;
  /** The place behind which its deliveries go on: none before it was missed, as far as the restored database knows. */
  position: number;
}

/** Makes the notice for an endpoint whose stream has left the timeline of its position. */
export async function restoredNotice(
  reads: Reads,
  { id: endpointId, organizationId, deliveredPosition }: WebhookEndpoint,
  { lastPosition, timeline }: StreamEnds,
  now: Instant,
): Promise<RestoredNotice> {
  const head = await reads.getOne(OrganizationHead, { organizationId });
  const id = derivedId(Event, `${endpointId} ${timeline}`);
  const position = Math.min(deliveredPosition, lastPosition);
  const cursor = eventCursor(organizationId, position, timeline);
  const body = restoredPayload({ id, endpointId, position, cursor, occurredAt: head.restoredAt ?? now });
  return { id, body, position };
}
