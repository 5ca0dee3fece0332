import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { hoursAfter } from "./instants";
import { checkEndpointId, lockEndpoint } from "./webhook-checks";
import {
  liveSecrets,
  newWebhookSecret,
  sealedFor,
  secretBoxOf,
  webhookSecretProblem,
} from "./webhook-secret";
import { webhookErrors } from "./webhook.errors";

const DEFAULT_OVERLAP_HOURS = 24;
const MAX_OVERLAP_HOURS = 168;

/** Which endpoint gets a new secret, and how long the old one signs besides. */
export interface RotateWebhookSecret {
  endpointId: string;
  /** 0 to 168; 24 when absent. */
  overlapHours?: number | null;
  /** `whsec_` and 24 to 64 bytes in base64; made here when absent. */
  secret?: string | null;
  idempotencyKey?: string | null;
}

/**
 * Gives an endpoint a new signing secret, shown this once. Until the overlap is over both sign, so that a receiver can
 * change over whenever it likes; with an overlap of 0 the new one alone signs from now on.
 */
export const rotateWebhookSecret = defineMutation(
  {
    name: "rotateWebhookSecret",
    permission: "webhook.update",
    description: "Gives an endpoint a new signing secret. Until the overlap is over, old and new sign both.",
    codes: [
      generalErrors.ID_MALFORMED,
      generalErrors.FIELD_INVALID,
      webhookErrors.WEBHOOK_ENDPOINT_NOT_FOUND,
      webhookErrors.WEBHOOK_SECRET_TOO_SHORT,
      webhookErrors.WEBHOOK_SECRETS_OVERLAP,
      webhookErrors.WEBHOOK_SECRETS_KEY_MISSING,
    ],
    events: [],
  },
  async (ctx, input: RotateWebhookSecret): Promise<{ endpoint: WebhookEndpoint; secret: string }> => {
    checkEndpointId(input.endpointId)
      .range("overlapHours", input.overlapHours, 0, MAX_OVERLAP_HOURS)
      .refusal(webhookSecretProblem(input.secret))
      .done();
    const box = secretBoxOf(ctx);
    const overlapHours = input.overlapHours ?? DEFAULT_OVERLAP_HOURS;
    return ctx.transaction(async (tx) => {
      const found = await lockEndpoint(ctx, tx, input.endpointId);
      const secret = input.secret ?? newWebhookSecret();
      const [newest, older] = liveSecrets(found, tx.now);
      if (older && overlapHours > 0) {
        throw webhookErrors.WEBHOOK_SECRETS_OVERLAP(
          `Two secrets are live until ${older.expiresAt}. Wait until then, or rotate with overlapHours 0, which ends both.`,
          { field: "overlapHours" },
        );
      }
      const kept =
        newest && overlapHours > 0 ? [{ ...newest, expiresAt: hoursAfter(tx.now, overlapHours) }] : [];
      const fresh = sealedFor(found.id, secret, box, tx.now);
      const endpoint = await tx.update(WebhookEndpoint, found, { sealedSecrets: [fresh, ...kept] });
      return { endpoint, secret };
    });
  },
);
