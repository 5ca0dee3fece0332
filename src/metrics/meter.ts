import type { DocumentNode, OperationDefinitionNode } from "graphql";
import type { WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import type { DatabaseListener } from "../database/database";
import type { EventType } from "../events/event-map";
import type { WebhookLag } from "../webhooks";
import type { ConnectionCounts } from "../transport/connections/connections";
import type { LedgerName } from "../transport/limits/budget";
import type { LiveCounts } from "../live/live-counts";

/** An operation that was answered or, a live one, that has begun. */
export interface MeteredOperation {
  /** Absent where the document could not be understood. */
  document?: DocumentNode;
  operation?: OperationDefinitionNode;
  errors?: readonly unknown[];
  /** The code of a mutation that was refused among its data. */
  refusedWith?: string;
  /** By `performance.now()`. */
  startedAt: number;
}

/** What can be looked at when somebody wants the figures. */
export interface Gauged {
  live: LiveCounts;
  connections: ConnectionCounts;
  webhookLag: () => Promise<WebhookLag>;
}

/** Counts what the server does. Nothing here throws, waits, or keeps what a caller sent. */
export interface Meter {
  readonly database: DatabaseListener;
  operation(metered: MeteredOperation): void;
  /** A sign-in was refused with this code, for a reason in our own words. */
  signInRefused(code: string, reason?: string): void;
  budgetRefused(ledger: LedgerName): void;
  eventsRecorded(types: readonly EventType[]): void;
  webhookAttempt(outcome: WebhookDeliveryOutcome): void;
  /** A scheduled job has run: everything that it had to do was done, or something could not be. */
  job(name: string, isDone: boolean): void;
  /** Says where to look for what is now. */
  gauge(gauged: Gauged): void;
}

const nothing = () => undefined;

/** Counts nothing: for a server whose figures nobody can ask for. */
export const noMeter: Meter = {
  database: {},
  operation: nothing,
  signInRefused: nothing,
  budgetRefused: nothing,
  eventsRecorded: nothing,
  webhookAttempt: nothing,
  job: nothing,
  gauge: nothing,
};
