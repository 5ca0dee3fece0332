import { ApiKeyStatus } from "../../entities/identity/api-key";
import type { ProgrammeRole } from "../../entities/partners/partner";
import type { Reads } from "../database/reads";

/** An active API key found by one of its secrets, with the organization that it works for. */
export interface OrganizationKey {
  apiKeyId: string;
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

/** Finds the active key of a secret and its organization with one statement; expiry is for the caller to judge. */
export async function findKeyBySecret(reads: Reads, hash: string): Promise<OrganizationKey | undefined> {
  const rows = await reads.rows<OrganizationKey>(
    `SELECT api_key.id AS apiKeyId, api_key.name AS name, api_key.permissions AS permissions,
       api_key.expiresAt AS keyExpiresAt, secret.expiresAt AS secretExpiresAt, api_key.organizationId AS organizationId,
       CASE WHEN partner.id IS NULL THEN 'CUSTOMER' ELSE 'PARTNER' END AS kind,
       COALESCE(partner.tenantId, customer.tenantId) AS tenantId, partner.programmeRole AS programmeRole
     FROM api_key_secret secret
     JOIN api_key ON api_key.id = secret.apiKeyId AND api_key.status = ?
     LEFT JOIN partner ON partner.id = api_key.organizationId
     LEFT JOIN customer ON customer.id = api_key.organizationId
     WHERE secret.hash = ?`,
    [ApiKeyStatus.ACTIVE, hash],
  );
  return rows[0];
}
