import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { generalErrors } from "../errors/general.errors";
import { webhookErrors } from "./webhook.errors";
import { eventErrors } from "../events/event.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import {
  checkedUrl,
  checkEndpointId,
  checkWords,
  ensureMayReceiveEvents,
  lockEndpoint,
  uniqueTypes,
} from "./webhook-checks";
import { revokeLease } from "./webhook-lease";

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
 */
export const updateWebhookEndpoint = defineMutation(
  {
    name: "updateWebhookEndpoint",
    permission: "webhook.update",
    description: "Changes where events are posted, or which. Besides its permission it takes `event.read`.",
    codes: [
      generalErrors.FIELD_INVALID,
      webhookErrors.WEBHOOK_ENDPOINT_NOT_FOUND,
      webhookErrors.WEBHOOK_URL_NOT_HTTPS,
      webhookErrors.WEBHOOK_URL_NOT_PUBLIC,
      webhookErrors.WEBHOOK_URL_UNRESOLVABLE,
      eventErrors.EVENT_TYPE_UNKNOWN,
      generalErrors.ID_MALFORMED,
      generalErrors.STALE_VERSION,
    ],
    forbidden: "without `event.read`",
    events: [],
  },
  async (ctx, input: UpdateWebhookEndpoint): Promise<{ endpoint: WebhookEndpoint }> => {
    ensureMayReceiveEvents(ctx);
    const { endpointId, description, eventTypes, customerId } = input;
    const noUrl = input.url === null ? "url cannot be emptied; leave it out to keep it." : undefined;
    checkWords(checkEndpointId(endpointId), input).field("url", noUrl).done();
    const url = typeof input.url === "string" ? await checkedUrl(ctx, input.url) : undefined;
    return ctx.transaction(async (tx) => {
      const found = await lockEndpoint(ctx, tx, endpointId);
      ensureVersion(found, input.expectedVersion);
      const moved = url !== undefined && url !== found.url;
      const endpoint = await tx.update(WebhookEndpoint, found, {
        ...(moved && {
          url,
          attempt: 0,
          nextAttemptAt: null,
          failingSince: null,
          ...revokeLease(found, tx.now),
        }),
        ...(description !== undefined && { description: description?.trim() ?? "" }),
        ...(eventTypes !== undefined && { eventTypes: uniqueTypes(eventTypes ?? []) }),
        ...(customerId !== undefined && { customerId }),
      });
      return { endpoint };
    });
  },
);
