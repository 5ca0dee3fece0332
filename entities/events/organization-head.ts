import { Entity } from "typeorm";
import { PositionColumn, PrimaryIdColumn, TextColumn } from "../columns";

/** The ends of one organization's two logs, events and activity. Locked just before each commit that adds to one. */
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

  /** The sequence number of the newest activity record. */
  @PositionColumn()
  lastSequence: number;

  /** The newest activity record's hash, which the next one continues; empty before the first. */
  @TextColumn(64)
  lastHash: string;
}
