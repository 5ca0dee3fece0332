import type { SelectQueryBuilder } from "typeorm";
import { WebhookDelivery, WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { OrganizationHead } from "../../entities/events/organization-head";
import { type Actor, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { keyset, type KeysetOrder, type Page, pageOf, type PageRequest } from "../database/paging";
import type { Reads } from "../database/reads";
import type { Transaction } from "../database/transaction";
import type { StreamEnds } from "../events/event-cursor";

const OLDEST_FIRST: KeysetOrder = {
  name: "webhookEndpoint",
  column: "endpoint.id",
  id: "endpoint.id",
  direction: "ASC",
};

const NEWEST_FIRST: KeysetOrder = {
  name: "webhookDelivery",
  column: "delivery.id",
  id: "delivery.id",
  direction: "DESC",
};

/** The endpoints that an actor may see: those of its own organization. */
export function endpointsVisibleTo(actor: Actor, reads: Reads): SelectQueryBuilder<WebhookEndpoint> {
  return scoped(reads.from(WebhookEndpoint, "endpoint"), "endpoint", actor);
}

/** The log entries that an actor may see: those of its own organization. */
export function deliveriesVisibleTo(actor: Actor, reads: Reads): SelectQueryBuilder<WebhookDelivery> {
  return scoped(reads.from(WebhookDelivery, "delivery"), "delivery", actor);
}

function scoped<Row extends { organizationId: string }>(
  select: SelectQueryBuilder<Row>,
  alias: string,
  actor: Actor,
): SelectQueryBuilder<Row> {
  if (actor.kind === "SYSTEM") return select;
  if (!mayUse(actor, "webhook.read")) return select.where("1 = 0");
  return select.where(`${alias}.organizationId = :me`, { me: organizationOf(actor) ?? "" });
}

/** One page of the endpoints that the caller may see, oldest first. */
export async function pageOfEndpoints(
  ctx: UseCaseContext,
  page: PageRequest,
): Promise<Page<WebhookEndpoint>> {
  const select = (reads: Reads) => endpointsVisibleTo(ctx.actor, reads);
  const rows = await ctx.read((reads) => keyset(select(reads), OLDEST_FIRST, page).getMany());
  const count = () => ctx.read((reads) => select(reads).getCount());
  return pageOf(rows, OLDEST_FIRST, page, ({ id }) => [id, id], count);
}

/** One page of an endpoint's log as far as the caller may see it, newest first. */
export async function pageOfDeliveries(
  ctx: UseCaseContext,
  endpointId: string,
  page: PageRequest,
): Promise<Page<WebhookDelivery>> {
  const select = (reads: Reads) =>
    deliveriesVisibleTo(ctx.actor, reads).andWhere("delivery.endpointId = :endpointId", { endpointId });
  const rows = await ctx.read((reads) => keyset(select(reads), NEWEST_FIRST, page).getMany());
  const count = () => ctx.read((reads) => select(reads).getCount());
  return pageOf(rows, NEWEST_FIRST, page, ({ id }) => [id, id], count);
}

/** An endpoint of this organization, locked until the end of the transaction. */
export function lockOwnEndpoint(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<WebhookEndpoint | null> {
  return tx
    .locked(tx.from(WebhookEndpoint, "endpoint"))
    .where("endpoint.id = :id AND endpoint.organizationId = :organizationId", { id, organizationId })
    .getOne();
}

/** A log entry of this organization. */
export function findOwnDelivery(
  reads: Reads,
  organizationId: string,
  id: string,
): Promise<WebhookDelivery | null> {
  return reads
    .from(WebhookDelivery, "delivery")
    .where("delivery.id = :id AND delivery.organizationId = :organizationId", { id, organizationId })
    .getOne();
}

/**
 * Locks an organization's head until the end of the transaction, so that its endpoints are counted by one at a time and
 * no event gets a place meanwhile; gives the ends of its stream and how many endpoints there are.
 */
export async function lockEndpointsOf(
  tx: Transaction,
  organizationId: string,
): Promise<{ ends: StreamEnds; count: number }> {
  const head = await tx
    .locked(tx.from(OrganizationHead, "head"))
    .where("head.organizationId = :organizationId", { organizationId })
    .getOneOrFail();
  const count = await tx
    .from(WebhookEndpoint, "endpoint")
    .where("endpoint.organizationId = :organizationId", { organizationId })
    .getCount();
  return { ends: head, count };
}

/** How many tests and repetitions wait for an endpoint. */
export function countPending(reads: Reads, endpointId: string): Promise<number> {
  return pendingOf(reads, endpointId).getCount();
}

/** The test or repetition that has waited longest for an endpoint. */
export function oldestPending(reads: Reads, endpointId: string): Promise<WebhookDelivery | null> {
  return pendingOf(reads, endpointId).orderBy("delivery.id").limit(1).getOne();
}

function pendingOf(reads: Reads, endpointId: string): SelectQueryBuilder<WebhookDelivery> {
  return reads
    .from(WebhookDelivery, "delivery")
    .where("delivery.outcome = :pending AND delivery.endpointId = :endpointId", {
      pending: WebhookDeliveryOutcome.PENDING,
      endpointId,
    });
}

/** Forgets an endpoint and its log. */
export async function eraseEndpoint(tx: Transaction, id: string): Promise<void> {
  await tx.execute("DELETE FROM webhook_delivery WHERE endpointId = ?", [id]);
  await tx.execute("DELETE FROM webhook_endpoint WHERE id = ?", [id]);
}
