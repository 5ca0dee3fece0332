import { ApiKey } from "../../entities/identity/api-key";
import { organizationOf } from "../access/actor";
import { hoursAfter } from "../context/instant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { apiKeyFacts } from "./api-key-facts";
import { apiKeyErrors } from "./api-key.errors";
import * as apiKeyLifecycle from "./api-key.lifecycle";
import { permissionsBeyond } from "./api-key.policy";
import { endSecrets, lockOwnApiKey } from "./api-key.repository";
import type { ApiKeyWithSecret } from "./create-api-key";
import { giveSecret } from "./give-secret";
import { lockKeyGiver } from "./key-giver";
import { asAdministrator } from "./user-administration";

/** Which API key, and for how long its secret until now goes on working. */
export interface RotateApiKey {
  apiKeyId: string;
  /** 0 to 720, 24 when absent; 0: the old secret stops at once. */
  overlapHours?: number | null;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

const USUAL_OVERLAP_HOURS = 24;
const LONGEST_OVERLAP_HOURS = 720;

/**
 * Gives an API key a new secret; the one until now works until the overlap ends. At most two work at a time: one that
 * was rotated out before, and still worked, stops at once.
 * @throws FIELD_INVALID overlapHours is outside 0..720
 * @throws API_KEY_NOT_FOUND no such key of the caller's organization
 * @throws API_KEY_ALREADY_REVOKED, API_KEY_EXPIRED it is not active
 * @throws STALE_VERSION it changed since it was read
 * @throws API_KEY_EXCEEDS_YOUR_PERMISSIONS it may use what the caller may not, who would get that with its secret
 * @throws USER_INACTIVE, FORBIDDEN the caller may no longer
 */
export async function rotateApiKey(ctx: UseCaseContext, input: RotateApiKey): Promise<ApiKeyWithSecret> {
  const organizationId = organizationOf(asAdministrator(ctx.actor));
  new FieldChecks()
    .id("apiKeyId", input.apiKeyId, "apiKey")
    .range("overlapHours", input.overlapHours, 0, LONGEST_OVERLAP_HOURS)
    .done();
  return ctx.transaction(
    async (tx) => {
      const giver = await lockKeyGiver(ctx, tx, "api-key.rotate");
      const found = await lockOwnApiKey(tx, organizationId, input.apiKeyId);
      if (!found) throw apiKeyNotFound("apiKeyId");
      apiKeyLifecycle.ensureRotatable(found, tx.now);
      ensureVersion(found, input.expectedVersion);
      const excess = permissionsBeyond(giver, ctx.matrix, found.permissions);
      if (excess.length > 0) throw exceedsYourPermissions(excess);
      const overlapEnd = hoursAfter(tx.now, input.overlapHours ?? USUAL_OVERLAP_HOURS);
      const { expiresAt } = found;
      const keyEndsFirst = expiresAt !== null && expiresAt < overlapEnd;
      await endSecrets(tx, found.id, keyEndsFirst ? expiresAt : overlapEnd);
      const apiKey = await tx.countChange(ApiKey, found);
      const secret = await giveSecret(tx, apiKey.id);
      tx.record("api-key.rotated", apiKeyFacts(apiKey), [organizationId]);
      return { apiKey, secret };
    },
    { operation: "rotateApiKey", key: input.idempotencyKey, input },
  );
}

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
