import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { ensureVersion } from "../database/writes";
import {
  checkedUrl,
  checkEndpointId,
  checkWords,
  ensureMayReceiveEvents,
  lockEndpoint,
  uniqueTypes,
} from "./webhook-checks";
import { leaseTakenAway } from "./webhook-lease";

/** What to change. An absent field is left alone; a null description is emptied, null types or a null customer mean all. */
export interface UpdateWebhookEndpoint {
  endpointId: string;
  url?: string | null;
  description?: string | null;
  eventTypes?: readonly string[] | null;
  customerId?: string | null;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Changes where events are posted, or which. An event that is being tried goes to the new address at once, with the
 * attempts counted anew.
 * @throws FORBIDDEN the caller may not read events, or not change receivers
 * @throws WEBHOOK_ENDPOINT_NOT_FOUND, STALE_VERSION
 * @throws WEBHOOK_URL_NOT_HTTPS, WEBHOOK_URL_NOT_PUBLIC, WEBHOOK_URL_UNRESOLVABLE, FIELD_INVALID the address may not be called
 * @throws EVENT_TYPE_UNKNOWN, ID_MALFORMED
 */
export async function updateWebhookEndpoint(
  ctx: UseCaseContext,
  input: UpdateWebhookEndpoint,
): Promise<{ endpoint: WebhookEndpoint }> {
  ensureMayReceiveEvents(ctx);
  const { endpointId, description, eventTypes, customerId } = input;
  const noUrl = input.url === null ? "url cannot be emptied; leave it out to keep it." : undefined;
  checkWords(checkEndpointId(endpointId), input).field("url", noUrl).done();
  const url = typeof input.url === "string" ? await checkedUrl(ctx, input.url) : undefined;
  return ctx.transaction(
    async (tx) => {
      const found = await lockEndpoint(ctx, tx, endpointId);
      ensureVersion(found, input.expectedVersion);
      const moved = url !== undefined && url !== found.url;
      const endpoint = await tx.update(WebhookEndpoint, found, {
        ...(moved && {
          url,
          attempt: 0,
          nextAttemptAt: null,
          failingSince: null,
          ...leaseTakenAway(found, tx.now),
        }),
        ...(description !== undefined && { description: description?.trim() ?? "" }),
        ...(eventTypes !== undefined && { eventTypes: uniqueTypes(eventTypes ?? []) }),
        ...(customerId !== undefined && { customerId }),
      });
      return { endpoint };
    },
    { operation: "updateWebhookEndpoint", key: input.idempotencyKey, input },
  );
}
