import { type Actor, callerKey, organizationOf } from "../access/actor";
import { ensureMayUse, mayUse } from "../access/allow";
import { grantHolderOf, isPerCustomer } from "../access/grant";
import type { Permission } from "../access/permissions";
import type { PermissionMatrix } from "../access/permission-matrix";
import type { Clock } from "../values/instant";
import { generalErrors } from "../errors/general.errors";
import type { Bearer, Credential, BearerState } from "../identity";
import type { LiveOperation } from "./live-operation";

/** Who came in, by what, and how to put them out. */
export interface AuthenticatedSession {
  credential: Credential;
  bearer: Bearer;
  /** Closes the socket and says why; live operations end with the same refusal by themselves. */
  onEnd: (refusal: unknown) => void;
}

/** What a session goes by. */
export interface SessionRules {
  matrix: PermissionMatrix;
  now: Clock;
  tokenClock: Clock;
}

/** Node's timers hold at most 24.8 days; what lasts longer is looked at again then. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One signed-in socket or stream, for as long as its caller may have it. */
export class LiveSession {
  /** Whether it has been ended, though the other side may not have hung up yet. */
  isOver = false;
  private refusal: unknown;
  private readonly operations = new Set<LiveOperation>();
  private bearer: Bearer;
  private isDoubtful = false;
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    private readonly admission: AuthenticatedSession,
    private readonly rules: SessionRules,
  ) {
    this.bearer = admission.bearer;
    this.watchExpiry();
  }

  get credential(): Credential {
    return this.admission.credential;
  }

  /** Who its caller is now. */
  get actor(): Actor {
    return this.bearer.actor;
  }

  get organizationId(): string | undefined {
    return organizationOf(this.bearer.actor);
  }

  /** By what its standing is asked for: a user's id or a secret's hash. Nothing is written of a prospect. */
  get watchedAs(): { userId: string } | { keyHash: string } | undefined {
    const { actor } = this.bearer;
    if (this.credential.kind === "API_KEY") return { keyHash: this.credential.hash };
    return "userId" in actor ? { userId: actor.userId } : undefined;
  }

  /** Whether its caller must be looked up anew, given how they stand now: undefined for one who is gone. */
  hasChanged(state: BearerState | undefined): boolean {
    if (this.isDoubtful || this.msLeft() <= 0) return true;
    if (!this.watchedAs) return false;
    const { version, expiresAt } = this.bearer;
    const endsAsBefore = this.credential.kind === "TOKEN" || state?.expiresAt === expiresAt;
    return !state?.active || state.version !== version || !endsAsBefore;
  }

  /** Its caller was looked up anew: what they may not hear any more ends, the rest goes on. */
  becomes(bearer: Bearer): void {
    if (this.isOver) return;
    this.bearer = bearer;
    this.isDoubtful = false;
    this.watchExpiry();
    for (const operation of this.operations) {
      this.endIfForbidden(operation, bearer.actor);
      operation.actsAs(bearer.actor);
    }
  }

  /** The user whose grants on single customers let it hear something that its roles do not; undefined where there is none to ask about. */
  get dependsOnGrantsOf(): string | undefined {
    const { actor } = this.bearer;
    const isDependent = [...this.operations].some(({ permissions }) =>
      permissions.some((permission) => !mayUse(actor, permission)),
    );
    return isDependent ? grantHolderOf(actor) : undefined;
  }

  /** Ends what its caller may hear about no customer any more, given which permissions its grants give. */
  keepGranted(isGranted: (permission: Permission) => boolean): void {
    for (const operation of this.operations) this.endIfForbidden(operation, this.bearer.actor, isGranted);
  }

  /**
   * An operation is about to begin as this actor. Where that is not whom we know (a prospect has become a customer's
   * user, a role is newer than our knowledge) it is looked up soon.
   */
  actsAs(actor: Actor): void {
    const known = this.bearer.actor;
    this.isDoubtful ||=
      callerKey(actor) !== callerKey(known) || ("permissions" in actor && !sameRights(actor, known));
  }

  /** Keeps a live operation under watch until it is over. */
  watch(operation: LiveOperation): void {
    if (this.isOver) return this.stop(operation);
    if (operation.isOver) return;
    this.operations.add(operation);
    operation.onOver = () => this.operations.delete(operation);
  }

  /** Puts the caller out, once: nothing is read for it any more, even if it does not hang up. */
  end(refusal: unknown): void {
    if (this.isOver) return;
    this.refusal = refusal;
    this.admission.onEnd(refusal);
    this.leave();
  }

  /** The other side has gone. */
  leave(): void {
    this.isOver = true;
    clearTimeout(this.expiry);
    for (const operation of this.operations) this.stop(operation);
  }

  private stop(operation: LiveOperation): void {
    if (this.refusal === undefined) void operation.return();
    else operation.endWith(this.refusal);
  }

  private endIfForbidden(
    operation: LiveOperation,
    actor: Actor,
    isGranted = (permission: Permission) => mayBeGranted(actor, permission),
  ): void {
    try {
      for (const permission of operation.permissions)
        if (!isGranted(permission)) ensureMayUse(actor, permission, this.rules.matrix);
    } catch (refusal) {
      operation.endWith(refusal);
    }
  }

  private msLeft(): number {
    const { expiresAt = Infinity } = this.bearer;
    const { now, tokenClock } = this.rules;
    return expiresAt - Date.parse(this.credential.kind === "TOKEN" ? tokenClock() : now());
  }

  private watchExpiry(): void {
    clearTimeout(this.expiry);
    const left = this.msLeft();
    if (left === Infinity) return;
    // The timer does not follow a clock that is set back: when it goes off, there may be time left.
    const look = () => (this.msLeft() > 0 ? this.watchExpiry() : this.end(expired(this.credential)));
    this.expiry = setTimeout(look, Math.min(left, MAX_TIMER_MS));
  }
}

/** Whether grants on single customers decide: they are looked at separately. */
function mayBeGranted(actor: Actor, permission: Permission): boolean {
  return grantHolderOf(actor) !== undefined && isPerCustomer(permission);
}

function sameRights(actor: Actor, known: Actor): boolean {
  const [now, before] = [actor, known].map((one) => ("permissions" in one ? one.permissions : undefined));
  return now === before || (now?.size === before?.size && [...(now ?? [])].every((one) => before?.has(one)));
}

function expired(credential: Credential) {
  return credential.kind === "TOKEN"
    ? generalErrors.TOKEN_EXPIRED("The bearer token has expired. Get a new one.")
    : generalErrors.API_KEY_INVALID(
        "The API key has expired. A Global admin of your organization can make one.",
      );
}
