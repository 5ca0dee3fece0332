import Redis from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Actor } from "../../access/actor";
import { callerKey } from "../../access/actor";
import type { Limits } from "../../config/limits";

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

/** What is counted apart: points of those who are known, requests of addresses. */
export type LedgerName = "points" | "strangers";

/** Has another process count a charge; undefined when that process does not answer. */
export type ChargeTogether = (ledger: LedgerName, key: string, points: number) => Promise<Charge | undefined>;

/** What one caller may spend, and in how many seconds. */
export type BudgetLimits = Pick<Limits, "budget" | "anonymousRequests" | "budgetSeconds">;

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

  constructor({ limits, redisUrl, chargeTogether, onTrouble, onRefused }: BudgetOptions) {
    this.onRefused = onRefused;
    this.redis = redisUrl === undefined ? undefined : connect(redisUrl, onTrouble);
    this.chargeTogether = redisUrl === undefined ? chargeTogether : undefined;
    const { budget, anonymousRequests, budgetSeconds } = limits;
    this.ledgers = {
      points: ledger("points", budget, budgetSeconds, this.redis),
      strangers: ledger("strangers", anonymousRequests, budgetSeconds, this.redis),
    };
  }

  /** Charges a user, an API key, or the person of an organization that is not known yet. */
  chargeActor(actor: Actor, points: number): Promise<Charge> {
    return this.charge("points", callerKey(actor), points);
  }

  /** Charges an address one request that nobody has signed in for. */
  chargeAddress(address: string): Promise<Charge> {
    return this.charge("strangers", networkOf(address), 1);
  }

  /** Charges whoever the key names in a ledger. */
  async charge(ledger: LedgerName, key: string, points: number): Promise<Charge> {
    const together = await this.chargeTogether?.(ledger, key, points);
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

type Ledger = RateLimiterMemory | RateLimiterRedis;

function ledger(name: LedgerName, points: number, duration: number, storeClient: Redis | undefined): Ledger {
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
  const { points: limit } = from;
  try {
    return { state: stateOf(await from.consume(key, points), limit), refused: false };
  } catch (refusal) {
    // What a library rejects with is its result; anything else is a fault.
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { state: stateOf(refusal, limit), refused: true };
  }
}

function stateOf({ remainingPoints, msBeforeNext }: RateLimiterRes, limit: number): BudgetState {
  return { limit, remaining: remainingPoints, resetSeconds: wholeSeconds(msBeforeNext) };
}

/** A time in milliseconds as callers are told it: in whole seconds, rounded up, at least 1. */
export function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

/** One caller may have a whole /64 of IPv6 addresses, so that counts as one. */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("%")[0]?.split("::") ?? [];
  const groups = (part: string | undefined) => (part ? part.split(":") : []);
  const [start, end] = [groups(head), groups(tail)];
  const zeros = Array<string>(Math.max(0, 8 - start.length - end.length)).fill("0");
  return [...start, ...(tail === undefined ? [] : zeros), ...end]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
