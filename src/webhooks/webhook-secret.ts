import { createHmac, randomBytes } from "node:crypto";
import type { SealedSecret, WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { Instant } from "../values/instant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { SecretBox } from "../context/webhook-dependencies";
import { type DomainError } from "../errors/domain-error";
import { LIST_BOUNDS } from "../errors/list-bounds";
import { generalErrors } from "../errors/general.errors";
import { webhookErrors } from "./webhook.errors";

const PREFIX = "whsec_";
const MADE_BYTES = 32;

/** The bounds that Standard Webhooks 1.0.0 sets. */
const FEWEST_BYTES = 24;
const MAX_SECRET_BYTES = 64;

const MAX_SECRET_LENGTH = PREFIX.length + 4 * Math.ceil(MAX_SECRET_BYTES / 3);

/** A new signing secret: `whsec_` and 32 random bytes in base64. */
export function newWebhookSecret(): string {
  return PREFIX + randomBytes(MADE_BYTES).toString("base64");
}

/** Why a secret that a caller gave cannot be used; nothing when it can, or when none was given. Never shows it. */
export function webhookSecretProblem(secret: string | null | undefined): DomainError | undefined {
  if (secret === null || secret === undefined) return undefined;
  const place = { field: "secret", details: { minimum: FEWEST_BYTES, maximum: MAX_SECRET_BYTES } };
  if (secret.length > MAX_SECRET_LENGTH)
    return generalErrors.FIELD_INVALID(
      `secret must be ${PREFIX} and at most ${MAX_SECRET_BYTES} bytes in base64: ${MAX_SECRET_LENGTH} characters. Take a shorter one.`,
      place,
    );
  const text = secret.slice(PREFIX.length);
  const bytes = Buffer.from(text, "base64");
  const isBase64 = withoutPadding(bytes.toString("base64")) === withoutPadding(text);
  if (!secret.startsWith(PREFIX) || !isBase64) {
    return generalErrors.FIELD_INVALID(
      `secret must be ${PREFIX} and ${FEWEST_BYTES} to ${MAX_SECRET_BYTES} bytes in base64.`,
      place,
    );
  }
  if (bytes.length < FEWEST_BYTES) {
    return webhookErrors.WEBHOOK_SECRET_TOO_SHORT(
      `secret has ${bytes.length} bytes; it must have ${FEWEST_BYTES} to ${MAX_SECRET_BYTES}.`,
      place,
    );
  }
  if (bytes.length <= MAX_SECRET_BYTES) return undefined;
  return generalErrors.FIELD_INVALID(`secret must have at most ${MAX_SECRET_BYTES} bytes.`, place);
}

function withoutPadding(base64: string): string {
  let end = base64.length;
  while (base64.endsWith("=", end)) end--;
  return base64.slice(0, end);
}

/**
 * What seals this server's secrets.
 * @throws WEBHOOK_SECRETS_KEY_MISSING the operator has set no key
 */
export function secretBoxOf({ webhooks }: UseCaseContext): SecretBox {
  if (webhooks?.secretBox) return webhooks.secretBox;
  throw webhookErrors.WEBHOOK_SECRETS_KEY_MISSING(
    "This server cannot keep signing secrets yet: its operator must set SECRETS_KEY to 32 bytes in base64.",
  );
}

/** A secret as an endpoint keeps it; good for that endpoint alone. */
export function sealedFor(endpointId: string, secret: string, box: SecretBox, now: Instant): SealedSecret {
  return { sealed: box.seal(secret, endpointId), createdAt: now, expiresAt: null };
}

/** The secrets that sign at an instant, newest first: one, or two while a rotation overlaps. */
export function liveSecrets(endpoint: WebhookEndpoint, now: Instant): SealedSecret[] {
  const live = endpoint.sealedSecrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  return live.slice(0, LIST_BOUNDS.liveSecrets);
}

/**
 * The signatures of one request (Standard Webhooks 1.0.0), one for each secret, separated by spaces: a receiver that
 * knows any one of them believes it. `timestamp` is in seconds since 1970.
 */
export function signatures(secrets: string[], id: string, timestamp: number, body: string): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(PREFIX.length), "base64");
      return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
    })
    .join(" ");
}
