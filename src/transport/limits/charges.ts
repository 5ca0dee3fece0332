import type { GraphqlContext } from "../../../resolvers/graphql-context";
import type { Actor } from "../../access/actor";
import type { Limits } from "../../config/limits";
import { bearerIn, isFamiliar } from "../graphql/context";
import type { Services } from "../services";
import { type BudgetState, Budgets, type Charge, type ChargeTogether, type LedgerName } from "./budget";
import { RateLimited } from "./limit-refusals";
import { isSignedIn, isAnonymous } from "./anonymous";

/** The services that charging uses. */
export type ChargedServices = Pick<Services, "log" | "meter" | "tokens" | "directory">;

/** What callers may spend, and where that is counted. */
export interface ChargeOptions {
  limits: Limits;
  redisUrl?: string;
  chargeTogether?: ChargeTogether;
}

/** Points of reading that are worth one more request of an address that nobody has signed in for. */
const POINTS_PER_REQUEST = 20;

/** Bytes of a body that are worth one more request. */
const BYTES_PER_REQUEST = 16 * 1024;

function requestsFor(bytes: number): number {
  return 1 + Math.floor(bytes / BYTES_PER_REQUEST);
}

/** Bytes that are read in vain for somebody who is signed in, and are worth one more point. */
const BYTES_PER_POINT = 1_000;

/** Points for reading so many bytes in vain. */
export function pointsFor(bytes: number): number {
  return 1 + Math.floor(bytes / BYTES_PER_POINT);
}

/** Charges callers: those who are signed in in points, the addresses of all others in requests. */
export class Charges {
  private readonly budgets: Budgets;
  /** What the addresses of anonymous callers had left after the latest charge, by the request's context. */
  private readonly left = new WeakMap<GraphqlContext, BudgetState>();

  constructor(
    private readonly services: ChargedServices,
    options: ChargeOptions,
  ) {
    const { log, meter } = services;
    const onTrouble = (error: unknown) =>
      log.warn({ err: error }, "Redis is away; each node counts budgets for itself");
    const onRefused = (ledger: LedgerName) => meter.budgetRefused(ledger);
    this.budgets = new Budgets({ ...options, onTrouble, onRefused });
  }

  /** Whether any address has used up its requests in this window. */
  get hasExhaustedAddresses(): boolean {
    return this.budgets.hasRefusedAddresses;
  }

  /**
   * Refuses, before anything else is done for it, a request from an address that has used up its requests. A credential
   * whose bearer was found lately passes, and a bounded number of others.
   * @throws RATE_LIMITED the address has none left
   */
  ensureAddressMayAsk(address: string, authorization: unknown): void {
    const showsCredential = bearerIn(authorization) !== undefined;
    const state = this.budgets.refusedAddress(address, false);
    if (!state || (showsCredential && isFamiliar(this.services, authorization))) return;
    if (this.budgets.refusedAddress(address, showsCredential)) throw new RateLimited(state, "requests");
  }

  /**
   * Charges an anonymous caller's address one request, and one more for each 16 KiB of its body, before its document is
   * read; others are charged when the cost is known. Gives what the address has left.
   * @throws RATE_LIMITED the address has none left
   */
  async request(context: GraphqlContext, address: string, bytes = 0): Promise<BudgetState | undefined> {
    return isAnonymous(context) ? this.requests(context, address, requestsFor(bytes)) : undefined;
  }

  /** What the address of an anonymous caller has left after all that its request was charged so far. */
  leftOf(context: GraphqlContext): BudgetState | undefined {
    return this.left.get(context);
  }

  /**
   * Charges an address for a request that could not be read, no matter who sent it: nobody can be signed in by it.
   * @throws RATE_LIMITED the address has none left
   */
  async unreadable(address: string, bytes: number): Promise<void> {
    await this.requests(undefined, address, requestsFor(bytes));
  }

  /**
   * Charges for something that is no operation, such as a message of a socket that asks for nothing that can be done: an actor
   * one point and one more for each 1,000 bytes, an address that nobody has signed in for as `unreadable` does.
   * @throws RATE_LIMITED the budget does not suffice
   */
  async message(actor: Actor | undefined, address: string, bytes: number): Promise<void> {
    if (actor) await this.points({ actor }, pointsFor(bytes));
    else await this.unreadable(address, bytes);
  }

  /**
   * Charges an actor points, and gives what it has left.
   * @throws RATE_LIMITED the budget does not suffice
   * @throws TOKEN_MISSING and the like: nobody is signed in
   */
  async points({ actor }: Pick<GraphqlContext, "actor">, points: number): Promise<BudgetState> {
    const { state, refused } = await this.budgets.chargeActor(actor, points);
    if (refused) throw new RateLimited(state, "points");
    return state;
  }

  /**
   * Charges for something that is no operation, such as a file: an actor its points, an anonymous caller's address one
   * request. Gives what the caller has left.
   * @throws RATE_LIMITED the budget does not suffice
   */
  async file(context: GraphqlContext, address: string, points: number): Promise<BudgetState | undefined> {
    return isSignedIn(context) ? this.points(context, points) : this.request(context, address);
  }

  /**
   * Charges for reading a document, at a price in points.
   * @throws RATE_LIMITED the budget does not suffice
   */
  async reading(context: GraphqlContext, address: string, price: number): Promise<void> {
    // The request of an anonymous caller is charged already; a document of a usual length costs nothing more.
    const requests = Math.floor(price / POINTS_PER_REQUEST);
    if (isSignedIn(context)) await this.points(context, price);
    else if (isAnonymous(context) && requests > 0) await this.requests(context, address, requests);
  }

  /**
   * Charges what is sent to an actor after its operation was answered: live events, the pages of a file. Never throws for
   * a budget that is used up: nothing is lost, it only comes later.
   */
  sent(actor: Actor, points: number): Promise<Charge> {
    return this.budgets.chargeSent(actor, points);
  }

  /** Gives back the connection to Redis, where there is one. */
  close(): Promise<void> {
    return this.budgets.close();
  }

  private async requests(
    context: GraphqlContext | undefined,
    address: string,
    requests: number,
  ): Promise<BudgetState> {
    const { state, refused } = await this.budgets.chargeAddress(address, requests);
    if (context) this.left.set(context, state);
    if (refused) throw new RateLimited(state, "requests");
    return state;
  }
}
