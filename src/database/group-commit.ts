import type { Admission } from "./admission";
import type { Connection } from "./connection";

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

  /** `admission` has one place; nobody else may write on the connection. */
  constructor(
    private readonly connection: Connection,
    private readonly admission: Admission,
  ) {}

  /**
   * Runs the work in a transaction: committed when this returns, rolled back when it throws.
   * @throws SERVICE_BUSY its turn did not come in time; the driver's error where the group could not be committed
   */
  async run<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    await this.admission.enter();
    let group: Group;
    let outcome: Outcome<T>;
    this.isAtWork = true;
    try {
      group = this.open ?? (await this.begin());
      outcome = await this.attempt(group, work);
      if (group.isDue) await this.commit(group);
    } finally {
      this.isAtWork = false;
      this.admission.leave();
    }
    // What it saw may have been another's work, so even a refusal holds only once that is committed.
    await group.ended;
    if ("error" in outcome) throw outcome.error;
    return outcome.result;
  }

  private async begin(): Promise<Group> {
    // The write lock is taken at once: a transaction that reads first fails if another process writes meanwhile.
    await this.connection.control("BEGIN IMMEDIATE");
    const group = new Group();
    this.open = group;
    setImmediate(() => {
      group.isDue = true;
      if (!this.isAtWork) void this.commit(group);
    });
    return group;
  }

  /** The first of a group can be rolled back whole, so that most transactions need no savepoint. */
  private async attempt<T>(group: Group, work: (connection: Connection) => Promise<T>): Promise<Outcome<T>> {
    const isFirst = group.size++ === 0;
    try {
      if (!isFirst) await this.connection.control("SAVEPOINT member");
      const result = await work(this.connection);
      if (!isFirst) await this.connection.control("RELEASE member");
      return { result };
    } catch (error) {
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
    // A rollback that fails has nothing to add: there is no transaction any more.
    await this.connection.control("ROLLBACK").catch(() => undefined);
    if (lost.length > 0) group.failed(lost[0]);
    else group.committed();
  }

  private async commit(group: Group): Promise<void> {
    if (this.open !== group) return;
    this.open = undefined;
    try {
      await this.connection.control("COMMIT");
      group.committed();
    } catch (error) {
      await this.rollBack(group, error);
    }
  }
}
