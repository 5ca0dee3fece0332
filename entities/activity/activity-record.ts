import { Column, Entity, Index } from "typeorm";
import { IdColumn, InstantColumn, PositionColumn, PrimaryIdColumn, TextColumn, WordColumn } from "../columns";

/** How an attempt ended. */
export enum ActivityOutcome {
  SUCCEEDED = "SUCCEEDED",
  REFUSED = "REFUSED",
}

/** What sort of thing was acted on (docs/sources.md, activity log, as far as we have them). */
export enum ActivityResource {
  CUSTOMER = "CUSTOMER",
  INVITATION = "INVITATION",
  RELATIONSHIP = "RELATIONSHIP",
  SUBSCRIPTION = "SUBSCRIPTION",
  PARTNER = "PARTNER",
  PARTNERSHIP = "PARTNERSHIP",
  USER = "USER",
  API_KEY = "API_KEY",
  WEBHOOK_ENDPOINT = "WEBHOOK_ENDPOINT",
}

/**
 * Who did what to which customer when: one row of one organization's activity log (docs/sources.md, activity log). Written once, in the
 * transaction that it tells of; triggers refuse every change, and each row's hash continues the one before.
 */
@Entity({ name: "activity_record" })
@Index("activity_by_organization_id_id", ["organizationId", "id"], { unique: true })
@Index("activity_by_occurred_at", ["organizationId", "occurredAt", "id"])
@Index("activity_by_customer_id", ["organizationId", "customerId", "occurredAt", "id"])
@Index("activity_by_customer_name", ["organizationId", "customerNameKey", "occurredAt", "id"])
@Index("activity_by_actor_id", ["organizationId", "actorId", "occurredAt", "id"])
@Index("activity_by_resource_type", ["organizationId", "resourceType", "occurredAt", "id"])
@Index("activity_by_operation", ["organizationId", "operation", "occurredAt", "id"])
@Index("activity_by_outcome", ["organizationId", "outcome", "occurredAt", "id"])
export class ActivityRecord {
  static readonly ids = { prefix: "act", noun: "activity record" };

  /** The organization whose log it is. */
  @PrimaryIdColumn()
  organizationId: string;

  /** 1, 2, 3 … within the organization, without a gap. */
  @PositionColumn(true)
  sequence: number;

  @IdColumn()
  id: string;

  @InstantColumn()
  occurredAt: string;

  /** A user's or API key's id, the tenant id of somebody who was not known yet, or `system`. */
  @TextColumn(300)
  actorId: string;

  /** Who it was, in words: an e-mail address or an API key's name; of another organization only that one's name. */
  @TextColumn(254)
  actorName: string;

  /** The use case, such as `updateCustomer`; `system` where the program did it by itself. */
  @TextColumn(64)
  operation: string;

  @WordColumn()
  outcome: ActivityOutcome;

  /** Why it was refused. */
  @TextColumn(64, { nullable: true })
  errorCode: string | null;

  @WordColumn({ nullable: true })
  resourceType: ActivityResource | null;

  @IdColumn({ nullable: true })
  resourceId: string | null;

  @IdColumn({ nullable: true })
  customerId: string | null;

  /** The name by which this organization knew the customer then. */
  @TextColumn(200, { nullable: true })
  customerName: string | null;

  /** What it is searched by: searchKey of the name. The only column that the hash leaves out. */
  @TextColumn(200, { nullable: true })
  customerNameKey: string | null;

  /** The changed fields as they were; no secrets. */
  @Column({ type: "simple-json", nullable: true })
  oldValues: Record<string, unknown> | null;

  /** The changed fields as they became; no secrets. */
  @Column({ type: "simple-json", nullable: true })
  newValues: Record<string, unknown> | null;

  @TextColumn(64)
  requestId: string;

  @TextColumn(64)
  previousHash: string;

  /** SHA-256 over the previous hash and every other column, see docs/activity-log.md. */
  @TextColumn(64)
  hash: string;
}
