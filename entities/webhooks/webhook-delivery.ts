import { Column, Entity, Index } from "typeorm";
import { IdColumn, InstantColumn, PositionColumn, PrimaryIdColumn, TextColumn, WordColumn } from "../columns";

/** How one attempt ended. */
export enum WebhookDeliveryOutcome {
  PENDING = "PENDING",
  DELIVERED = "DELIVERED",
  FAILED = "FAILED",
  GAVE_UP = "GAVE_UP",
}

/** Why an attempt failed. */
export enum WebhookDeliveryError {
  NAME_NOT_FOUND = "NAME_NOT_FOUND",
  ADDRESS_NOT_PUBLIC = "ADDRESS_NOT_PUBLIC",
  CONNECTION_FAILED = "CONNECTION_FAILED",
  TLS_FAILED = "TLS_FAILED",
  TIMEOUT = "TIMEOUT",
  ANSWER_UNREADABLE = "ANSWER_UNREADABLE",
  REDIRECTED = "REDIRECTED",
  REFUSED = "REFUSED",
  SECRET_UNREADABLE = "SECRET_UNREADABLE",
  EVENT_FORGOTTEN = "EVENT_FORGOTTEN",
  ENDPOINT_DISABLED = "ENDPOINT_DISABLED",
}

/** One attempt to post one event to one endpoint: the delivery log. Forgotten after 30 days. */
@Entity({ name: "webhook_delivery" })
@Index("webhook_delivery_by_endpoint_id_id", ["endpointId", "id"])
@Index("webhook_delivery_by_outcome_endpoint_id", ["outcome", "endpointId"])
@Index("webhook_delivery_by_created_at", ["createdAt"])
export class WebhookDelivery {
  static readonly ids = { prefix: "whd", noun: "webhook delivery" };

  @PrimaryIdColumn()
  id: string;

  @IdColumn()
  endpointId: string;

  @IdColumn()
  organizationId: string;

  /** The same at every attempt; a test has one of its own. */
  @IdColumn()
  eventId: string;

  /** The event's place in the organization's stream; 0 for a test. */
  @PositionColumn()
  position: number;

  @TextColumn(64)
  eventType: string;

  /** 1 to 10 by the schedule; one more than before for what a user asked for. */
  @Column({ type: "integer" })
  attempt: number;

  @InstantColumn()
  createdAt: string;

  /** Null while it waits for a worker. */
  @InstantColumn({ nullable: true })
  startedAt: string | null;

  @Column({ type: "integer", nullable: true })
  durationMs: number | null;

  @WordColumn()
  outcome: WebhookDeliveryOutcome;

  @Column({ type: "integer", nullable: true })
  statusCode: number | null;

  @WordColumn({ nullable: true })
  error: WebhookDeliveryError | null;

  /** The beginning of the answer's body, at most 1 kB. */
  @TextColumn(1_024, { nullable: true })
  responseExcerpt: string | null;

  /** When the event is tried again; null when it is not, or not by the schedule. */
  @InstantColumn({ nullable: true })
  nextAttemptAt: string | null;

  /** Who asked for a test or a repetition; null for an attempt by the schedule. */
  @TextColumn(300, { nullable: true })
  requestedBy: string | null;

  /** The request that asked for it. */
  @TextColumn(64, { nullable: true })
  requestId: string | null;
}
