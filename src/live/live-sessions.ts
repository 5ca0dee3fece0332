import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Clock } from "../values/instant";
import type { PermissionMatrix } from "../access/permission-matrix";
import { readHeldPermissions } from "../database/customer-grants";
import type { Database } from "../database/database";
import { DomainError, ErrorKind } from "../errors/domain-error";
import type { ScheduledJob } from "../jobs/scheduled-job";
import { type ActorDirectory, findBearerStates, type BearerState } from "../identity";
import { type AuthenticatedSession, LiveSession } from "./live-session";

/** What the sessions go by; every server has it in its services. */
export interface SessionServices {
  database: Pick<Database, "read">;
  directory: Pick<ActorDirectory, "bearerOf" | "forget">;
  matrix: PermissionMatrix;
  now: Clock;
  tokenClock: Clock;
  log: Logger;
}

/** How often all sessions are looked at: with the time that takes, well within the five seconds that are promised. */
const SWEEP_MS = 2_000;

/**
 * Every signed-in socket and stream of this node. What its callers may do is compared with the database every two
 * seconds, by a job, for all of them at once: callers who have lost their place are disconnected, callers who have lost a role lose what needs
 * it, on every node and whether or not anything happens on the socket.
 */
export class LiveSessions {
  private readonly sessions = new Set<LiveSession>();
  private readonly rechecks = new Map<string, { hasBegun: boolean; done: Promise<void> }>();
  private readonly closing = new AbortController();

  constructor(private readonly services: SessionServices) {}

  /** The job that looks at all sessions again and again. */
  get job(): ScheduledJob {
    return {
      name: "recheckLiveSessions",
      does: "Compares what the callers of live connections may do with the database, and ends or limits those who may no longer do it.",
      intervalMs: SWEEP_MS,
      run: () => this.sweep().catch((error: unknown) => Promise.reject(withoutParameters(error))),
    };
  }

  /** Keeps a session under watch until it leaves. */
  admit(admission: AuthenticatedSession): LiveSession {
    const session = new LiveSession(admission, this.services);
    this.sessions.add(session);
    return session;
  }

  /** How many there are. */
  get count(): number {
    return this.sessions.size;
  }

  /** The other side of a session has gone. */
  leave(session: LiveSession): void {
    session.leave();
    this.sessions.delete(session);
  }

  /**
   * Looks at all sessions now, or at those of one organization. Costs nothing where there is none, and one statement for
   * up to 500 users.
   */
  async sweep(organizationId?: string): Promise<void> {
    const isMeant = (session: LiveSession) => !organizationId || session.organizationId === organizationId;
    const open = [...this.sessions].filter((session) => !session.isOver && isMeant(session));
    if (open.length === 0) return;
    const standings = await this.standingsOf(open);
    const changed = open.filter((session) => session.hasChanged(standingOf(session, standings)));
    const organizations = changed.map(({ organizationId }) => organizationId);
    if (changed.length > 0) this.services.directory.forget(organizations.filter((id) => id !== undefined));
    for (const session of changed) await this.lookUp(session);
    await this.endWithoutGrants(open);
  }

  /** Ends what depends on grants on single customers where the last one has ended; one statement for up to 500 users, none where nothing does. */
  private async endWithoutGrants(open: LiveSession[]): Promise<void> {
    const dependent = open.flatMap((session) => {
      const holderId = session.dependsOnGrantsOf;
      return holderId === undefined ? [] : [{ session, holderId }];
    });
    if (dependent.length === 0) return;
    const { database, now } = this.services;
    const holderIds = [...new Set(dependent.map(({ holderId }) => holderId))];
    const isHeld = await database.read((reads) => readHeldPermissions(reads, holderIds, now()));
    for (const { session, holderId } of dependent)
      session.keepGranted((permission) => isHeld(holderId, permission));
  }

  /**
   * Looks at the sessions of an organization whose users or keys have changed, and goes on trying until it is done: what
   * happened after the change is not told before.
   */
  recheck(organizationId: string): Promise<void> {
    const running = this.rechecks.get(organizationId);
    if (running && !running.hasBegun) return running.done;
    const recheck = { hasBegun: false, done: Promise.resolve() };
    const begin = async () => {
      recheck.hasBegun = true;
      await this.sweepInTheEnd(organizationId);
      if (this.rechecks.get(organizationId) === recheck) this.rechecks.delete(organizationId);
    };
    // In a moment, so that all executions of the organization that come to the same event ask once.
    recheck.done = new Promise((resolve) => setImmediate(resolve)).then(begin);
    this.rechecks.set(organizationId, recheck);
    return recheck.done;
  }

  /** Stops looking. */
  close(): void {
    this.closing.abort();
  }

  private async standingsOf(open: LiveSession[]): Promise<Map<string, BearerState>> {
    const userIds = new Set<string>();
    const keyHashes = new Set<string>();
    for (const { watchedAs } of open) {
      if (!watchedAs) continue;
      if ("userId" in watchedAs) userIds.add(watchedAs.userId);
      else keyHashes.add(watchedAs.keyHash);
    }
    if (userIds.size + keyHashes.size === 0) return new Map();
    const question = { userIds: [...userIds], keyHashes: [...keyHashes] };
    return this.services.database.read((reads) => findBearerStates(reads, question));
  }

  /** Only a plain no puts somebody out: a database that is away says nothing about anybody. */
  private async lookUp(session: LiveSession): Promise<void> {
    try {
      session.becomes(await this.services.directory.bearerOf(session.credential));
    } catch (error) {
      if (!isKind(error, ErrorKind.UNAUTHENTICATED)) return this.failed(error);
      this.services.log.info({ code: error.code }, "a live session was ended");
      session.end(error);
    }
  }

  /** The error itself is not logged: it bears the statement's parameters, among them hashes of keys. */
  private failed(error: unknown): void {
    const { name, message } = error as Error;
    this.services.log.warn({ error: name, message }, "live sessions could not be looked at; trying again");
  }

  private async sweepInTheEnd(organizationId: string): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        return await this.sweep(organizationId);
      } catch (error) {
        this.failed(error);
        await pause(SWEEP_MS, undefined, { ref: false, signal }).catch(() => undefined);
      }
    }
  }
}

/** An error that may be logged: a failed statement's own bears its parameters, among them hashes of keys. */
function withoutParameters(error: unknown): Error {
  const { name, message } = error as Error;
  return new Error(`Live sessions could not be looked at: ${name}: ${message}`);
}

function standingOf(
  { watchedAs }: LiveSession,
  standings: Map<string, BearerState>,
): BearerState | undefined {
  if (!watchedAs) return undefined;
  return standings.get("userId" in watchedAs ? watchedAs.userId : watchedAs.keyHash);
}

function isKind(error: unknown, kind: ErrorKind): error is DomainError {
  return error instanceof DomainError && error.kind === kind;
}
