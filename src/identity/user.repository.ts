import { AdminRole, User, UserStatus } from "../../entities/identity/user";
import type { ProgrammeRole } from "../../entities/partners/partner";
import { organizationOf } from "../access/actor";
import type { Caller } from "../access/grant";
import { newId } from "../values/ids";
import { emailAddressProblem, normalizeEmailAddress } from "../values/email-address";
import type { Reads } from "../database/reads";
import { inScope, OF_ORGANIZATION, scopeOf } from "../database/scope";
import { type Sql, sql } from "../database/sql";
import { organizationOfTenant } from "../organizations";
import type { Transaction } from "../unit-of-work/transaction";
import type { TokenClaims } from "./token-issuers";
import { begin } from "./user.lifecycle";

/** An organization found by its tenant id, with the signed-in person's user in it, if there is one. */
export interface OrganizationUser {
  kind: "PARTNER" | "CUSTOMER";
  organizationId: string;
  programmeRole: ProgrammeRole | null;
  userId: string | null;
  email: string | null;
  displayName: string;
  status: UserStatus;
  version: number | null;
  /** JSON lists, as stored. */
  agentRoles: string;
  adminRoles: string;
  /** The user that waits for somebody with the token's e-mail address to sign in for the first time. */
  invitedUserId: string | null;
}

/**
 * Finds organization and user of a token with one statement; nothing when the organization is not known. An issuer
 * speaks for organizations of its own cloud only.
 */
export async function findOrganizationUser(
  reads: Reads,
  { cloud, tenantId, subject, email }: Pick<TokenClaims, "cloud" | "tenantId" | "subject" | "email">,
): Promise<OrganizationUser | undefined> {
  const rows = await reads.rows<OrganizationUser>(
    sql`SELECT org.kind AS kind, org.id AS organizationId, org.programmeRole AS programmeRole, person.id AS userId,
       person.email AS email, person.displayName AS displayName, person.status AS status, person.version AS version,
       person.agentRoles AS agentRoles, person.adminRoles AS adminRoles, invited.id AS invitedUserId
     FROM (${organizationOfTenant(cloud, tenantId)}) org
     LEFT JOIN user_account person ON person.organizationId = org.id AND person.subject = ${subject}
     LEFT JOIN user_account invited ON invited.organizationId = org.id AND invited.email = ${normalizeEmailAddress(email)}
       AND invited.subject IS NULL AND invited.status = ${UserStatus.INVITED}`,
  );
  return rows[0];
}

/** The user that an identity provider's person has in an organization. */
export function findUserBySubject(
  reads: Reads,
  organizationId: string,
  subject: string,
): Promise<User | null> {
  return reads.findOne(User, { where: { organizationId, subject } });
}

/** Who a new user is and what it may do. */
export type NewUser = Pick<
  User,
  "organizationId" | "subject" | "email" | "displayName" | "agentRoles" | "adminRoles"
>;

/**
 * Writes a new user: active where its subject is known, else invited. An e-mail address that is none, as an issuer may
 * tell it, is not kept. For other use cases, in their transaction.
 */
export function insertUser(tx: Transaction, user: NewUser): Promise<User> {
  const email = user.email === null ? null : normalizeEmailAddress(user.email);
  const row = {
    ...user,
    id: newId(User),
    email: email === null || emailAddressProblem(email) ? null : email,
    status: begin(user),
    createdAt: tx.now,
    updatedAt: tx.now,
    version: 1,
  };
  return tx.insert(User, row);
}

/** The roles of the person who makes an organization known. */
export const FIRST_USER_ROLES = { agentRoles: [], adminRoles: [AdminRole.GLOBAL_ADMIN] };

/**
 * The users that a caller may see: all of its organization with the permission for it, else only itself. Every read of
 * users on behalf of somebody starts here. With a hint they are read by that index.
 */
export function usersVisibleTo(caller: Caller, hint = sql``): Sql {
  const { actor } = caller;
  const scope = scopeOf(caller, "user.read");
  const from = sql`FROM user_account ${hint} WHERE`;
  if (scope.kind !== "NONE") return sql`${from} ${inScope(scope, OF_ORGANIZATION, sql`user_account`)}`;
  const self = "userId" in actor ? actor.userId : "";
  return sql`${from} organizationId = ${organizationOf(actor) ?? ""} AND id = ${self}`;
}

/** The users of these ids that the caller may see. */
export function findVisibleUsers(caller: Caller, reads: Reads, ids: readonly string[]): Promise<User[]> {
  return reads.all(User, sql`${usersVisibleTo(caller)} AND id IN ${ids}`);
}

/** The same, locked until the end of the transaction. */
export function lockVisibleUsers(caller: Caller, tx: Transaction, ids: readonly string[]): Promise<User[]> {
  return tx.all(User, tx.locked(sql`${usersVisibleTo(caller)} AND id IN ${ids}`));
}

/** The same with every Global admin that the caller may see besides, locked in the order of their ids. */
export function lockUsersWithGlobalAdmins(
  caller: Caller,
  tx: Transaction,
  ids: readonly string[],
): Promise<User[]> {
  const globalAdmins = sql`adminRoles LIKE ${`%"${AdminRole.GLOBAL_ADMIN}"%`}`;
  const found = sql`${usersVisibleTo(caller)} AND (id IN ${ids} OR ${globalAdmins}) ORDER BY id`;
  return tx.all(User, tx.locked(found));
}

/** The users of an organization that have this e-mail address or this subject. */
export function findUsersLike(
  reads: Reads,
  organizationId: string,
  { email, subject }: Pick<User, "email" | "subject">,
): Promise<User[]> {
  return reads.all(
    User,
    sql`FROM user_account WHERE organizationId = ${organizationId} AND (email = ${email} OR subject = ${subject})`,
  );
}

/** The user of an organization with this e-mail address, locked until the end of the transaction. */
export function lockUserByEmail(
  tx: Transaction,
  organizationId: string,
  email: string,
): Promise<User | null> {
  return tx.findOneLocked(User, { where: { organizationId, email } });
}
