import type { Deadline } from "./deadline";
import { FairQueue } from "./fair-queue";
import { LoopShare } from "./loop-share";

/**
 * Bounds how much work begins in one turn of the event loop. On embedded SQLite a piece of work is done when it returns, so
 * two hundred requests that are ready at once would be one long stop for everything else. What does not fit waits for the
 * next turns, in rounds of one piece of each organization.
 */
export class FairTurns {
  private readonly waiting = new FairQueue<() => void>();
  private readonly share: LoopShare;

  /** `maxMs`: milliseconds of a turn of the event loop, give or take one piece; `maxPieces`: what begins in it at most. */
  constructor(maxMs: number, maxPieces: number) {
    this.share = new LoopShare(maxMs, maxPieces);
  }

  /**
   * Undefined where a piece of an organization's work may begin now; otherwise resolves when it is its turn.
   * @param deadline by when it must have begun; without one it waits for as long as it takes
   * @throws SERVICE_BUSY, as a rejection: its turn did not come before the deadline
   */
  turn(organizationId: string, deadline?: Deadline): Promise<void> | undefined {
    if (this.waiting.isEmpty && !this.share.pause) return undefined;
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const refuse = (busy: Error) => {
        this.waiting.remove([organizationId], begin);
        reject(busy);
      };
      const timer =
        deadline &&
        setTimeout(() => refuse(deadline.busy("Too many operations are under way")), deadline.remainingMs);
      this.waiting.add([organizationId], begin);
      setImmediate(this.next);
    });
  }

  /** Called once for each piece that waits, and again in the next turn where there is no time left in this one. */
  private readonly next = (): void => {
    if (this.waiting.isEmpty) return;
    if (this.share.pause) setImmediate(this.next);
    else this.waiting.take()?.();
  };
}
