import { IsNull, MoreThan } from "typeorm";
import { lockHead } from "../events/organization-heads";
import { ApiKey, ApiKeySecret, ApiKeyStatus } from "../../entities/identity/api-key";
import type { ProgrammeRole } from "../../entities/partners/partner";
import type { Caller } from "../access/grant";
import type { Instant } from "../values/instant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { MAX_CANDIDATES } from "../database/keyset-order";
import { type KeysetOrder, type Page, type PageRequest, readPage } from "../database/paging";
import type { Reads } from "../database/reads";
import { inScope, OF_ORGANIZATION, scopeOf } from "../database/scope";
import { byIndex, limit, type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";

const NEWEST_FIRST: KeysetOrder = { name: "apiKey", column: "id", id: "id", direction: "DESC" };

/** An API key found by one of its secrets, with the organization that it works for. */
export interface OrganizationKey {
  apiKeyId: string;
  status: ApiKeyStatus;
  version: number;
  name: string;
  /** A JSON list, as stored. */
  permissions: string;
  keyExpiresAt: string | null;
  secretExpiresAt: string | null;
  kind: "PARTNER" | "CUSTOMER";
  organizationId: string;
  tenantId: string;
  programmeRole: ProgrammeRole | null;
}

/** Finds the key of a secret and its organization with one statement; whether it still works is for the caller to judge. */
export async function findKeyBySecret(reads: Reads, hash: string): Promise<OrganizationKey | undefined> {
  const rows = await reads.rows<OrganizationKey>(
    sql`SELECT api_key.id AS apiKeyId, api_key.status AS status, api_key.version AS version, api_key.name AS name,
       api_key.permissions AS permissions, api_key.expiresAt AS keyExpiresAt, secret.expiresAt AS secretExpiresAt,
       api_key.organizationId AS organizationId,
       CASE WHEN partner.id IS NULL THEN 'CUSTOMER' ELSE 'PARTNER' END AS kind,
       COALESCE(partner.tenantId, customer.tenantId) AS tenantId, partner.programmeRole AS programmeRole
     FROM api_key_secret secret
     JOIN api_key ON api_key.id = secret.apiKeyId
     LEFT JOIN partner ON partner.id = api_key.organizationId
     LEFT JOIN customer ON customer.id = api_key.organizationId
     WHERE secret.hash = ${hash}`,
  );
  return rows[0];
}

/**
 * The API keys that a caller may see: its own organization's. Every read of API keys on behalf of somebody starts
 * here. With a hint they are read by that index.
 */
export function apiKeysVisibleTo(caller: Caller, hint = sql``): Sql {
  const isVisible = inScope(scopeOf(caller, "api-key.read"), OF_ORGANIZATION, sql`api_key`);
  return sql`FROM api_key ${hint} WHERE ${isVisible}`;
}

/** One page of the API keys that the caller may see, newest first; by status as it is now. */
export function pageOfApiKeys(
  ctx: UseCaseContext,
  status: ApiKeyStatus | null | undefined,
  page: PageRequest,
): Promise<Page<ApiKey>> {
  const rest = status ? hasStatus(status, ctx.now()) : undefined;
  const visible = apiKeysVisibleTo(ctx, byIndex("api_key_by_organization_id_id"));
  return readPage(ctx, ApiKey, [visible], NEWEST_FIRST, { page, rest });
}

function hasStatus(status: ApiKeyStatus, now: Instant): Sql {
  const { ACTIVE, EXPIRED, REVOKED } = ApiKeyStatus;
  if (status === REVOKED) return sql`status = ${REVOKED}`;
  return status === EXPIRED
    ? sql`status = ${ACTIVE} AND expiresAt <= ${now}`
    : sql`status = ${ACTIVE} AND (expiresAt IS NULL OR expiresAt > ${now})`;
}

/** The API keys of these ids that the caller may see. */
export function findVisibleApiKeys(caller: Caller, reads: Reads, ids: readonly string[]): Promise<ApiKey[]> {
  return reads.all(ApiKey, sql`${apiKeysVisibleTo(caller)} AND id IN ${ids}`);
}

/** The secrets that work now of those of these keys that the caller may see, newest first. */
export function findLiveSecrets(
  caller: Caller,
  reads: Reads,
  apiKeyIds: readonly string[],
  now: Instant,
): Promise<ApiKeySecret[]> {
  const keys = sql`SELECT id ${apiKeysVisibleTo(caller)} AND id IN ${apiKeyIds} AND ${hasStatus(ApiKeyStatus.ACTIVE, now)}`;
  // Both databases take null, which the newest has, for the smallest.
  return reads.rows(
    sql`SELECT apiKeyId AS apiKeyId, lastCharacters AS lastCharacters, createdAt AS createdAt, expiresAt AS expiresAt
      FROM api_key_secret WHERE apiKeyId IN (${keys}) AND (expiresAt IS NULL OR expiresAt > ${now}) ORDER BY expiresAt${limit(MAX_CANDIDATES)}`,
  );
}

/** An organization's API key, locked until the end of the transaction: two rotations, or a rotation against a revoke. */
export function lockOwnApiKey(tx: Transaction, organizationId: string, id: string): Promise<ApiKey | null> {
  return tx.findOneLocked(ApiKey, { where: { id, organizationId } });
}

/**
 * How many active API keys an organization has, with its head locked until the end of the transaction: who counts in
 * order to add one waits for whoever does the same.
 */
export async function countActiveKeysLocked(tx: Transaction, organizationId: string): Promise<number> {
  await lockHead(tx, organizationId);
  return tx.count(
    sql`FROM api_key WHERE organizationId = ${organizationId} AND ${hasStatus(ApiKeyStatus.ACTIVE, tx.now)}`,
  );
}

/** Stores a key's new secret; it works as long as the key does. */
export async function addSecret(
  tx: Transaction,
  secret: Pick<ApiKeySecret, "apiKeyId" | "hash" | "lastCharacters">,
): Promise<void> {
  await tx.insert(ApiKeySecret, { ...secret, createdAt: tx.now, expiresAt: null });
}

/** Lets a key's newest secret work until an instant, and an older one not any longer. */
export async function endSecrets(tx: Transaction, apiKeyId: string, newestEndsAt: Instant): Promise<void> {
  await tx.updateWhere(ApiKeySecret, { expiresAt: tx.now }, { apiKeyId, expiresAt: MoreThan(tx.now) });
  await tx.updateWhere(ApiKeySecret, { expiresAt: newestEndsAt }, { apiKeyId, expiresAt: IsNull() });
}

/** Writes when API keys were last used, with one statement; never back in time. */
export async function saveUses(tx: Transaction, uses: [apiKeyId: string, at: Instant][]): Promise<void> {
  const at = `CASE id ${uses.map(() => "WHEN ? THEN ?").join(" ")} END`;
  await tx.execute(
    `UPDATE api_key SET lastUsedAt = ${at}
     WHERE id IN (${uses.map(() => "?").join(", ")}) AND (lastUsedAt IS NULL OR lastUsedAt < ${at})`,
    [...uses.flat(), ...uses.map(([id]) => id), ...uses.flat()],
  );
}
