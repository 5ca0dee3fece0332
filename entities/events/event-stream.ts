import { Entity } from "typeorm";
import { PositionColumn, PrimaryIdColumn } from "../columns";

/** The head of one organization's event stream: the position given out last. Locked just before each commit. */
@Entity({ name: "event_stream" })
export class EventStream {
  @PrimaryIdColumn()
  organizationId: string;

  @PositionColumn()
  lastPosition: number;
}
