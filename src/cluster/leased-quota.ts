import { monotonicMs } from "../context/monotonic";
import { type BudgetState, type ChargeTogether, wholeSeconds } from "../transport/limits/budget";
import type { Answer, Asked, Hand, WindowName } from "./messages";

/** For more callers than this a worker holds no points; it asks for each of their charges. */
const MAX_LEASES = 10_000;
/** Later than this after the primary was heard a worker asks again, so that it knows what callers spent at others. */
const FRESH_MS = 2_000;
const NOTHING: Hand = { points: 0, until: 0 };

/** What a worker was lent of one window, and what its caller has left there, as far as the worker knows. */
interface QuotaLease extends Hand {
  limit: number;
  remaining: number;
  heardAt: number;
}

/**
 * Counts, in a worker, what callers spend: at once, out of points that the primary has lent it; by asking, when they do
 * not suffice or the primary last told of the caller two seconds ago or more. While the primary is there, nothing passes
 * that it has not taken off the limit before.
 */
export class LeasedQuota {
  private readonly leases = new Map<string, QuotaLease>();
  private readonly borrowing = new Set<string>();

  /** `ask` has the primary count, and hears its answer before any later message of the primary, or nothing if it is away. */
  constructor(private readonly ask: (asked: Asked, hear: (answer?: Answer) => void) => void) {}

  /** Charges a caller; undefined when the points in hand do not suffice and the primary is away. */
  readonly charge: ChargeTogether = (ledger, key, points) => {
    const name = `${ledger}:${key}`;
    const lease = this.leaseOf(name);
    if (lease && points <= lease.points && monotonicMs() < lease.heardAt + FRESH_MS) {
      lease.points -= points;
      lease.remaining -= points;
      return Promise.resolve({ refused: false, state: stateOf(lease) });
    }
    // One loan at a time: the primary does not know what is on its way.
    const borrows = !this.borrowing.has(name) && (lease !== undefined || this.leases.size < MAX_LEASES);
    const hand = lease ? { points: lease.points, until: lease.until } : NOTHING;
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
    const lease = this.leaseOf(`${ledger}:${key}`);
    if (lease?.until !== until) return 0;
    const { points } = lease;
    lease.points = 0;
    return points;
  }

  private accept(name: string, { refused, state, lent }: Answer) {
    const lease = this.leaseOf(name);
    if (lease?.until === lent.until) {
      lease.heardAt = monotonicMs();
      lease.points += lent.points;
      lease.remaining = Math.min(lease.remaining, state.remaining);
      return { refused, state: stateOf(lease) };
    }
    const heardAt = monotonicMs();
    if (lent.points > 0 && heardAt < lent.until) this.keep(name, { ...state, ...lent, heardAt });
    return { refused, state };
  }

  private keep(name: string, lease: QuotaLease): void {
    this.leases.set(name, lease);
    const end = () => this.leases.get(name) === lease && this.leases.delete(name);
    setTimeout(end, lease.until - monotonicMs()).unref();
  }

  private leaseOf(name: string): QuotaLease | undefined {
    const lease = this.leases.get(name);
    return lease && monotonicMs() < lease.until ? lease : undefined;
  }
}

function stateOf({ limit, remaining, until }: QuotaLease): BudgetState {
  return { limit, remaining, resetSeconds: wholeSeconds(until - monotonicMs()) };
}
