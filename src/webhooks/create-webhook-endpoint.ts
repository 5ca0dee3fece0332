import { WebhookEndpoint, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import { actorId } from "../access/actor";
import { newId } from "../values/ids";
import { generalErrors } from "../errors/general.errors";
import { eventErrors } from "../events/event.errors";
import { defineMutation } from "../unit-of-work/mutation";
import type { Transaction } from "../unit-of-work/transaction";
import { FieldChecks } from "../errors/field-checks";
import type { StreamEnds } from "../events/event-cursor";
import { streamOf } from "../events/follow-events";
import { settlingCursors } from "../events/stream-timeline";
import { placeToBeginAfter } from "./stream-position";
import { checkedUrl, checkWords, receiverLimitedBy, uniqueTypes } from "./webhook-checks";
import { newWebhookSecret, sealedFor, secretBoxOf, webhookSecretProblem } from "./webhook-secret";
import { webhookErrors } from "./webhook.errors";
import { lockEndpointsOf } from "./webhook.repository";

/** The most endpoints that an organization can have. */
export const MAX_ENDPOINTS = 20;

/** Where to post which events, from when on. */
export interface CreateWebhookEndpoint {
  url: string;
  description?: string | null;
  /** None means all. */
  eventTypes?: readonly string[] | null;
  /** Only this customer's events; every customer's when absent. */
  customerId?: string | null;
  /** Cursor of the last event that the receiver has; from now on when absent. */
  after?: string | null;
  /** `whsec_` and 24 to 64 bytes in base64; made here when absent. */
  secret?: string | null;
  idempotencyKey?: string | null;
}

/**
 * Registers a receiver for the organization's events. The secret is given back this once; it is stored sealed.
 */
export const createWebhookEndpoint = defineMutation(
  {
    name: "createWebhookEndpoint",
    permission: "webhook.create",
    description:
      "Registers a receiver for your organization's events, at most 20. Since they carry what happened, it takes `event.read` besides its permission.",
    codes: [
      generalErrors.FIELD_INVALID,
      webhookErrors.WEBHOOK_URL_NOT_HTTPS,
      webhookErrors.WEBHOOK_URL_NOT_PUBLIC,
      webhookErrors.WEBHOOK_URL_UNRESOLVABLE,
      eventErrors.EVENT_TYPE_UNKNOWN,
      generalErrors.ID_MALFORMED,
      webhookErrors.WEBHOOK_SECRET_TOO_SHORT,
      webhookErrors.WEBHOOK_SECRETS_KEY_MISSING,
      webhookErrors.WEBHOOK_ENDPOINTS_TOO_MANY,
      eventErrors.EVENTS_CURSOR_INVALID,
      eventErrors.EVENTS_CURSOR_FOREIGN,
      eventErrors.EVENTS_CURSOR_AHEAD,
      eventErrors.EVENTS_CURSOR_FROM_BEFORE_RESTORE,
      eventErrors.EVENTS_CURSOR_EXPIRED,
    ],
    forbidden: "without `event.read`",
    events: [],
  },
  async (ctx, input: CreateWebhookEndpoint): Promise<{ endpoint: WebhookEndpoint; secret: string }> => {
    const grantHolderId = await receiverLimitedBy(ctx.caller);
    const organizationId = streamOf(ctx.actor);
    checkWords(new FieldChecks(), input).refusal(webhookSecretProblem(input.secret)).done();
    const box = secretBoxOf(ctx);
    const url = await checkedUrl(ctx, input.url);
    const register = (current?: StreamEnds) =>
      ctx.transaction(async (tx) => {
        const place = await placeForOneMore(tx, organizationId, input.after, current);
        const id = newId(WebhookEndpoint);
        const secret = input.secret ?? newWebhookSecret();
        const endpoint = await tx.insert(WebhookEndpoint, {
          ...untouched(tx.now),
          id,
          organizationId,
          url,
          description: input.description?.trim() ?? "",
          eventTypes: uniqueTypes(input.eventTypes ?? []),
          customerId: input.customerId ?? null,
          sealedSecrets: [sealedFor(id, secret, box, tx.now)],
          createdBy: actorId(ctx.actor),
          grantHolderId,
          ...place,
        });
        return { endpoint, secret };
      });
    return settlingCursors(ctx.caller, register);
  },
);

async function placeForOneMore(
  tx: Transaction,
  organizationId: string,
  after: string | null | undefined,
  current: StreamEnds | undefined,
) {
  const { ends, count } = await lockEndpointsOf(tx, organizationId);
  if (count >= MAX_ENDPOINTS) {
    throw webhookErrors.WEBHOOK_ENDPOINTS_TOO_MANY(
      `Your organization has ${count} webhook endpoints; at most ${MAX_ENDPOINTS} are possible. Delete one first.`,
      { details: { maximum: MAX_ENDPOINTS } },
    );
  }
  return placeToBeginAfter(organizationId, after, current ?? ends);
}

function untouched(now: string) {
  return {
    status: WebhookEndpointStatus.ACTIVE,
    disabledReason: null,
    disabledAt: null,
    testedAt: [],
    attempt: 0,
    nextAttemptAt: null,
    failingSince: null,
    leaseHolder: null,
    leaseUntil: null,
    leaseNumber: 0,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
}
