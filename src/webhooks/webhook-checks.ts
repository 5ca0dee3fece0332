import { Customer } from "../../entities/customers/customer";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { ensureMayUse, mayUse } from "../access/allow";
import { grantHolderOf } from "../access/grant";
import { ensureMayUseSomewhere } from "../unit-of-work/ensure-may-use";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Transaction } from "../unit-of-work/transaction";
import { FieldChecks } from "../errors/field-checks";
import { allEventTypes } from "../events/event-map";
import { streamOf } from "../events/follow-events";
import { eventErrors } from "../events/event.errors";
import { webhookErrors } from "./webhook.errors";
import { lockOwnEndpoint } from "./webhook.repository";

const MAX_DESCRIPTION_LENGTH = 500;

/** What of an endpoint its users write. */
export interface WebhookWords {
  description?: string | null;
  eventTypes?: readonly string[] | null;
  customerId?: string | null;
}

/**
 * Lets only those decide where events go who may read all of them.
 * @throws FORBIDDEN naming event.read and its roles
 */
export function ensureMayReceiveEvents({ actor, matrix }: UseCaseContext): void {
  ensureMayUse(actor, "event.read", matrix);
}

/**
 * Lets only those have events sent somewhere who may read them, if only of single customers. Gives the user whose grants then limit
 * what is sent; null for one who may read all.
 * @throws FORBIDDEN naming event.read and its roles
 */
export async function receiverLimitedBy(ctx: UseCaseContext): Promise<string | null> {
  await ensureMayUseSomewhere(ctx, "event.read");
  return mayUse(ctx.actor, "event.read") ? null : (grantHolderOf(ctx.actor) ?? null);
}

/** Checks what a user wrote of an endpoint; what is absent is not looked at. */
export function checkWords(
  checks: FieldChecks,
  { description, eventTypes, customerId }: WebhookWords,
): FieldChecks {
  checks.text("description", description, { min: 0, max: MAX_DESCRIPTION_LENGTH });
  // Only its shape: whether there is such a customer is not this endpoint's to tell.
  checks.id("customerId", customerId, Customer);
  checks.list("eventTypes", eventTypes, allEventTypes.length);
  const unknown = eventTypes?.find((type) => !(allEventTypes as string[]).includes(type));
  if (unknown === undefined) return checks;
  return checks.refusal(
    eventErrors.EVENT_TYPE_UNKNOWN(
      "eventTypes names a type that does not exist. Leave the list empty to get every event.",
      { field: "eventTypes", details: { allowed: allEventTypes } },
    ),
  );
}

/** Each type once, in the catalogue's order. */
export function uniqueTypes(eventTypes: readonly string[]): string[] {
  return allEventTypes.filter((type) => eventTypes.includes(type));
}

/**
 * Looks a receiver's address up, outside any transaction, and gives its usual form.
 * @throws InvalidInput, or the one refusal, that say why it may not be called
 */
export async function checkedUrl(ctx: UseCaseContext, text: string): Promise<string> {
  if (!ctx.webhooks) throw new Error("Receivers are registered where webhooks are open.");
  const checked = await ctx.webhooks.checkUrl(text);
  if ("url" in checked) return checked.url;
  throw checked.refusal;
}

/**
 * An endpoint of the caller's organization, locked until the end of the transaction.
 * @throws WEBHOOK_ENDPOINT_NOT_FOUND there is none
 */
export async function lockEndpoint(
  ctx: UseCaseContext,
  tx: Transaction,
  endpointId: string,
): Promise<WebhookEndpoint> {
  const found = await lockOwnEndpoint(tx, streamOf(ctx.actor), endpointId);
  if (found) return found;
  throw webhookErrors.WEBHOOK_ENDPOINT_NOT_FOUND("There is no such webhook endpoint of your organization.", {
    field: "endpointId",
  });
}

/** Checks the shape of an endpoint's id. */
export function checkEndpointId(endpointId: string): FieldChecks {
  return new FieldChecks().id("endpointId", endpointId, WebhookEndpoint);
}
