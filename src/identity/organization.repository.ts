import type { ProgrammeRole } from "../../entities/partners/partner";
import type { Reads } from "../database/reads";

/** A partner or customer, as far as its users' roles depend on it. */
export interface Organization {
  id: string;
  kind: "PARTNER" | "CUSTOMER";
  name: string;
  tenantId: string;
  domain: string;
  programmeRole: ProgrammeRole | null;
}

const ORGANIZATIONS = `
  SELECT 'PARTNER' AS kind, id, name, tenantId, domain, programmeRole FROM partner WHERE CONDITION
  UNION ALL SELECT 'CUSTOMER', id, companyName, tenantId, domain, NULL FROM customer WHERE CONDITION`;

/** The partner or customer of this id, whoever asks: for the program's own commands. */
export async function findOrganization(reads: Reads, id: string): Promise<Organization | undefined> {
  const rows = await reads.rows<Organization>(ORGANIZATIONS.replaceAll("CONDITION", "id = ?"), [id, id]);
  return rows[0];
}

/** The partners and customers that have this tenant id or this domain, whoever asks: for the program's own commands. */
export function findOrganizationsLike(
  reads: Reads,
  { tenantId, domain }: Pick<Organization, "tenantId" | "domain">,
): Promise<Organization[]> {
  const sql = ORGANIZATIONS.replaceAll("CONDITION", "tenantId = ? OR domain = ?");
  return reads.rows<Organization>(sql, [tenantId, domain, tenantId, domain]);
}
