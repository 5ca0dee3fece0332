import { AdminRole, type AgentRole, UserStatus } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import type { Actor } from "../access/actor";
import type { Reads } from "../database/reads";
import { generalErrors } from "../errors/general.errors";
import type { TokenClaims } from "./token-issuers";
import { findOrganizationUser, type OrganizationUser } from "./user.repository";

type Read = <T>(work: (reads: Reads) => Promise<T>) => Promise<T>;

/** How long a found user is believed without looking again: revocation is seen after this at the latest. */
const BELIEVED_MS = 2_000;
const MOST_REMEMBERED = 10_000;

/** Finds out who the bearer of a token is: identity from the token, roles from our database (design.md 8). */
export class ActorDirectory {
  private readonly remembered = new Map<string, { actor: Actor; until: number }>();

  constructor(private readonly read: Read) {}

  /**
   * The actor that a token's claims stand for. At most one statement, and none when asked again within two seconds.
   * @throws USER_UNKNOWN the organization has no such active user
   */
  async actorOf(claims: TokenClaims): Promise<Actor> {
    const key = `${claims.tenantId}\n${claims.subject}`;
    const known = this.remembered.get(key);
    if (known && known.until > performance.now()) return known.actor;
    const found = await this.read((reads) => findOrganizationUser(reads, claims.tenantId, claims.subject));
    const actor = found ? userActor(claims, found) : prospectActor(claims);
    // A prospect becomes a customer's user by accepting, and shall be one at once.
    if (actor.kind !== "PROSPECT") this.remember(key, actor);
    return actor;
  }

  private remember(key: string, actor: Actor): void {
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, { actor, until: performance.now() + BELIEVED_MS });
  }
}

function userActor({ tenantId, subject }: TokenClaims, found: OrganizationUser): Actor {
  if (!found.userId || found.status !== UserStatus.ACTIVE) throw userUnknown();
  const { userId, email, displayName } = found;
  const adminRoles = JSON.parse(found.adminRoles) as AdminRole[];
  const person = { tenantId, subject, email, displayName, userId, adminRoles };
  if (found.kind === "CUSTOMER")
    return { kind: "CUSTOMER_USER", ...person, customerId: found.organizationId };
  return {
    kind: "PARTNER_USER",
    ...person,
    partnerId: found.organizationId,
    programmeRole: found.programmeRole ?? ProgrammeRole.ADVISOR,
    agentRoles: JSON.parse(found.agentRoles) as AgentRole[],
  };
}

function prospectActor({ tenantId, subject, email, displayName, isGlobalAdmin, cloud }: TokenClaims): Actor {
  if (!isGlobalAdmin) throw userUnknown();
  return { kind: "PROSPECT", tenantId, subject, email, displayName, cloud };
}

function userUnknown() {
  return generalErrors.USER_UNKNOWN(
    "The token is good, but its user may not sign in here. An administrator of your organization can help.",
  );
}
