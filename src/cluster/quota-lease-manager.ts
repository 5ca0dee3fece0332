import { monotonicMs } from "../context/monotonic";
import { type BudgetLimits, budgetOf, wholeSeconds } from "../transport/limits/budget";
import type { Answer, Asked, Hand, WindowName } from "./messages";

/** All workers together are lent at most one part in so many of what a caller has left. */
const LENT_PART = 32;
/** What a worker has not given back by then it keeps. */
const PATIENCE_MS = 100;

/**
 * Counts, in the primary, what callers spend at all workers together, and lends the workers points. What is lent is
 * taken off what is left at once, and is there again only when its worker gives it back unspent: so in no window more
 * passes than the limit, whatever the workers do. Before a charge is refused they give back what they hold, so nothing
 * is refused that the limit allows; only what a worker holds that has died or does not answer in 100 ms is lost, at
 * most 1/32 of the limit shared by the number of workers. What callers are told to have left is never less than they
 * have, and more by at most what they spent at other workers in the last two seconds and what those were lent.
 */
export class QuotaLeaseManager<Worker> {
  private readonly windows = new Map<string, Window<Worker>>();

  /** `callBack` has a worker give back what it holds of a window. */
  constructor(
    private readonly limits: BudgetLimits,
    private readonly workers: number,
    private readonly callBack: (worker: Worker, name: WindowName) => void,
  ) {}

  /** Charges a caller for a worker; `answer` is called before this returns unless points must come back first. */
  charge(worker: Worker, asked: Asked, answer: (answer: Answer) => void): void {
    const window = this.windowOf(asked);
    const settle = () => answer(window.charge(worker, asked, LENT_PART * this.workers));
    if (asked.points > window.left && window.isLeased) void window.allBack(this.callBack).then(settle);
    else settle();
  }

  /** A worker gives back what it holds of a window. */
  back(worker: Worker, { ledger, key, until }: WindowName, points: number): void {
    const window = this.windows.get(`${ledger}:${key}`);
    if (window?.name.until === until) window.take(worker, points);
  }

  /** A worker has ended. What it held is spent, for all that is known. */
  forget(worker: Worker): void {
    for (const window of this.windows.values()) window.take(worker, 0);
  }

  private windowOf({ ledger, key }: Asked): Window<Worker> {
    const name = `${ledger}:${key}`;
    const before = this.windows.get(name);
    if (before && monotonicMs() < before.name.until) return before;
    const { budgetSeconds } = this.limits;
    const ms = budgetSeconds * 1_000;
    const limit = budgetOf(this.limits, ledger);
    const window = new Window<Worker>({ ledger, key, until: monotonicMs() + ms }, limit);
    this.windows.set(name, window);
    const end = () => this.windows.get(name) === window && this.windows.delete(name);
    setTimeout(end, ms).unref();
    return window;
  }
}

class Window<Worker> {
  /** Neither spent nor lent. A charge that is refused uses it up for good. */
  left: number;
  /** What each worker held when it was last heard of. */
  private readonly held = new Map<Worker, number>();
  private callingBack?: Promise<void>;
  private onAllBack: () => void = () => undefined;

  constructor(
    readonly name: WindowName,
    private readonly limit: number,
  ) {
    this.left = limit;
  }

  get isLeased(): boolean {
    return this.held.size > 0;
  }

  /** Charges, and lends one part in so many of what is left, unless points were ever called back. */
  charge(worker: Worker, { points, hand }: Asked, parts: number): Answer {
    const refused = points > this.left;
    this.left = refused ? -Infinity : this.left - points;
    const lent = hand && !this.callingBack ? this.lend(worker, hand, parts) : 0;
    const { limit, name } = this;
    let remaining = this.left;
    for (const held of this.held.values()) remaining += held;
    const resetSeconds = wholeSeconds(name.until - monotonicMs());
    const state = { limit, remaining: Math.max(0, remaining), resetSeconds };
    return { refused, state, lent: { points: lent, until: name.until } };
  }

  take(worker: Worker, points: number): void {
    this.left += points;
    this.held.delete(worker);
    if (!this.isLeased) this.onAllBack();
  }

  /** Waits, once in a window, until no worker holds any points, but not for long. */
  allBack(callBack: (worker: Worker, name: WindowName) => void): Promise<void> {
    this.callingBack ??= new Promise((resolve) => {
      this.onAllBack = resolve;
      setTimeout(resolve, PATIENCE_MS).unref();
      for (const worker of this.held.keys()) callBack(worker, this.name);
    });
    return this.callingBack;
  }

  private lend(worker: Worker, hand: Hand, parts: number): number {
    const held = hand.until === this.name.until ? hand.points : 0;
    const lent = Math.max(0, Math.floor(this.left / parts) - held);
    this.left -= lent;
    if (held + lent > 0) this.held.set(worker, held + lent);
    else this.held.delete(worker);
    return lent;
  }
}
