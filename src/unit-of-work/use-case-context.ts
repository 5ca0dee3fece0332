import type { Actor } from "../access/actor";
import type { PermissionMatrix } from "../access/permission-matrix";
import type { Contributions } from "./contributions";
import type { NamedCall } from "../unit-of-work/idempotency";
import type { Reads } from "../database/reads";
import type { Transaction } from "../unit-of-work/transaction";
import type { Instant } from "../values/instant";
import type { WebhookDependencies } from "../context/webhook-dependencies";

/** What an operator decides and a use case needs to know. */
export interface BusinessSettings {
  /** What links point to, without a slash at the end. */
  publicUrl: string;
  /** How long an invitation's link works, in days, unless the inviter says otherwise. */
  invitationLifetimeDays: number;
}

/** The server's log, as far as a use case needs it: no secret, name or address may be among the facts. */
export interface OperatorLog {
  error(facts: object, message: string): void;
}

/** Everything a use case gets: who calls, the clock, and the database. */
export interface UseCaseContext {
  /** Reading it throws UNAUTHENTICATED where nobody is signed in. */
  readonly actor: Actor;
  readonly requestId: string;
  readonly settings: BusinessSettings;
  /** Who may do what on this server. */
  readonly matrix: PermissionMatrix;
  /** What the areas contribute to each other. */
  readonly contributions: Contributions;
  /** Absent in commands, which register no receivers. */
  readonly webhooks?: WebhookDependencies;
  /** Where the operator is told of what needs attention; absent in commands. */
  readonly log?: OperatorLog;
  /** Told of a mistake in the program that the caller need not suffer from; tests fail by it, and a server logs it. */
  reportDefect(message: string): void;
  /** The only clock. */
  now(): Instant;
  /** Reads committed rows. */
  read<T>(work: (reads: Reads) => Promise<T>): Promise<T>;
  /** Changes rows, all or none, and records events and activity with them; see runUnitOfWork. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, call?: NamedCall): Promise<T>;
}
