import { monotonicMs } from "../../context/monotonic";
import { type BudgetState, type ChargeTogether, wholeSeconds } from "../limits/budget";
import type { Answer, Asked, Hand, WindowName } from "./messages";

/** For more callers than this a worker holds no points; it asks for each of their charges. */
const MOST_HANDS = 10_000;
/** Later than this after the primary was heard a worker asks again, so that it knows what callers spent at others. */
const FRESH_MS = 2_000;
const NOTHING: Hand = { points: 0, until: 0 };

/** What a worker was lent of one window, and what its caller has left there, as far as the worker knows. */
interface Purse extends Hand {
  limit: number;
  remaining: number;
  heardAt: number;
}

/**
 * Counts, in a worker, what callers spend: at once, out of points that the primary has lent it; by asking, when they do
 * not suffice or the primary last told of the caller two seconds ago or more. While the primary is there, nothing passes
 * that it has not taken off the limit before.
 */
export class PointsInHand {
  private readonly purses = new Map<string, Purse>();
  private readonly borrowing = new Set<string>();

  /** `ask` has the primary count, and hears its answer before any later message of the primary, or nothing if it is away. */
  constructor(private readonly ask: (asked: Asked, hear: (answer?: Answer) => void) => void) {}

  /** Charges a caller; undefined when the points in hand do not suffice and the primary is away. */
  readonly charge: ChargeTogether = (ledger, key, points) => {
    const name = `${ledger}:${key}`;
    const purse = this.purseOf(name);
    if (purse && points <= purse.points && monotonicMs() < purse.heardAt + FRESH_MS) {
      purse.points -= points;
      purse.remaining -= points;
      return Promise.resolve({ refused: false, state: stateOf(purse) });
    }
    // One loan at a time: the primary does not know what is on its way.
    const borrows = !this.borrowing.has(name) && (purse !== undefined || this.purses.size < MOST_HANDS);
    const hand = purse ? { points: purse.points, until: purse.until } : NOTHING;
    if (borrows) this.borrowing.add(name);
    return new Promise((resolve) =>
      this.ask({ ledger, key, points, ...(borrows && { hand }) }, (answer) => {
        if (borrows) this.borrowing.delete(name);
        resolve(answer && this.accept(name, answer));
      }),
    );
  };

  /** Takes the points of a window out of the hand, and tells how many they were. */
  giveBack({ ledger, key, until }: WindowName): number {
    const purse = this.purseOf(`${ledger}:${key}`);
    if (purse?.until !== until) return 0;
    const { points } = purse;
    purse.points = 0;
    return points;
  }

  private accept(name: string, { refused, state, lent }: Answer) {
    const purse = this.purseOf(name);
    if (purse?.until === lent.until) {
      purse.heardAt = monotonicMs();
      purse.points += lent.points;
      purse.remaining = Math.min(purse.remaining, state.remaining);
      return { refused, state: stateOf(purse) };
    }
    const heardAt = monotonicMs();
    if (lent.points > 0 && heardAt < lent.until) this.keep(name, { ...state, ...lent, heardAt });
    return { refused, state };
  }

  private keep(name: string, purse: Purse): void {
    this.purses.set(name, purse);
    const end = () => this.purses.get(name) === purse && this.purses.delete(name);
    setTimeout(end, purse.until - monotonicMs()).unref();
  }

  private purseOf(name: string): Purse | undefined {
    const purse = this.purses.get(name);
    return purse && monotonicMs() < purse.until ? purse : undefined;
  }
}

function stateOf({ limit, remaining, until }: Purse): BudgetState {
  return { limit, remaining, resetSeconds: wholeSeconds(until - monotonicMs()) };
}
