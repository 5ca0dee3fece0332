import { Column, Entity, Index } from "typeorm";
import { IdColumn, InstantColumn, PositionColumn, PrimaryIdColumn, TextColumn } from "../columns";

/** One fact in one organization's stream. Written once, in the transaction that made it true; never changed. */
@Entity({ name: "event" })
@Index("event_by_organization_id_id", ["organizationId", "id"], { unique: true })
@Index("event_by_organization_id_customer_id_position", ["organizationId", "customerId", "position"])
@Index("event_by_organization_id_customer_id_type_position", [
  "organizationId",
  "customerId",
  "type",
  "position",
])
@Index("event_by_organization_id_type_position", ["organizationId", "type", "position"])
export class Event {
  static readonly ids = { prefix: "evt", noun: "event" };

  /** The organization that may read it. */
  @PrimaryIdColumn()
  organizationId: string;

  /** 1, 2, 3 … within the organization, without a gap. */
  @PositionColumn(true)
  position: number;

  /** The same id in every organization's stream that the event went to. */
  @IdColumn()
  id: string;

  @TextColumn(64)
  type: string;

  /** The version of the type's facts, from the event catalogue. */
  @Column({ type: "smallint" })
  version: number;

  /** The customer that the facts name, for listeners to one customer's events. */
  @IdColumn({ nullable: true })
  customerId: string | null;

  @InstantColumn()
  occurredAt: string;

  /** Who did it: a user's id, or `system`. */
  @TextColumn(300)
  actorId: string;

  @TextColumn(64)
  requestId: string;

  /** The facts as they were, by the type's entry in the event catalogue. */
  @Column({ type: "simple-json" })
  facts: Record<string, unknown>;
}
