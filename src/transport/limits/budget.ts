import Redis from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Actor } from "../../access/actor";
import { callerKey } from "../../access/actor";
import type { Limits } from "../../config/limits";
import { BoundedCache } from "../../context/bounded-cache";
import { networkOf } from "../../values/ip-address";

/** What one caller may still spend. */
export interface BudgetState {
  /** Points, or requests for a caller who is not signed in, in one window. */
  limit: number;
  remaining: number;
  /** Whole seconds until the window ends and the limit is there again. */
  resetSeconds: number;
}

/** What a charge came to. */
export interface Charge {
  state: BudgetState;
  /** The budget did not suffice. */
  refused: boolean;
}

/**
 * What is counted apart: points of operations, points of what is sent after an operation was answered (live events and
 * the pages of files), and requests of addresses that nobody has signed in for.
 */
export type LedgerName = "points" | "sent" | "strangers";

/** Has another process count a charge; undefined when that process does not answer. */
export type ChargeTogether = (ledger: LedgerName, key: string, points: number) => Promise<Charge | undefined>;

/** What one caller may spend, and in how many seconds. */
export type BudgetLimits = Pick<Limits, "budget" | "sentBudget" | "anonymousRequests" | "budgetSeconds">;

/** Where budgets are kept. */
export interface BudgetOptions {
  limits: BudgetLimits;
  redisUrl?: string;
  /** Counts for all workers of this machine, where there is no Redis. */
  chargeTogether?: ChargeTogether;
  /** Told once when Redis goes away. */
  onTrouble: (error: unknown) => void;
  /** Told of each charge that the budget did not suffice for. */
  onRefused?: (ledger: LedgerName) => void;
}

/** A Redis that takes longer is away: the next requests are counted in memory at once. */
const REDIS_PATIENCE_MS = 500;

/** Networks that are known to have used up their requests; beyond this number the oldest are asked for again. */
const MAX_REFUSED_NETWORKS = 10_000;

/**
 * Counts what callers spend in windows that begin with their first charge: in this process, in the primary for all its
 * workers together, or in Redis for all nodes. While Redis or the primary is away each process counts for itself, so
 * nobody waits for it and nobody is without a limit.
 */
export class Budgets {
  private readonly redis?: Redis;
  private readonly ledgers: Record<LedgerName, Ledger>;
  private readonly chargeTogether?: ChargeTogether;
  private readonly onRefused?: BudgetOptions["onRefused"];
  private readonly refusedNetworks: BoundedCache<string, RefusedNetwork>;

  constructor({ limits, redisUrl, chargeTogether, onTrouble, onRefused }: BudgetOptions) {
    this.onRefused = onRefused;
    this.redis = redisUrl === undefined ? undefined : connect(redisUrl, onTrouble);
    this.chargeTogether = redisUrl === undefined ? chargeTogether : undefined;
    this.refusedNetworks = new BoundedCache({
      ...{ ttlMs: limits.budgetSeconds * 1_000, maxEntries: MAX_REFUSED_NETWORKS },
    });
    const ledger = (name: LedgerName) =>
      makeLedger(name, budgetOf(limits, name), limits.budgetSeconds, this.redis);
    this.ledgers = { points: ledger("points"), sent: ledger("sent"), strangers: ledger("strangers") };
  }

  /** Charges a user, an API key, or the person of an organization that is not known yet. */
  chargeActor(actor: Actor, points: number): Promise<Charge> {
    return this.charge("points", callerKey(actor), points);
  }

  /** Charges a user or an API key what is sent to it after its operation was answered. */
  chargeSent(actor: Actor, points: number): Promise<Charge> {
    return this.charge("sent", callerKey(actor), points);
  }

  /** Charges an address requests that nobody has signed in for: one, and more where one is long. */
  async chargeAddress(address: string, requests = 1): Promise<Charge> {
    const network = networkOf(address);
    const charged = await this.charge("strangers", network, requests);
    const { limit, resetSeconds } = charged.state;
    if (charged.refused) {
      const ttl = resetSeconds * 1_000;
      const checksLeft = this.refusedNetworks.get(network)?.checksLeft ?? limit;
      this.refusedNetworks.set(
        network,
        { limit, until: performance.now() + ttl, checksLeft },
        { ttlMs: ttl },
      );
    }
    return charged;
  }

  /** Whether there are addresses that were refused, some of which may have a new window by now. */
  get hasRefusedAddresses(): boolean {
    return this.refusedNetworks.size > 0;
  }

  /**
   * What an address has left that was refused in this window and may not try a credential either; undefined for every
   * other. Asks nobody. Of a refused address, as many credentials are still looked at as it has requests in a window:
   * people who sign in from behind it must not be locked out by a few requests of somebody else.
   */
  refusedAddress(address: string, showsCredential: boolean): BudgetState | undefined {
    if (!this.hasRefusedAddresses) return undefined;
    const found = this.refusedNetworks.get(networkOf(address));
    if (!found || (showsCredential && found.checksLeft-- > 0)) return undefined;
    return { limit: found.limit, remaining: 0, resetSeconds: wholeSeconds(found.until - performance.now()) };
  }

  /** Charges whoever the key names in a ledger. */
  async charge(ledger: LedgerName, key: string, points: number): Promise<Charge> {
    const together = this.chargeTogether && (await this.chargeTogether(ledger, key, points));
    const charged = together ?? (await charge(this.ledgers[ledger], key, points));
    if (charged.refused) this.onRefused?.(ledger);
    return charged;
  }

  /** Gives back the connection to Redis, where there is one. */
  close(): Promise<void> {
    this.redis?.disconnect();
    return Promise.resolve();
  }
}

/** An address, or a network of addresses, that has used up its requests. */
interface RefusedNetwork {
  limit: number;
  /** When its window ends, by `performance.now()`. */
  until: number;
  /** How many credentials are still looked at before then. */
  checksLeft: number;
}

type Ledger = RateLimiterMemory | RateLimiterRedis;

/** What one caller may spend of a ledger in one window. */
export function budgetOf(
  { budget, sentBudget, anonymousRequests }: BudgetLimits,
  ledger: LedgerName,
): number {
  return { points: budget, sent: sentBudget, strangers: anonymousRequests }[ledger];
}

function makeLedger(
  name: LedgerName,
  points: number,
  duration: number,
  storeClient: Redis | undefined,
): Ledger {
  const options = { keyPrefix: `partnergraph:budget:${name}`, points, duration };
  const memory = new RateLimiterMemory(options);
  if (!storeClient) return memory;
  return new RateLimiterRedis({
    ...options,
    storeClient,
    insuranceLimiter: memory,
  });
}

function connect(url: string, onTrouble: (error: unknown) => void): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    socketTimeout: REDIS_PATIENCE_MS,
    disconnectTimeout: REDIS_PATIENCE_MS,
    retryStrategy: (n) => Math.min(n * 200, 2_000),
  });
  let isAway = false;
  redis.on("error", (error) => {
    if (!isAway) onTrouble(error);
    isAway = true;
  });
  redis.on("ready", () => (isAway = false));
  return redis;
}

async function charge(from: Ledger, key: string, points: number): Promise<Charge> {
  try {
    return { state: stateOf(await from.consume(key, points), from), refused: false };
  } catch (refusal) {
    // What a library rejects with is its result; anything else is a fault.
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { state: stateOf(refusal, from), refused: true };
  }
}

function stateOf(
  { remainingPoints, msBeforeNext }: RateLimiterRes,
  { points, duration }: Ledger,
): BudgetState {
  // The library ends a window by a timer, and tells its rest by the time of day: a clock that is set back must not prolong it.
  const resetMs = Math.min(msBeforeNext, duration * 1_000);
  return { limit: points, remaining: remainingPoints, resetSeconds: wholeSeconds(resetMs) };
}

/** A time in milliseconds as callers are told it: in whole seconds, rounded up, at least 1. */
export function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
