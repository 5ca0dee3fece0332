import { AdminRole, type AgentRole, UserStatus } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import { type Actor, organizationOf } from "../access/actor";
import type { PermissionMatrix } from "../access/permission-matrix";
import type { Clock } from "../context/instant";
import type { Reads } from "../database/reads";
import { generalErrors } from "../errors/general.errors";
import { findKeyBySecret, type OrganizationKey } from "./api-key.repository";
import type { TokenClaims } from "./token-issuers";
import { findOrganizationUser, type OrganizationUser } from "./user.repository";

type Read = <T>(work: (reads: Reads) => Promise<T>) => Promise<T>;

/** What a caller showed and we believe: a good token's claims, or the hash of a well-formed API key. */
export type Credential = { kind: "TOKEN"; claims: TokenClaims } | { kind: "API_KEY"; hash: string };

/** Who bears a credential, and until when it lasts, in milliseconds since 1970; for ever where that is absent. */
export interface Bearer {
  actor: Actor;
  expiresAt?: number;
}

/** What the directory works with. */
export interface DirectoryOptions {
  read: Read;
  matrix: PermissionMatrix;
  now: Clock;
}

/** How long a found user or key is believed without looking again: revocation is seen after this at the latest. */
const BELIEVED_MS = 2_000;
const MOST_REMEMBERED = 10_000;

/** Finds out who bears a token or an API key: identity from the token, rights from our database (design.md 8). */
export class ActorDirectory {
  private readonly remembered = new Map<string, { bearer: Bearer; until: number }>();

  constructor(private readonly options: DirectoryOptions) {}

  /**
   * Who bears a credential. At most one statement, and none when asked again within two seconds.
   * @throws TENANT_UNKNOWN, USER_UNKNOWN, USER_INACTIVE the token is good but nobody here bears it
   * @throws API_KEY_INVALID there is no such key, or it was revoked or has expired
   */
  async bearerOf(credential: Credential): Promise<Bearer> {
    const key = memoryKey(credential);
    const known = this.remembered.get(key);
    if (known && known.until > performance.now()) return this.stillGood(known.bearer);
    const bearer =
      credential.kind === "TOKEN"
        ? await this.bearerOfToken(credential.claims)
        : await this.bearerOfKey(credential.hash);
    // A prospect becomes a customer's user by accepting, and shall be one at once.
    if (bearer.actor.kind !== "PROSPECT") this.remember(key, bearer);
    return bearer;
  }

  /** Looks again, at the next question, who works for these organizations: their users or keys have changed. */
  forget(organizationIds: Iterable<string>): void {
    const changed = new Set(organizationIds);
    for (const [key, { bearer }] of this.remembered) {
      if (changed.has(organizationOf(bearer.actor) ?? "")) this.remembered.delete(key);
    }
  }

  private async bearerOfToken(claims: TokenClaims): Promise<Bearer> {
    const found = await this.options.read((reads) => findOrganizationUser(reads, claims));
    const actor = found
      ? userActor(claims, found, this.options.matrix)
      : prospectActor(claims, this.options.matrix);
    return { actor, expiresAt: claims.expiresAt };
  }

  private async bearerOfKey(hash: string): Promise<Bearer> {
    const found = await this.options.read((reads) => findKeyBySecret(reads, hash));
    if (!found) throw keyInvalid();
    const ends = [found.keyExpiresAt, found.secretExpiresAt].filter((end) => end !== null).sort();
    const bearer = {
      actor: keyActor(found, this.options.matrix),
      expiresAt: ends[0] ? Date.parse(ends[0]) : undefined,
    };
    return this.stillGood(bearer);
  }

  /** A token's end is the door's to watch; a key ends by our own clock. */
  private stillGood(bearer: Bearer): Bearer {
    const { actor, expiresAt = Infinity } = bearer;
    const isKey = actor.kind === "PARTNER_KEY" || actor.kind === "CUSTOMER_KEY";
    if (isKey && expiresAt <= Date.parse(this.options.now())) throw keyInvalid();
    return bearer;
  }

  private remember(key: string, bearer: Bearer): void {
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, { bearer, until: performance.now() + BELIEVED_MS });
  }
}

function memoryKey(credential: Credential): string {
  if (credential.kind === "API_KEY") return credential.hash;
  const { cloud, tenantId, subject, expiresAt } = credential.claims;
  return [cloud, tenantId, subject, expiresAt].join("\n");
}

function userActor(
  { tenantId, subject }: TokenClaims,
  found: OrganizationUser,
  matrix: PermissionMatrix,
): Actor {
  const { userId, email, displayName } = found;
  if (!userId) {
    throw generalErrors.USER_UNKNOWN(
      "The token is good, but your organization has no such user here. Its administrator can add you.",
    );
  }
  if (found.status !== UserStatus.ACTIVE) {
    throw generalErrors.USER_INACTIVE(
      "Your user has been deactivated. An administrator of your organization can help.",
    );
  }
  const adminRoles = JSON.parse(found.adminRoles) as AdminRole[];
  const person = { tenantId, subject, email: email ?? "", displayName, userId, adminRoles };
  if (found.kind === "CUSTOMER") {
    const permissions = matrix.permissionsOf({ side: "CUSTOMER", roles: adminRoles });
    return { kind: "CUSTOMER_USER", ...person, permissions, customerId: found.organizationId };
  }
  const programmeRole = found.programmeRole ?? ProgrammeRole.ADVISOR;
  const agentRoles = JSON.parse(found.agentRoles) as AgentRole[];
  const roles = [...agentRoles, ...adminRoles];
  const permissions = matrix.permissionsOf({ side: "PARTNER", programmeRole, roles });
  const partnerId = found.organizationId;
  return { kind: "PARTNER_USER", ...person, permissions, partnerId, programmeRole, agentRoles };
}

function prospectActor(claims: TokenClaims, matrix: PermissionMatrix): Actor {
  const { tenantId, subject, email, displayName, isGlobalAdmin, cloud } = claims;
  if (!isGlobalAdmin) {
    throw generalErrors.TENANT_UNKNOWN(
      "The token is good, but your organization is not known here. Its Global admin can accept an invitation.",
    );
  }
  const permissions = matrix.permissionsOf({ side: "PROSPECT" });
  return { kind: "PROSPECT", tenantId, subject, email, displayName, cloud, permissions };
}

/** What the organization may no longer have, by its programme role or the operator's table, its keys may not use. */
function keyActor(found: OrganizationKey, matrix: PermissionMatrix): Actor {
  const { apiKeyId, name: displayName, tenantId, organizationId } = found;
  const programmeRole = found.programmeRole ?? ProgrammeRole.ADVISOR;
  const most = matrix.mostOfKeys(
    found.kind === "PARTNER" ? { side: "PARTNER", programmeRole } : { side: "CUSTOMER" },
  );
  const given = new Set(JSON.parse(found.permissions) as string[]);
  const permissions = new Set([...most].filter((permission) => given.has(permission)));
  const key = { apiKeyId, displayName, tenantId, permissions };
  return found.kind === "PARTNER"
    ? { kind: "PARTNER_KEY", ...key, partnerId: organizationId, programmeRole }
    : { kind: "CUSTOMER_KEY", ...key, customerId: organizationId };
}

function keyInvalid() {
  return generalErrors.API_KEY_INVALID(
    "The API key is not valid: unknown, revoked or expired. A Global admin of your organization can make a new one.",
  );
}
