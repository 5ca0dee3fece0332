import { setTimeout as delay } from "node:timers/promises";
import type { Charge } from "../transport/limits/budget";

/** Events that are read from the log for one listener and are worth one point. */
const EXAMINED_PER_POINT = 10;

/** How long points are gathered before they are charged together, in milliseconds: a charge may ask another process. */
const GATHER_MS = 100;

/** Waits for the end of a window of the budget, which comes in so many seconds; it does not keep the process alive. */
export type AwaitWindowEnd = (seconds: number) => Promise<unknown>;

const awaitWindowEnd: AwaitWindowEnd = (seconds) => delay(seconds * 1_000, undefined, { ref: false });

/**
 * What one caller is sent by its live operations, on all of its sockets and streams. When its budget is used up the
 * account is paused until the window ends: nothing is lost, since its listeners then read on from the event log.
 */
export class SentAccount {
  /** How many listeners share it; the hub counts them. */
  listeners = 0;
  private gathered = 0;
  private examined = 0;
  private isGathering = false;
  private allowed: Promise<void> | undefined;

  constructor(
    private readonly charge: (points: number) => Promise<Charge>,
    private readonly windowEnd = awaitWindowEnd,
  ) {}

  /** Resolves when the caller may be sent something again; undefined while it may. */
  get pause(): Promise<void> | undefined {
    return this.allowed;
  }

  /** Charges that an event was read from the log for one listener, whether that wants it or not: one point for ten. */
  examine(): void {
    this.examined++;
    if (this.examined % EXAMINED_PER_POINT === 0) this.spend(1);
  }

  /** Charges what was sent, in points; at once here, and together with what follows in the budget. */
  spend(points: number): void {
    this.gathered += points;
    if (this.isGathering) return;
    this.isGathering = true;
    setTimeout(() => void this.settle(), GATHER_MS).unref();
  }

  private async settle(): Promise<void> {
    const points = this.gathered;
    this.gathered = 0;
    this.isGathering = false;
    const { state, refused } = await this.charge(points);
    if (!refused) return;
    const allowed = this.windowEnd(state.resetSeconds).then(() => {
      if (this.allowed === allowed) this.allowed = undefined;
    });
    this.allowed = allowed;
  }
}
