import { AdminRole, User, UserStatus } from "../../entities/identity/user";
import type { ProgrammeRole } from "../../entities/partners/partner";
import { newId } from "../context/ids";
import type { Reads } from "../database/reads";
import type { Transaction } from "../database/transaction";
import type { TokenClaims } from "./token-issuers";

/** An organization found by its tenant id, with the signed-in person's user in it, if there is one. */
export interface OrganizationUser {
  kind: "PARTNER" | "CUSTOMER";
  organizationId: string;
  programmeRole: ProgrammeRole | null;
  userId: string | null;
  email: string | null;
  displayName: string;
  status: UserStatus;
  /** JSON lists, as stored. */
  agentRoles: string;
  adminRoles: string;
}

/**
 * Finds organization and user of a token with one statement; nothing when the organization is not known. An issuer
 * speaks for organizations of its own cloud only.
 */
export async function findOrganizationUser(
  reads: Reads,
  { cloud, tenantId, subject }: Pick<TokenClaims, "cloud" | "tenantId" | "subject">,
): Promise<OrganizationUser | undefined> {
  const rows = await reads.rows<OrganizationUser>(
    `SELECT org.kind AS kind, org.id AS organizationId, org.programmeRole AS programmeRole, person.id AS userId,
       person.email AS email, person.displayName AS displayName, person.status AS status,
       person.agentRoles AS agentRoles, person.adminRoles AS adminRoles
     FROM (SELECT 'PARTNER' AS kind, id, programmeRole FROM partner WHERE tenantId = ? AND cloud = ?
           UNION ALL SELECT 'CUSTOMER', id, NULL FROM customer WHERE tenantId = ? AND cloud = ?) org
     LEFT JOIN user_account person ON person.organizationId = org.id AND person.subject = ?`,
    [tenantId, cloud, tenantId, cloud, subject],
  );
  return rows[0];
}

/** The user that an identity provider's person has in an organization. */
export function findUserBySubject(
  reads: Reads,
  organizationId: string,
  subject: string,
): Promise<User | null> {
  return reads
    .from(User, "person")
    .where("person.organizationId = :organizationId AND person.subject = :subject", {
      organizationId,
      subject,
    })
    .getOne();
}

/** Who a new user is and what it may do. */
export type NewUser = Pick<
  User,
  "organizationId" | "subject" | "email" | "displayName" | "agentRoles" | "adminRoles"
>;

/** Writes a new, active user. For other use cases, in their transaction. */
export function createUser(tx: Transaction, user: NewUser): Promise<User> {
  const row = {
    id: newId("user"),
    status: UserStatus.ACTIVE,
    createdAt: tx.now,
    updatedAt: tx.now,
    version: 1,
  };
  return tx.insert(User, { ...row, ...user });
}

/** The roles of the person who makes an organization known. */
export const FIRST_USER_ROLES = { agentRoles: [], adminRoles: [AdminRole.GLOBAL_ADMIN] };
