import type { FindOptionsWhere } from "typeorm";
import { WebhookDelivery, WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { lockHead } from "../events/organization-heads";
import type { Caller } from "../access/grant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { type KeysetOrder, type Page, type PageRequest, readPage } from "../database/paging";
import type { Reads } from "../database/reads";
import { OF_ORGANIZATION, scopeOf, visibilityRules, visibleBy } from "../database/scope";
import { type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";
import type { StreamEnds } from "../events/event-cursor";

const OLDEST_FIRST: KeysetOrder = {
  name: "webhookEndpoint",
  column: "id",
  id: "id",
  direction: "ASC",
};

const NEWEST_FIRST: KeysetOrder = {
  name: "webhookDelivery",
  column: "id",
  id: "id",
  direction: "DESC",
};

/** The endpoints that a caller may see: those of its own organization. */
export function endpointsVisibleTo(caller: Caller): Sql {
  return visibleRows("webhook_endpoint", caller);
}

/** The log entries that a caller may see: those of its own organization. */
export function deliveriesVisibleTo(caller: Caller): Sql {
  return visibleRows("webhook_delivery", caller);
}

function visibleRows(table: string, caller: Caller): Sql {
  return visibleBy(table, visibilityRules(scopeOf(caller, "webhook.read"), OF_ORGANIZATION));
}

/** One page of the endpoints that the caller may see, oldest first. */
export function pageOfEndpoints(ctx: UseCaseContext, page: PageRequest): Promise<Page<WebhookEndpoint>> {
  return readPage(ctx, WebhookEndpoint, [endpointsVisibleTo(ctx)], OLDEST_FIRST, { page });
}

/** One page of an endpoint's log as far as the caller may see it, newest first. */
export function pageOfDeliveries(
  ctx: UseCaseContext,
  endpointId: string,
  page: PageRequest,
): Promise<Page<WebhookDelivery>> {
  const found = sql`${deliveriesVisibleTo(ctx)} AND endpointId = ${endpointId}`;
  return readPage(ctx, WebhookDelivery, [found], NEWEST_FIRST, { page });
}

/** An endpoint of this organization, locked until the end of the transaction. */
export function lockOwnEndpoint(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<WebhookEndpoint | null> {
  return tx.findOneLocked(WebhookEndpoint, { where: { id, organizationId } });
}

/** A log entry of this organization. */
export function findOwnDelivery(
  reads: Reads,
  organizationId: string,
  id: string,
): Promise<WebhookDelivery | null> {
  return reads.findOne(WebhookDelivery, { where: { id, organizationId } });
}

/**
 * Locks an organization's head until the end of the transaction, so that its endpoints are counted by one at a time and
 * no event gets a place meanwhile; gives the ends of its stream and how many endpoints there are.
 */
export async function lockEndpointsOf(
  tx: Transaction,
  organizationId: string,
): Promise<{ ends: StreamEnds; count: number }> {
  const ends = await lockHead(tx, organizationId);
  const count = await tx.countWhere(WebhookEndpoint, { organizationId });
  return { ends, count };
}

/** How many tests and repetitions wait for an endpoint. */
export function countPending(reads: Reads, endpointId: string): Promise<number> {
  return reads.countWhere(WebhookDelivery, pendingOf(endpointId));
}

/** The test or repetition that has waited longest for an endpoint. */
export function oldestPending(reads: Reads, endpointId: string): Promise<WebhookDelivery | null> {
  return reads.findOne(WebhookDelivery, { where: pendingOf(endpointId), order: { id: "ASC" }, take: 1 });
}

function pendingOf(endpointId: string): FindOptionsWhere<WebhookDelivery> {
  return { outcome: WebhookDeliveryOutcome.PENDING, endpointId };
}

/** Forgets an endpoint and its log. */
export async function eraseEndpoint(tx: Transaction, id: string): Promise<void> {
  await tx.deleteWhere(WebhookDelivery, { endpointId: id });
  await tx.deleteWhere(WebhookEndpoint, { id });
}
