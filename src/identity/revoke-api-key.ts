import { ApiKey } from "../../entities/identity/api-key";
import { organizationOf } from "../access/actor";
import { generalErrors } from "../errors/general.errors";
import { apiKeyErrors } from "./api-key.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { apiKeyEventPayload } from "./api-key-event-payload";
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
 */
export const revokeApiKey = defineMutation(
  {
    name: "revokeApiKey",
    permission: "api-key.revoke",
    description:
      "Revokes an API key at once and for good, with all its secrets; its sockets are closed within seconds.",
    codes: [
      generalErrors.ID_MALFORMED,
      apiKeyErrors.API_KEY_NOT_FOUND,
      apiKeyErrors.API_KEY_ALREADY_REVOKED,
      generalErrors.STALE_VERSION,
    ],
    events: ["api-key.revoked"],
  },
  async (ctx, input: RevokeApiKey): Promise<{ apiKey: ApiKey }> => {
    const organizationId = organizationOf(asAdministrator(ctx.actor));
    new FieldChecks().id("apiKeyId", input.apiKeyId, ApiKey).done();
    return ctx.transaction(async (tx) => {
      await lockCaller(ctx, tx, "api-key.revoke");
      const found = await lockOwnApiKey(tx, organizationId, input.apiKeyId);
      if (!found) throw apiKeyNotFound("apiKeyId");
      const status = apiKeyLifecycle.revoke(found);
      ensureVersion(found, input.expectedVersion);
      const apiKey = await tx.update(ApiKey, found, { status, revokedAt: tx.now });
      tx.record("api-key.revoked", apiKeyEventPayload(apiKey), organizationId);
      return { apiKey };
    });
  },
);
