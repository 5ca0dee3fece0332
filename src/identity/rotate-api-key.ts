import { ApiKey } from "../../entities/identity/api-key";
import { organizationOf } from "../access/actor";
import { hoursAfter } from "../values/instant";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { apiKeyEventPayload } from "./api-key-event-payload";
import { apiKeyErrors } from "./api-key.errors";
import * as apiKeyLifecycle from "./api-key.lifecycle";
import { permissionsBeyond } from "./api-key.policy";
import { endSecrets, lockOwnApiKey } from "./api-key.repository";
import type { ApiKeyWithSecret } from "./create-api-key";
import { issueSecret } from "./issue-secret";
import { lockKeyIssuer } from "./key-issuer";
import { asAdministrator } from "./user-administration";

/** Which API key, and for how long its secret until now goes on working. */
export interface RotateApiKey {
  apiKeyId: string;
  /** 0 to 720, 24 when absent; 0: the old secret stops at once. */
  overlapHours?: number | null;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

const DEFAULT_OVERLAP_HOURS = 24;
const MAX_OVERLAP_HOURS = 720;

/**
 * Gives an API key a new secret; the one until now works until the overlap ends. At most two work at a time: one that
 * was rotated out before, and still worked, stops at once.
 */
export const rotateApiKey = defineMutation(
  {
    name: "rotateApiKey",
    permission: "api-key.rotate",
    description:
      "Gives an API key a new secret; the one until now works until the overlap ends, so that a service can change over. At most two work at a time: one that an earlier rotation left working stops at once, so send an `idempotencyKey` and repeat with it when no answer came.",
    codes: [
      generalErrors.FIELD_INVALID,
      generalErrors.ID_MALFORMED,
      apiKeyErrors.API_KEY_NOT_FOUND,
      apiKeyErrors.API_KEY_ALREADY_REVOKED,
      apiKeyErrors.API_KEY_EXPIRED,
      apiKeyErrors.API_KEY_EXCEEDS_YOUR_PERMISSIONS,
      generalErrors.STALE_VERSION,
    ],
    events: ["api-key.rotated"],
  },
  async (ctx, input: RotateApiKey): Promise<ApiKeyWithSecret> => {
    const organizationId = organizationOf(asAdministrator(ctx.actor));
    new FieldChecks()
      .id("apiKeyId", input.apiKeyId, ApiKey)
      .range("overlapHours", input.overlapHours, 0, MAX_OVERLAP_HOURS)
      .done();
    return ctx.transaction(async (tx) => {
      const giver = await lockKeyIssuer(ctx, tx, "api-key.rotate");
      const found = await lockOwnApiKey(tx, organizationId, input.apiKeyId);
      if (!found) throw apiKeyNotFound("apiKeyId");
      apiKeyLifecycle.ensureRotatable(found, tx.now);
      ensureVersion(found, input.expectedVersion);
      const excess = permissionsBeyond(giver, ctx.matrix, found.permissions);
      if (excess.length > 0) throw exceedsYourPermissions(excess);
      const overlapEnd = hoursAfter(tx.now, input.overlapHours ?? DEFAULT_OVERLAP_HOURS);
      const { expiresAt } = found;
      const keyEndsFirst = expiresAt !== null && expiresAt < overlapEnd;
      await endSecrets(tx, found.id, keyEndsFirst ? expiresAt : overlapEnd);
      const apiKey = await tx.countChange(ApiKey, found);
      const secret = await issueSecret(tx, apiKey.id);
      tx.record("api-key.rotated", apiKeyEventPayload(apiKey), organizationId);
      return { apiKey, secret };
    });
  },
);

/** The answer for an API key that is not there and for one of another organization: the same. */
export function apiKeyNotFound(field: string) {
  return apiKeyErrors.API_KEY_NOT_FOUND("Your organization has no API key with this id.", { field });
}

function exceedsYourPermissions(permissions: string[]) {
  return apiKeyErrors.API_KEY_EXCEEDS_YOUR_PERMISSIONS(
    `This API key may use ${permissions.join(", ")}, which your own roles do not have. Somebody who has them can rotate it; or revoke it and create one without them.`,
    { field: "apiKeyId", details: { permissions } },
  );
}
