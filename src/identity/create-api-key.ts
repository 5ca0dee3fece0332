import { ApiKey, ApiKeyStatus } from "../../entities/identity/api-key";
import { organizationOf } from "../access/actor";
import type { PermissionMatrix } from "../access/permission-matrix";
import { allPermissions } from "../access/permissions";
import { newId } from "../values/ids";
import { daysAfter, type Instant } from "../values/instant";
import { defineMutation } from "../unit-of-work/mutation";
import { FieldChecks } from "../errors/field-checks";
import { generalErrors } from "../errors/general.errors";
import { apiKeyEventPayload } from "./api-key-event-payload";
import { apiKeyErrors } from "./api-key.errors";
import { notToGiveProblem, permissionsToGive } from "./api-key.policy";
import { countActiveKeysLocked } from "./api-key.repository";
import { issueSecret } from "./issue-secret";
import { lockKeyIssuer } from "./key-issuer";
import { type Administrator, asAdministrator } from "./user-administration";

/** The new key: what it is called, what it may do, and when it ends by itself. */
export interface CreateApiKey {
  name: string;
  permissions: string[];
  /** Absent: it lasts until it is revoked. */
  expiresAt?: Instant | null;
  idempotencyKey?: string | null;
}

/** An API key and its new secret, which is told this once. */
export interface ApiKeyWithSecret {
  apiKey: ApiKey;
  secret: string;
}

/** The active API keys that an organization may have. */
const MAX_ACTIVE_KEYS = 100;
const MAX_NAME_LENGTH = 100;
/** Ten years, whichever of them are leap years. */
const MAX_LIFETIME_DAYS = 3_653;

/**
 * Makes an API key of the caller's organization, with permissions out of the caller's own. Its secret is in the answer
 * and nowhere else: we keep a hash.
 */
export const createApiKey = defineMutation(
  {
    name: "createApiKey",
    permission: "api-key.create",
    description:
      "Creates an API key for a service or listener of your organization, with some of your own permissions. Its secret is in this answer and nowhere else; a repeat with the same `idempotencyKey` shows it again. At most 100 active keys. Each permission that you cannot give is refused with the reason, and `details.allowed` lists those that you can.",
    codes: [generalErrors.FIELD_INVALID, apiKeyErrors.API_KEY_LIMIT_REACHED],
    events: ["api-key.created"],
  },
  async (ctx, input: CreateApiKey): Promise<ApiKeyWithSecret> => {
    const creator = asAdministrator(ctx.actor);
    const organizationId = organizationOf(creator);
    return ctx.transaction(async (tx) => {
      checkApiKey(input, await lockKeyIssuer(ctx, tx, "api-key.create"), ctx.matrix, tx.now);
      if ((await countActiveKeysLocked(tx, organizationId)) >= MAX_ACTIVE_KEYS) throw limitReached();
      const given = new Set(input.permissions);
      const apiKey = await tx.insert(ApiKey, {
        id: newId(ApiKey),
        organizationId,
        name: input.name.trim(),
        permissions: allPermissions.filter((permission) => given.has(permission)),
        status: ApiKeyStatus.ACTIVE,
        expiresAt: input.expiresAt ?? null,
        lastUsedAt: null,
        createdBy: creator.userId,
        revokedAt: null,
        createdAt: tx.now,
        updatedAt: tx.now,
        version: 1,
      });
      const secret = await issueSecret(tx, apiKey.id);
      tx.record("api-key.created", apiKeyEventPayload(apiKey), organizationId);
      return { apiKey, secret };
    });
  },
);

function checkApiKey(
  { name, permissions, expiresAt }: CreateApiKey,
  creator: Administrator,
  matrix: PermissionMatrix,
  now: Instant,
): void {
  const checks = new FieldChecks()
    .text("name", name, { max: MAX_NAME_LENGTH })
    .list("permissions", permissions, allPermissions.length);
  const allowed = permissionsToGive(creator, matrix);
  for (const problem of permissionProblems(permissions, creator, matrix)) {
    checks.refusal(generalErrors.FIELD_INVALID(problem, { field: "permissions", details: { allowed } }));
  }
  if (expiresAt && expiresAt <= now)
    checks.field("expiresAt", `expiresAt must be in the future; now it is ${now}.`);
  if (expiresAt && expiresAt > daysAfter(now, MAX_LIFETIME_DAYS)) {
    checks.field(
      "expiresAt",
      "expiresAt must be at most 10 years away; leave it out for a key without an end.",
    );
  }
  checks.done();
}

function permissionProblems(names: string[], creator: Administrator, matrix: PermissionMatrix): string[] {
  if (names.length > allPermissions.length) return [];
  if (names.length === 0) return ["permissions must name at least one; a key without any opens nothing."];
  return [...new Set(names)]
    .map((name) => notToGiveProblem(creator, matrix, name, names.indexOf(name)))
    .filter((problem) => problem !== undefined);
}

function limitReached() {
  return apiKeyErrors.API_KEY_LIMIT_REACHED(
    `Your organization has ${MAX_ACTIVE_KEYS} active API keys, as many as it may. Revoke one that is not used.`,
    { details: { maximum: MAX_ACTIVE_KEYS } },
  );
}
