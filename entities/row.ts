import { InstantColumn, PrimaryIdColumn, RowVersionColumn } from "./columns";

/** What every row has that is changed in its life: an id, when it was made and changed, and a count of its changes. */
export abstract class Row {
  @PrimaryIdColumn()
  id: string;

  @InstantColumn()
  createdAt: string;

  @InstantColumn()
  updatedAt: string;

  @RowVersionColumn()
  version: number;
}
