import { ApiKey } from "../../entities/identity/api-key";
import { organizationOf } from "../access/actor";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { apiKeyFacts } from "./api-key-facts";
import * as apiKeyLifecycle from "./api-key.lifecycle";
import { lockOwnApiKey } from "./api-key.repository";
import { apiKeyNotFound } from "./rotate-api-key";
import { asAdministrator, lockCaller } from "./user-administration";

/** Which API key, and the version the caller read. */
export interface RevokeApiKey {
  apiKeyId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Revokes an API key at once and for good, with all its secrets; also one that has expired.
 * @throws API_KEY_NOT_FOUND no such key of the caller's organization
 * @throws API_KEY_ALREADY_REVOKED it was revoked before
 * @throws STALE_VERSION it changed since it was read
 * @throws USER_INACTIVE, FORBIDDEN the caller may no longer
 */
export async function revokeApiKey(ctx: UseCaseContext, input: RevokeApiKey): Promise<{ apiKey: ApiKey }> {
  const organizationId = organizationOf(asAdministrator(ctx.actor));
  new FieldChecks().id("apiKeyId", input.apiKeyId, "apiKey").done();
  return ctx.transaction(
    async (tx) => {
      await lockCaller(ctx, tx, "api-key.revoke");
      const found = await lockOwnApiKey(tx, organizationId, input.apiKeyId);
      if (!found) throw apiKeyNotFound("apiKeyId");
      const status = apiKeyLifecycle.revoke(found);
      ensureVersion(found, input.expectedVersion);
      const apiKey = await tx.update(ApiKey, found, { status, revokedAt: tx.now });
      tx.record("api-key.revoked", apiKeyFacts(apiKey), [organizationId]);
      return { apiKey };
    },
    { operation: "revokeApiKey", key: input.idempotencyKey, input },
  );
}
