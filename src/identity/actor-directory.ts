import { ApiKeyStatus } from "../../entities/identity/api-key";
import { AdminRole, type AgentRole, UserStatus } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import { type Actor, type CustomerKeyActor, organizationOf, type PartnerKeyActor } from "../access/actor";
import { canBeExtended } from "../access/grant";
import type { PermissionMatrix } from "../access/permission-matrix";
import type { Clock } from "../values/instant";
import type { Reads } from "../database/reads";
import { generalErrors } from "../errors/general.errors";
import { ApiKeyRefused } from "./api-key-refused";
import { findKeyBySecret, type OrganizationKey } from "./api-key.repository";
import type { ApiKeyUses } from "./record-api-key-use";
import { BoundedCache } from "../context/bounded-cache";
import type { TokenClaims } from "./token-issuers";
import { findOrganizationUser, type OrganizationUser } from "./user.repository";

type Read = <T>(work: (reads: Reads) => Promise<T>) => Promise<T>;

/** What a caller showed and we believe: a good token's claims, or the hash of a well-formed API key. */
export type Credential = { kind: "TOKEN"; claims: TokenClaims } | { kind: "API_KEY"; hash: string };

/** Who bears a credential, and until when it lasts, in milliseconds since 1970; for ever where that is absent. */
export interface Bearer {
  actor: Actor;
  expiresAt?: number;
  /** The version of the user's or key's row that this was read from; a prospect has none. */
  version?: number;
}

/** What the directory works with. */
export interface DirectoryOptions {
  read: Read;
  matrix: PermissionMatrix;
  now: Clock;
  /** Told of each use of an API key. */
  keyUses?: ApiKeyUses;
  /** Binds the person behind a token to the user that was invited by its e-mail address; without it nobody joins. */
  join?: (claims: TokenClaims, organizationId: string, requestId: string) => Promise<void>;
}

/** How long a found user or key is believed without looking again: revocation is seen after this at the latest. */
const MAX_AGE_MS = 2_000;
const MAX_CACHED_BEARERS = 10_000;
/** For this long a credential whose bearer was found is told apart from one that nobody has seen. */
const FAMILIAR_MS = 600_000;

/** Finds out who bears a token or an API key: identity from the token, rights from our database. */
export class ActorDirectory {
  private readonly remembered = new BoundedCache<string, Bearer>({
    ...{ ttlMs: MAX_AGE_MS, maxEntries: MAX_CACHED_BEARERS },
  });
  private readonly foundLately = new BoundedCache<string, true>({
    ...{ ttlMs: FAMILIAR_MS, maxEntries: MAX_CACHED_BEARERS },
  });
  private timesForgotten = 0;

  constructor(private readonly options: DirectoryOptions) {}

  /**
   * Who bears a credential. At most one statement, and none when asked again within two seconds.
   * @throws TENANT_UNKNOWN, USER_UNKNOWN, USER_INACTIVE the token is good but nobody here bears it
   * @throws API_KEY_INVALID there is no such key, or it was revoked or has expired
   */
  async bearerOf(credential: Credential, requestId = "sign-in"): Promise<Bearer> {
    const key = memoryKey(credential);
    const known = this.remembered.get(key);
    const bearer = known && !this.hasEnded(known) ? known : await this.lookUp(key, credential, requestId);
    if (isKey(bearer.actor)) this.options.keyUses?.note(bearer.actor.apiKeyId, this.options.now());
    return bearer;
  }

  /**
   * Whether the bearer of this credential was found within the last ten minutes. Asks nobody, so it allows nothing: it
   * only tells whether looking is worth the work.
   */
  isFamiliar(credential: Credential): boolean {
    return this.foundLately.get(memoryKey(credential)) === true;
  }

  /** Looks again, at the next question, who works for these organizations: their users or keys have changed. */
  forget(organizationIds: Iterable<string>): void {
    this.timesForgotten++;
    const changed = new Set(organizationIds);
    this.remembered.remove(({ actor }) => changed.has(organizationOf(actor) ?? ""));
  }

  private async lookUp(key: string, credential: Credential, requestId: string): Promise<Bearer> {
    const { timesForgotten } = this;
    const bearer =
      credential.kind === "TOKEN"
        ? await this.bearerOfToken(credential.claims, requestId)
        : await this.bearerOfKey(credential.hash);
    this.foundLately.set(key, true);
    // A prospect becomes a customer's user by accepting, and shall be one at once. And what was read while something
    // changed may be from before the change.
    if (bearer.actor.kind !== "PROSPECT" && timesForgotten === this.timesForgotten)
      this.remembered.set(key, bearer);
    return bearer;
  }

  private async bearerOfToken(claims: TokenClaims, requestId: string): Promise<Bearer> {
    const { read, join } = this.options;
    const find = () => read((reads) => findOrganizationUser(reads, claims));
    let found = await find();
    if (found?.invitedUserId && !found.userId && join) {
      await join(claims, found.organizationId, requestId);
      // Also when it did not: the same person's first two requests may have come at once.
      found = await find();
    }
    const actor = found
      ? userActor(claims, found, this.options.matrix)
      : prospectActor(claims, this.options.matrix);
    return { actor, expiresAt: claims.expiresAt, version: found?.version ?? undefined };
  }

  private async bearerOfKey(hash: string): Promise<Bearer> {
    const found = await this.options.read((reads) => findKeyBySecret(reads, hash));
    if (!found) throw new ApiKeyRefused("unknown");
    const { apiKeyId, status, version, keyExpiresAt, secretExpiresAt } = found;
    if (status !== ApiKeyStatus.ACTIVE) throw new ApiKeyRefused("revoked", apiKeyId);
    const [end] = [keyExpiresAt, secretExpiresAt].filter((at) => at !== null).sort();
    const expiresAt = end === undefined ? undefined : Date.parse(end);
    const bearer = { actor: keyActor(found, this.options.matrix), expiresAt, version };
    if (this.hasEnded(bearer))
      throw new ApiKeyRefused(end === keyExpiresAt ? "expired" : "rotated out", apiKeyId);
    return bearer;
  }

  /** A token's end is the endpoint's to watch; a key ends by our own clock. */
  private hasEnded({ actor, expiresAt = Infinity }: Bearer): boolean {
    return isKey(actor) && expiresAt <= Date.parse(this.options.now());
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
  const actor = {
    kind: "PARTNER_USER",
    ...person,
    permissions,
    partnerId,
    programmeRole,
    agentRoles,
  } as const;
  return canBeExtended(permissions) ? { ...actor, grantHolderId: userId } : actor;
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

function isKey(actor: Actor): actor is PartnerKeyActor | CustomerKeyActor {
  return actor.kind === "PARTNER_KEY" || actor.kind === "CUSTOMER_KEY";
}
