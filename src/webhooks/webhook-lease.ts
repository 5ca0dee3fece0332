import { WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import { WebhookEndpoint, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import type { Instant } from "../values/instant";
import type { Reads } from "../database/reads";
import { and, limit as limited, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";

/** How long a worker holds an endpoint without a sign of life; twice as long as an attempt may take. */
export const LEASE_MS = 30_000;

/** A worker's right to deliver to one endpoint, as long as the row bears this number. */
export interface Lease {
  endpointId: string;
  organizationId: string;
  number: number;
}

/** A lease that ends later than any that is taken now: the clock was set back since. The second figure is for nodes whose clocks differ. */
function endsTooLate(now: Instant): Instant {
  return new Date(Date.parse(now) + LEASE_MS + 60_000).toISOString();
}

/** The end of a lease that begins, or is renewed, at an instant. */
export function leaseEnd(now: Instant): Instant {
  return new Date(Date.parse(now) + LEASE_MS).toISOString();
}

/**
 * Endpoints that have something to be sent now and that no worker holds, at most `limit`: those that waited longest
 * first, or, where organizations are given, theirs in any order. The lease is the one before.
 */
export async function dueEndpoints(
  reads: Reads,
  now: Instant,
  limit: number,
  organizationIds?: string[],
): Promise<Lease[]> {
  const isTheirs = organizationIds && sql`endpoint.organizationId IN ${organizationIds}`;
  const due = and(
    sql`SELECT endpoint.id AS id, endpoint.organizationId AS organizationId, endpoint.leaseNumber AS leaseNumber
     FROM webhook_endpoint endpoint JOIN organization_head head ON head.organizationId = endpoint.organizationId
     WHERE endpoint.status = ${WebhookEndpointStatus.ACTIVE}
       AND (endpoint.leaseUntil IS NULL OR endpoint.leaseUntil <= ${now} OR endpoint.leaseUntil > ${endsTooLate(now)})`,
    isTheirs,
    sql`((head.lastPosition > endpoint.deliveredPosition OR head.timeline <> endpoint.timeline)
         AND (endpoint.nextAttemptAt IS NULL OR endpoint.nextAttemptAt <= ${now}))
       OR endpoint.id IN (SELECT delivery.endpointId FROM webhook_delivery delivery
                          WHERE delivery.outcome = ${WebhookDeliveryOutcome.PENDING})`,
  );
  const rows = await reads.rows<{ id: string; organizationId: string; leaseNumber: number | string }>(
    sql`${due}${isTheirs ? sql`` : sql` ORDER BY endpoint.leaseUntil`}${limited(limit)}`,
  );
  return rows.map(({ id, organizationId, leaseNumber }) => ({
    endpointId: id,
    organizationId,
    number: Number(leaseNumber),
  }));
}

/** Takes an endpoint for a worker, unless another one was faster; gives the lease that it holds then. */
export async function takeLease(
  tx: Transaction,
  { endpointId, organizationId, number }: Lease,
  holder: string,
): Promise<Lease | undefined> {
  const changed = await tx.change(
    WebhookEndpoint,
    { leaseHolder: holder, leaseUntil: leaseEnd(tx.now), leaseNumber: number + 1 },
    sql`id = ${endpointId} AND status = ${WebhookEndpointStatus.ACTIVE} AND leaseNumber = ${number}
      AND (leaseUntil IS NULL OR leaseUntil <= ${tx.now} OR leaseUntil > ${endsTooLate(tx.now)})`,
  );
  return changed === 1 ? { endpointId, organizationId, number: number + 1 } : undefined;
}

/** The endpoint as it is now, if the lease still holds. */
export function readLeased(reads: Reads, { endpointId, number }: Lease): Promise<WebhookEndpoint | null> {
  return reads.findOne(WebhookEndpoint, { where: { id: endpointId, leaseNumber: number } });
}

/** Writes to a leased endpoint; false, and nothing was written, when the lease has passed on. */
export async function writeLeased(
  tx: Transaction,
  { endpointId, number }: Lease,
  changes: Partial<WebhookEndpoint>,
): Promise<boolean> {
  return (await tx.updateWhere(WebhookEndpoint, changes, { id: endpointId, leaseNumber: number })) === 1;
}

/** What a worker writes when it has nothing more to do: anybody may take the endpoint again. */
export function releaseLease(now: Instant): Pick<WebhookEndpoint, "leaseHolder" | "leaseUntil"> {
  return { leaseHolder: null, leaseUntil: now };
}

/** What a user's change writes besides, so that a delivery that is under way can no longer note how it ended. */
export function revokeLease(
  endpoint: WebhookEndpoint,
  now: Instant,
): Pick<WebhookEndpoint, "leaseHolder" | "leaseUntil" | "leaseNumber"> {
  return { ...releaseLease(now), leaseNumber: endpoint.leaseNumber + 1 };
}
