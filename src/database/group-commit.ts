import { setTimeout as pause } from "node:timers/promises";
import type { Deadline } from "../context/deadline";
import { FairSemaphore, type WaitListener } from "../context/fair-semaphore";
import type { DomainError } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";
import type { Statements } from "./connection";
import { isLocked } from "./database-errors";
import { unknownOutcome } from "./database-refusal";
import { LentConnection } from "./lent-connection";
import type { SqliteConnection } from "./sqlite-connection";
import type { SqliteFileGuard } from "./sqlite-file-guard";

/** The longest delay between two attempts to take the lock that another process holds. */
const MAX_DELAY_MS = 32;

const LOCKED = "Another process is writing to the database file";

/** What one transaction of a group came to, before the group is committed. */
type Outcome<T> = { result: T } | { error: unknown };

/** Transactions that are committed together. */
class Group {
  size = 0;
  /** Whoever is at work is the last one. */
  isDue = false;
  /** Settled once, for all of them. */
  readonly ended: Promise<void>;
  private settle!: { resolve: () => void; reject: (reason: unknown) => void };

  constructor() {
    this.ended = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // Each of them hears of it by waiting; until the first does, nobody has.
    this.ended.catch(() => undefined);
  }

  committed(): void {
    this.settle.resolve();
  }

  failed(reason: unknown): void {
    this.settle.reject(reason);
  }
}

/**
 * Runs transactions on embedded SQLite's one writing connection, one after the other, and commits those that run within one
 * turn of the event loop together: a commit waits for the disk, which takes longer than all else that most of them do.
 * Each is rolled back by itself where it throws, and none returns or throws before the commit.
 */
export class GroupCommit {
  private open?: Group;
  private isAtWork = false;
  private isLockHeldElsewhere = false;
  private waitsForLock = false;
  /** One transaction at a time. */
  private readonly turns: FairSemaphore;

  /** Nobody else may write on the connection. */
  constructor(
    private readonly connection: SqliteConnection,
    private readonly guard: SqliteFileGuard,
    listener: WaitListener = {},
  ) {
    this.turns = new FairSemaphore(1, { ...listener, busy: () => this.whatIsBusy });
  }

  /**
   * Runs the work in a transaction: committed when this returns, rolled back when it throws.
   * @param organizationId organizations that wait have their turns in rounds
   * @throws SERVICE_BUSY its turn did not come before the deadline, or another process wrote until then; the driver's error where the
   * group could not be committed
   * @throws SERVICE_UNAVAILABLE an earlier transaction still cannot be rolled back, or the file was deleted or replaced
   * @throws OUTCOME_UNKNOWN the group was being committed when the disk failed, or when the file was deleted or replaced
   */
  async run<T>(
    work: (connection: Statements) => Promise<T>,
    organizationId: string,
    deadline: Deadline,
  ): Promise<T> {
    await this.turns.enter(organizationId, deadline);
    let group: Group;
    let outcome: Outcome<T>;
    this.isAtWork = true;
    try {
      group = this.open ?? (await this.begin(deadline));
      outcome = await this.attempt(group, work);
      if (group.isDue) await this.commit(group);
    } finally {
      this.isAtWork = false;
      this.turns.leave(organizationId);
    }
    // What it saw may have been another's work, so even a refusal holds only once that is committed.
    await group.ended;
    if ("error" in outcome) throw outcome.error;
    return outcome.result;
  }

  private get whatIsBusy(): string {
    return this.isLockHeldElsewhere ? LOCKED : "Too many changes wait for the database file";
  }

  private async begin(deadline: Deadline): Promise<Group> {
    this.guard.ensurePresent();
    await this.rollBackLeftover();
    await this.beginWithLock(deadline);
    const group = new Group();
    this.open = group;
    setImmediate(() => {
      group.isDue = true;
      if (!this.isAtWork) void this.commit(group);
    });
    return group;
  }

  /**
   * The write lock is taken at once: a transaction that reads first fails if another process writes meanwhile. While one
   * does, the event loop goes on, and so do reads. The refusal is not one that is tried again: the caller has waited enough.
   */
  private async beginWithLock(deadline: Deadline): Promise<void> {
    // Not earlier: migrations run on this connection before, and wait as SQLite does.
    if (!this.waitsForLock) this.connection.failWhereLocked();
    this.waitsForLock = true;
    try {
      for (let delayMs = 1; ; delayMs = Math.min(2 * delayMs, MAX_DELAY_MS)) {
        try {
          return await this.connection.control("BEGIN IMMEDIATE");
        } catch (error) {
          if (!isLocked(error)) throw error;
        }
        this.isLockHeldElsewhere = true;
        if (deadline.remainingMs === 0) throw deadline.busy(LOCKED);
        await pause(Math.min(delayMs, deadline.remainingMs));
      }
    } finally {
      this.isLockHeldElsewhere = false;
    }
  }

  /** The first of a group can be rolled back whole, so that most transactions need no savepoint. */
  private async attempt<T>(group: Group, work: (connection: Statements) => Promise<T>): Promise<Outcome<T>> {
    const isFirst = group.size++ === 0;
    const lent = new LentConnection(this.connection, true);
    try {
      if (!isFirst) await this.connection.control("SAVEPOINT member");
      const result = await work(lent);
      lent.end();
      lent.ensureWhole();
      if (!isFirst) await this.connection.control("RELEASE member");
      return { result };
    } catch (error) {
      lent.end();
      await (isFirst ? this.rollBack(group) : this.rollBackMember(group, error));
      return { error };
    }
  }

  private async rollBackMember(group: Group, error: unknown): Promise<void> {
    try {
      await this.connection.control("ROLLBACK TO member");
      await this.connection.control("RELEASE member");
    } catch {
      // SQLite has undone all of the transaction, as it does when the disk is full: the others' work is lost too.
      await this.rollBack(group, error);
    }
  }

  /** Ends a group whose only transaction threw, or all of whose work is lost, for which there is a reason then. */
  private async rollBack(group: Group, ...lost: [reason?: unknown]): Promise<void> {
    if (this.open === group) this.open = undefined;
    // A group that was opened meanwhile shows that this one's transaction is over. Most rollbacks that fail show the same;
    // what another one leaves open, the next group rolls back first.
    if (!this.open) await this.connection.control("ROLLBACK").catch(() => undefined);
    if (lost.length > 0) group.failed(lost[0]);
    else group.committed();
  }

  /**
   * There is only this one connection, and closing it would not help: libsql holds it, with its lock, until the last
   * prepared statement is collected. So it is used again only when the database says that no transaction is open.
   */
  private async rollBackLeftover(): Promise<void> {
    if (!this.connection.isInTransaction) return;
    await this.connection.control("ROLLBACK").catch(() => undefined);
    if (!this.connection.isInTransaction) return;
    throw generalErrors.SERVICE_UNAVAILABLE(
      "The database cannot undo an earlier change now. Nothing was done; try again.",
      { details: { retryAfterSeconds: 2 } },
    );
  }

  private async commit(group: Group): Promise<void> {
    if (this.open !== group) return;
    this.open = undefined;
    try {
      await this.connection.control("COMMIT");
      if (this.guard.refusal) group.failed(committedElsewhere());
      else group.committed();
    } catch (error) {
      await this.rollBack(group, unknownOutcome(error) ?? error);
    }
  }
}

/** The commit is in a file that has lost its name: it comes back only if that file does. */
function committedElsewhere(): DomainError {
  return generalErrors.OUTCOME_UNKNOWN(
    "The database file was deleted or replaced while committing. Repeat with the same idempotencyKey when the server is well again, or read first.",
  );
}
