import { Column, Entity } from "typeorm";
import { InstantColumn, PositionColumn, PrimaryIdColumn, TextColumn } from "../columns";

/** How many rows an organization has, by kind and status: `{ "SUBSCRIPTION ACTIVE": 3 }`. What is not there is 0. */
export type RowCounts = Record<string, number>;

/**
 * The ends of one organization's two logs, events and activity, and how many rows its growing lists have. Locked just
 * before each commit that changes one of them.
 */
@Entity({ name: "organization_head" })
export class OrganizationHead {
  @PrimaryIdColumn()
  organizationId: string;

  /** The event position given out last. */
  @PositionColumn()
  lastPosition: number;

  /** The event position up to which the events are no longer kept; 0 while all are. */
  @PositionColumn()
  forgottenPosition: number;

  /**
   * Which history the positions are of: random, and renewed when the database was restored from an older copy; empty before the
   * first time. Cursors show the first 8 characters; the rest is known to the database alone.
   */
  @TextColumn(32, { default: "" })
  timeline: string;

  /** When the timeline was renewed last; null before the first time. */
  @InstantColumn({ nullable: true })
  restoredAt: string | null;

  /** The sequence number of the newest activity record. */
  @PositionColumn()
  lastSequence: number;

  /** The newest activity record's hash, which the next one continues; empty before the first. */
  @TextColumn(64)
  lastHash: string;

  /** Exact: moved on in the transaction that changes a row. */
  @Column({ type: "simple-json" })
  rowCounts: RowCounts;
}
