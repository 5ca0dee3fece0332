import { actorId } from "../access/actor";
import type { RecordedEvent } from "../events/event-map";
import { visibleEvent } from "../events/visible-event";

/** The most that a payload may have, in bytes (Standard Webhooks 1.0.0 advises it). */
export const MAX_PAYLOAD_BYTES = 20_000;

/** The type of what `sendTestWebhook` sends; it is in nobody's stream. */
export const TEST_EVENT_TYPE = "webhook.test";

/** The type of what a receiver gets first when its organization's stream was restored from an older copy; it is in nobody's stream. */
export const RESTORED_EVENT_TYPE = "stream.restored";

/** What a receiver is told of a restored stream. */
export interface RestoredStream {
  id: string;
  /** When the restore was noticed. */
  occurredAt: string;
  endpointId: string;
  /** The place behind which its deliveries go on. */
  position: number;
  cursor: string;
}

/** What a test tells: who asked for it. */
export interface TestEvent {
  id: string;
  occurredAt: string;
  actorId: string;
  requestId: string;
  endpointId: string;
}

/** A receiver has no permissions that could be looked at: what takes one is left to the API. */
const NONE = () => false;

/**
 * The body that a receiver gets, the same at every attempt: the event's head, and its payload under `data`, where fields that
 * take a permission are null.
 * Where the payload is too large `data` is null and `dataOmitted` true: the `events` query has them.
 */
export function payloadOf(recorded: RecordedEvent): string {
  const event = visibleEvent(recorded, NONE);
  const { id, type, version, position, cursor, occurredAt, actorId, requestId } = event;
  const head = { id, type, version, position, cursor, occurredAt, actorId, requestId };
  const around = [...Object.keys(head), "organizationId"];
  const data = Object.fromEntries(Object.entries(event).filter(([name]) => !around.includes(name)));
  const body = JSON.stringify({ ...head, data });
  if (Buffer.byteLength(body) < MAX_PAYLOAD_BYTES) return body;
  return JSON.stringify({ ...head, data: null, dataOmitted: true });
}

/** The body of a test: shaped like an event's, without a place in the stream. */
export function testPayload({ endpointId, id, occurredAt, actorId, requestId }: TestEvent): string {
  const nowhere = { position: null, cursor: null };
  const head = { id, type: TEST_EVENT_TYPE, version: 1, ...nowhere, occurredAt, actorId, requestId };
  return JSON.stringify({ ...head, data: { webhookEndpointId: endpointId } });
}

/** The body of the notice that a stream was restored: shaped like an event's, without a place in the stream. */
export function restoredPayload({ endpointId, id, occurredAt, position, cursor }: RestoredStream): string {
  const around = {
    position: null,
    cursor: null,
    occurredAt,
    actorId: actorId({ kind: "SYSTEM" }),
    requestId: "restore",
  };
  const data = { webhookEndpointId: endpointId, continuesAfter: { position, cursor } };
  return JSON.stringify({ id, type: RESTORED_EVENT_TYPE, version: 1, ...around, data });
}
