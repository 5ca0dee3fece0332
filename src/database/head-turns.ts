import { Deadline } from "../context/deadline";
import { FairSemaphore } from "../context/fair-semaphore";

/** How long a transaction waits for its turn with its connection in hand, in milliseconds, after the last one's turn ended. */
const MAX_WAIT_WITH_CONNECTION_MS = 50;

/** More transactions than may wait for the heads of these organizations are there already. Nothing is wrong with this one. */
export class CrowdedHeads extends Error {
  override readonly name = "CrowdedHeads";

  constructor(readonly organizationIds: readonly string[]) {
    super("Too many transactions wait for the stream of one organization.");
  }
}

/**
 * Bounds how many transactions of this process hold or wait for the head of one organization's stream, of whatever organization they are: while it is
 * locked they must not take all connections. Those beyond the bound give their connections back and wait without.
 */
export class HeadTurns {
  private readonly turns: FairSemaphore;
  /** When a turn of an organization last began or ended, by `performance.now()`; only of those that have some. */
  private readonly movedAt = new Map<string, { at: number; running: number }>();

  /** @param perOrganization how many transactions may hold or wait for one head */
  constructor(perOrganization: number) {
    this.turns = new FairSemaphore(Infinity, {
      maxPerOrganization: perOrganization,
      busy: "Too many changes wait for the same organization",
    });
  }

  /** The turns of one try of a unit of work. */
  begin(): HeadTurn {
    return new HeadTurn(this);
  }

  /**
   * @param organizationIds sorted, so that two transactions never wait for each other
   * @throws SERVICE_BUSY a turn did not come before the deadline; those that came are given back
   */
  async enter(
    organizationIds: readonly string[],
    deadlineOf: (organizationId: string) => Deadline,
  ): Promise<void> {
    const entered: string[] = [];
    try {
      for (const organizationId of organizationIds) {
        await this.turns.enter(organizationId, deadlineOf(organizationId));
        entered.push(organizationId);
        this.moved(organizationId, 1);
      }
    } catch (error) {
      this.leave(entered);
      throw error;
    }
  }

  /** Gives turns back. */
  leave(organizationIds: readonly string[]): void {
    for (const organizationId of organizationIds) {
      this.moved(organizationId, -1);
      this.turns.leave(organizationId);
    }
  }

  /** How long a transaction may wait for a turn while it has a connection. */
  patienceFor(organizationId: string): Deadline {
    const { at = -Infinity } = this.movedAt.get(organizationId) ?? {};
    return new Deadline(Math.max(0, at + MAX_WAIT_WITH_CONNECTION_MS - performance.now()));
  }

  private moved(organizationId: string, more: number): void {
    const running = (this.movedAt.get(organizationId)?.running ?? 0) + more;
    if (running > 0) this.movedAt.set(organizationId, { at: performance.now(), running });
    else this.movedAt.delete(organizationId);
  }
}

/** The turns that one try of a unit of work has. */
export class HeadTurn {
  private held: string[] = [];

  constructor(private readonly turns: HeadTurns) {}

  /**
   * Takes the turns of these organizations, for a transaction that has a connection.
   * @throws CrowdedHeads others have them, and have not moved on lately
   */
  async take(organizationIds: readonly string[]): Promise<void> {
    const missing = organizationIds.filter((id) => !this.held.includes(id)).sort();
    try {
      await this.turns.enter(missing, (id) => this.turns.patienceFor(id));
    } catch {
      throw new CrowdedHeads(organizationIds);
    }
    this.held.push(...missing);
  }

  /**
   * Waits for the turns of these organizations, without a connection, for the next try.
   * @throws SERVICE_BUSY they did not come before the deadline
   */
  async wait({ organizationIds }: CrowdedHeads, deadline: Deadline): Promise<void> {
    this.end();
    const wanted = [...organizationIds].sort();
    await this.turns.enter(wanted, () => deadline);
    this.held = wanted;
  }

  /** The try is over: others may go on. */
  end(): void {
    this.turns.leave(this.held);
    this.held = [];
  }
}
