import { Column, Entity, Index } from "typeorm";
import { IdColumn, InstantColumn, PositionColumn, TextColumn, WordColumn } from "../columns";
import { Row } from "../row";

/** A disabled endpoint gets nothing until somebody enables it; then it goes on where it stopped. */
export enum WebhookEndpointStatus {
  ACTIVE = "ACTIVE",
  DISABLED = "DISABLED",
}

/** By whom an endpoint was disabled: a user, the receiver, or we. */
export enum WebhookDisabledReason {
  REQUESTED = "REQUESTED",
  GONE = "GONE",
  FAILING = "FAILING",
  EVENTS_FORGOTTEN = "EVENTS_FORGOTTEN",
}

/** One of an endpoint's signing secrets, as it is stored. */
export interface SealedSecret {
  /** AES-256-GCM under the operator's key, bound to the endpoint's id. */
  sealed: string;
  createdAt: string;
  /** When a rotated secret stops signing; the newest one has none. */
  expiresAt: string | null;
}

/**
 * Where an organization wants its events posted, and how far that has come. What its users change counts in `version`;
 * what the delivery notes does not, and is written only by the holder of the lease.
 */
@Entity({ name: "webhook_endpoint" })
@Index("webhook_endpoint_by_organization_id_id", ["organizationId", "id"])
export class WebhookEndpoint extends Row {
  static readonly ids = { prefix: "whe", noun: "webhook endpoint" };

  /** The partner or customer whose events it gets; the id's prefix tells which. */
  @IdColumn()
  organizationId: string;

  @TextColumn(2_000)
  url: string;

  @TextColumn(500)
  description: string;

  /** Names of event types; none means all. */
  @Column({ type: "simple-json" })
  eventTypes: string[];

  /** Only events whose fact `customerId` is this, whether or not there is such a customer; null means all. */
  @IdColumn({ nullable: true })
  customerId: string | null;

  @WordColumn()
  status: WebhookEndpointStatus;

  @WordColumn({ nullable: true })
  disabledReason: WebhookDisabledReason | null;

  @InstantColumn({ nullable: true })
  disabledAt: string | null;

  /** Newest first, at most two. */
  @Column({ type: "simple-json" })
  sealedSecrets: SealedSecret[];

  @IdColumn()
  createdBy: string;

  /** The user whose grants limit its events to some customers; null where it gets the events of all. */
  @IdColumn({ nullable: true })
  grantHolderId: string | null;

  /** When the last tests were asked for, newest first, at most two. */
  @Column({ type: "simple-json" })
  testedAt: string[];

  /** Every event up to here was delivered, given up or not wanted. */
  @PositionColumn()
  deliveredPosition: number;

  /** The timeline of that position; where the stream has left it, the receiver is told before it gets more. */
  @TextColumn(32, { default: "" })
  timeline: string;

  /** How often the next event has failed so far. */
  @Column({ type: "integer" })
  attempt: number;

  /** When the next event may be tried again; at once when null. */
  @InstantColumn({ nullable: true })
  nextAttemptAt: string | null;

  /** Since when nothing but failures came; null after a success. */
  @InstantColumn({ nullable: true })
  failingSince: string | null;

  /** Which worker delivers; null when none does. */
  @TextColumn(64, { nullable: true })
  leaseHolder: string | null;

  /** Until when that worker may be relied on, or when the last one gave it back. */
  @InstantColumn({ nullable: true })
  leaseUntil: string | null;

  /** Grows whenever the lease changes hands or is taken away: a worker with an older one can no longer write. */
  @PositionColumn()
  leaseNumber: number;
}
