import { type WebhookEndpoint, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import { type ConsistencyCheck, inPages, problemsOf } from "../database/consistency-check";
import { sql } from "../database/sql";

type EndpointRow = Pick<WebhookEndpoint, "id" | "status" | "disabledAt" | "leaseHolder" | "leaseUntil"> & {
  deliveredPosition: number | string;
  lastPosition: number | string | null;
};

interface DeliveryRow {
  id: string;
  position: number | string;
  lastPosition: number | string | null;
}

const ENDPOINTS = sql`SELECT endpoint.id AS id, endpoint.status AS status, endpoint.disabledAt AS disabledAt,
    endpoint.leaseHolder AS leaseHolder, endpoint.leaseUntil AS leaseUntil,
    endpoint.deliveredPosition AS deliveredPosition, head.lastPosition AS lastPosition
  FROM webhook_endpoint endpoint LEFT JOIN organization_head head ON head.organizationId = endpoint.organizationId
  WHERE 1 = 1`;

const DELIVERIES = sql`SELECT delivery.id AS id, delivery.position AS position, head.lastPosition AS lastPosition
  FROM webhook_delivery delivery LEFT JOIN organization_head head ON head.organizationId = delivery.organizationId
  WHERE 1 = 1`;

/** Compares how far webhook endpoints have come, and their delivery log, with the streams that they read. */
export const webhookCheck: ConsistencyCheck = {
  name: "webhooks",
  async *run(reads) {
    const endpointKey = { columns: [sql`endpoint.id`] as const, of: ({ id }: EndpointRow) => [id] };
    for await (const page of inPages<EndpointRow>(reads, ENDPOINTS, endpointKey))
      yield { looked: page.length, findings: page.flatMap(endpointProblems) };
    const deliveryKey = { columns: [sql`delivery.id`] as const, of: ({ id }: DeliveryRow) => [id] };
    for await (const page of inPages<DeliveryRow>(reads, DELIVERIES, deliveryKey))
      yield { looked: page.length, findings: page.flatMap(deliveryProblems) };
  },
};

function endpointProblems({ id, status, disabledAt, leaseHolder, leaseUntil, ...row }: EndpointRow) {
  const [delivered, last] = [Number(row.deliveredPosition), Number(row.lastPosition ?? 0)];
  const isDisabled = status === WebhookEndpointStatus.DISABLED;
  return problemsOf(
    "webhook_endpoint",
    id,
    [delivered > last, `it has got the events up to ${delivered}`, `${last} at most, where the stream ends`],
    [delivered < 0, `it has got the events up to ${delivered}`, "0 or more"],
    [isDisabled && disabledAt === null, "it is DISABLED and has no disabledAt", "the instant"],
    [
      !isDisabled && disabledAt !== null,
      `it is ${status} and was disabled at ${disabledAt}`,
      "no disabledAt",
    ],
    [leaseHolder !== null && leaseUntil === null, `${leaseHolder} holds it without an end`, "a leaseUntil"],
  );
}

function deliveryProblems({ id, position, lastPosition }: DeliveryRow) {
  const last = Number(lastPosition ?? 0);
  return problemsOf("webhook_delivery", id, [
    Number(position) > last,
    `it is about the event at ${position}`,
    `${last} at most, where the stream ends`,
  ]);
}
