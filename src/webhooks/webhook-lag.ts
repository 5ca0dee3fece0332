import { WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import type { Reads } from "../database/reads";

/** How many events active endpoints are behind, whether they want them or not. */
export interface WebhookLag {
  /** All of them together. */
  all: number;
  /** The one that is furthest behind. */
  furthest: number;
}

/** Reads it as it is now, on all nodes. */
export async function readWebhookLag(reads: Reads): Promise<WebhookLag> {
  const behind = "head.lastPosition - endpoint.deliveredPosition";
  const [row] = await reads.rows<Record<keyof WebhookLag, number | string | null>>(
    `SELECT SUM(${behind}) AS \`all\`, MAX(${behind}) AS furthest
     FROM webhook_endpoint endpoint JOIN organization_head head ON head.organizationId = endpoint.organizationId
     WHERE endpoint.status = ?`,
    [WebhookEndpointStatus.ACTIVE],
  );
  return { all: Number(row?.all ?? 0), furthest: Number(row?.furthest ?? 0) };
}
